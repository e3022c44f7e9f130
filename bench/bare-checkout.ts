// The bare minimum of a checkout: one batch of the statements that the app sends, for a buyer who is given.
import type { Bindings } from "./bare.ts";
import * as SQL from "./bare-sql.ts";

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
  const placed = [null, buyer, null, "card", TENANT, null, 1, "manual", now, TENANT, now, day, now];
  const results = await db.batch<{ payload: string }>([
    statement(SQL.TAKE_CART, now, ...items, TENANT, ...items),
    statement(SQL.INSERT_PURCHASE, TENANT, sale, ...placed, ...items, TENANT),
    statement(SQL.INSERT_CART_LINES, TENANT, sale, ...items, TENANT),
    statement(SQL.INSERT_CART_MOVES, TENANT, "sale", sale, buyer, now, ...items, TENANT),
    statement(SQL.EMPTY_CART, TENANT, buyer),
    statement(SQL.EMIT, TENANT, event, "purchase.placed", "GBP", TENANT, sale, now),
    statement(SQL.REMEMBER, TENANT, buyer, key, sale, TENANT, event, now),
  ]);
  const payload = results.at(-2)?.results[0]?.payload;
  return new Response(payload ?? null, { status: 201, headers: { "content-type": "application/json" } });
}
