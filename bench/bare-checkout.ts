// The bare minimum of a checkout: one batch of the statements that the app sends, for a buyer and a product that are given.
import type { Bindings } from "./bare.ts";
import * as SQL from "./bare-sql.ts";

export async function checkout(request: Request, { DB, TENANT }: Bindings): Promise<Response> {
  const key = request.headers.get("idempotency-key");
  const buyer = request.headers.get("x-buyer");
  const sale = crypto.randomUUID();
  const items = JSON.stringify([
    { product_id: request.headers.get("x-product"), quantity: 1, line_no: 1, move_id: sale },
  ]);
  const event = crypto.randomUUID();
  const now = new Date().toISOString();
  const day = now.slice(0, 10);
  const statement = (text: string, ...values: unknown[]) => DB.prepare(text).bind(...values);
  const cart = [TENANT, buyer, items, items, TENANT, buyer, items];
  const placed = [null, buyer, null, "card", TENANT, null, "manual", now, TENANT, now, day, now];
  const results = await DB.batch<{ payload: string }>([
    statement(SQL.TAKE_STOCK, now, items, TENANT, items),
    statement(SQL.INSERT_PURCHASE, TENANT, sale, ...cart, ...placed, items, TENANT),
    statement(SQL.INSERT_LINES, TENANT, sale, items, TENANT),
    statement(SQL.INSERT_MOVES, TENANT, "sale", sale, buyer, now, items, TENANT),
    statement(SQL.EMPTY_CART, TENANT, buyer),
    statement(SQL.EMIT, TENANT, event, "purchase.placed", "GBP", TENANT, sale, now),
    statement(SQL.REMEMBER, TENANT, buyer, key, items, TENANT, event, now),
  ]);
  const payload = results.at(-2)?.results[0]?.payload;
  return new Response(payload ?? null, { status: 201, headers: { "content-type": "application/json" } });
}
