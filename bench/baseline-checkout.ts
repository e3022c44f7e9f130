// A checkout of the baseline Worker: one batch of the app's statements, for the buyer that a header names.
import type { Bindings } from "./baseline-bindings.ts";
import * as SQL from "./baseline-sql.ts";

export async function checkout(request: Request, { DB, TENANT }: Bindings): Promise<Response> {
  const key = request.headers.get("idempotency-key");
  const buyer = request.headers.get("x-buyer");
  const sale = crypto.randomUUID();
  const event = crypto.randomUUID();
  const now = new Date().toISOString();
  const day = now.slice(0, 10);
  const db = DB.withSession("first-primary");
  const statement = (text: string, ...values: unknown[]) => db.prepare(text).bind(...values);
  const items = [sale, TENANT, buyer];
  const details = [null, buyer, null, "card", TENANT, null, 1, "manual", now, TENANT, now, day, now];
  const emit = statement(SQL.EMIT, TENANT, event, "purchase.placed", "GBP", TENANT, sale, now);
  const statements = [
    statement(SQL.DECREMENT_CART_STOCK, now, ...items, TENANT, ...items),
    statement(SQL.INSERT_PURCHASE, TENANT, sale, ...details, ...items, TENANT),
    statement(SQL.INSERT_CART_LINES, TENANT, sale, ...items, TENANT),
    statement(SQL.INSERT_CART_MOVES, TENANT, "sale", sale, buyer, now, ...items, TENANT),
    statement(SQL.DELETE_CART_ITEMS, TENANT, buyer),
    emit,
    statement(SQL.STORE_RESPONSE, TENANT, buyer, key, sale, TENANT, event, now),
  ];
  const results = await db.batch<{ payload: string }>(statements);
  const payload = results[statements.indexOf(emit)]?.results[0]?.payload;
  return new Response(payload ?? null, { status: 201, headers: { "content-type": "application/json" } });
}
