// The Worker that the app is compared with: the same round trips to D1 with the same SQL, the same KV calls, JSON out, and nothing
// else. There is no token, no validation and no log.
import type { Bindings } from "./baseline-bindings.ts";
import { checkout } from "./baseline-checkout.ts";
import * as SQL from "./baseline-sql.ts";

type Shop = { currency: string; revision: number };
type Sold = { items: { product_id: string; quantity: number }[] };
type Day = {
  sales: number;
  refunds: number;
  lines: number;
  units: number;
  revenue: number;
  customers: string;
};

export default {
  async fetch(request: Request, env: Bindings, ctx: ExecutionContext): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname.endsWith("/checkout")) return checkout(request, env);
    const db = env.DB.withSession(request.method === "GET" ? "first-unconstrained" : "first-primary");
    const identity = await db.prepare(SQL.IDENTITY).bind(env.TENANT, env.USER, env.LOGIN).all<Shop>();
    const [shop] = identity.results;
    if (!shop) return new Response(null, { status: 401 });
    if (request.method === "POST") return sell(request, env, db, shop);
    if (url.pathname.endsWith("/sales"))
      return listSales(env, db, shop, Number(url.searchParams.get("limit")));
    return kpis(env, ctx, db, shop, url.searchParams.get("from") ?? "");
  },
};

async function sell(request: Request, env: Bindings, db: D1DatabaseSession, shop: Shop): Promise<Response> {
  const { TENANT, USER } = env;
  const key = request.headers.get("idempotency-key");
  const requested = (await request.json<Sold>()).items;
  const items = JSON.stringify(
    requested.map((item, at) => ({ ...item, line_no: at + 1, move_id: crypto.randomUUID() })),
  );
  const [, products] = await db.batch([
    db.prepare(SQL.SELECT_SHIFT_POLICY).bind(TENANT, USER, TENANT),
    db.prepare(SQL.SELECT_AVAILABILITY).bind(TENANT, items),
  ]);
  if (products?.results.length !== requested.length) return new Response(null, { status: 422 });
  const sale = crypto.randomUUID();
  const event = crypto.randomUUID();
  const now = new Date().toISOString();
  const day = now.slice(0, 10);
  const emit = db.prepare(SQL.EMIT).bind(TENANT, event, "sale.completed", shop.currency, TENANT, sale, now);
  const statements = [
    db.prepare(SQL.DECREMENT_STOCK).bind(now, items, TENANT, items),
    db
      .prepare(SQL.INSERT_SALE)
      .bind(
        TENANT,
        sale,
        TENANT,
        USER,
        TENANT,
        USER,
        TENANT,
        USER,
        null,
        null,
        "cash",
        null,
        null,
        null,
        null,
        now,
        day,
        now,
        items,
        TENANT,
      ),
    db.prepare(SQL.INSERT_LINES).bind(TENANT, sale, items, TENANT),
    db.prepare(SQL.INSERT_MOVES).bind(TENANT, "sale", sale, USER, now, items, TENANT),
    db.prepare(SQL.CLOSE_ALERT).bind(now, TENANT, TENANT, USER),
    db.prepare(SQL.MARK_DAYS_DIRTY).bind(TENANT, JSON.stringify([day])),
    db.prepare(SQL.INCREMENT_REVISION).bind(TENANT),
    emit,
    db.prepare(SQL.STORE_RESPONSE).bind(TENANT, USER, key, items, TENANT, event, now),
  ];
  const results = await db.batch<{ payload: string }>(statements);
  const payload = results[statements.indexOf(emit)]?.results[0]?.payload;
  return new Response(payload ?? null, { status: 201, headers: { "content-type": "application/json" } });
}

async function listSales(env: Bindings, db: D1DatabaseSession, shop: Shop, limit: number): Promise<Response> {
  const { results } = await db
    .prepare(SQL.LIST_SALES)
    .bind(shop.currency, env.TENANT, limit + 1)
    .all();
  const data = results.slice(0, limit);
  return Response.json({ data, next_cursor: null });
}

async function kpis(
  env: Bindings,
  ctx: ExecutionContext,
  db: D1DatabaseSession,
  shop: Shop,
  from: string,
): Promise<Response> {
  const key = `metrics:${env.TENANT}:${shop.revision}:${from}`;
  const cached = await env.CACHE.get(key, "json");
  if (cached) return Response.json(cached);
  const { results } = await db
    .prepare(SQL.DAYS)
    .bind(env.TENANT, from, env.TENANT, env.TENANT, from)
    .all<Day>();
  const customers = new Set<string>();
  let [revenue, units, lines, sales, refunds] = [0, 0, 0, 0, 0];
  for (const row of results) {
    revenue += row.revenue;
    units += row.units / 1000;
    lines += row.lines;
    sales += row.sales;
    refunds += row.refunds;
    for (const customer of JSON.parse(row.customers)) customers.add(customer);
  }
  const figures = {
    currency: shop.currency,
    total_revenue: revenue,
    total_products_sold: units,
    average_products_sold: lines === 0 ? 0 : Math.round((1e6 * units) / lines) / 1e6,
    sales,
    refunds,
    average_sale: sales === 0 ? 0 : Math.round(revenue / sales),
    customers: customers.size,
    as_of: new Date().toISOString(),
  };
  ctx.waitUntil(env.CACHE.put(key, JSON.stringify(figures), { expirationTtl: 60 }));
  return Response.json(figures);
}
