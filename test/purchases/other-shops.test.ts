import { describe, expect, it } from "vitest";
import { eraseUser } from "../../src/erasure/account.ts";
import { resumeErasures } from "../../src/erasure/sweep.ts";
import { replaceOrderToken, storeOrderToken } from "../../src/purchases/order-tokens.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { byLink } from "../support/guests.ts";
import { mailsTo } from "../support/mails.ts";
import { cancelOrder, orderedBooks, takeOrder } from "../support/orders.ts";
import { bookshop, buyOne, confirm } from "../support/purchases.ts";
import { base, newPerson, type Person, type Shop } from "../support/shops.ts";
import { addTwins, changeTwins, twinRows } from "../support/twins.ts";

const stockOf = ({ tenant }: Shop, id: string) =>
  count("SELECT stock / 1000 n FROM products WHERE tenant_id = ? AND id = ?", tenant.id, id);

async function addToken({ tenant }: Shop, saleId: string): Promise<string> {
  const ctx = base();
  const { token, statement } = storeOrderToken(ctx, tenant.id, saleId);
  await ctx.db.run(statement);
  return token;
}

async function erase(shop: Shop, id: string): Promise<void> {
  await eraseUser(shop.admin.ctx(), id);
  for (let page = 1; page <= 4; page += 1)
    await resumeErasures(base(new Date(Date.now() + page * 20 * 60_000)));
}

const noteOf = ({ tenant }: Shop, id: string) =>
  rowsOf("SELECT note FROM order_details WHERE tenant_id = ? AND sale_id = ?", tenant.id, id);

const of = ({ id }: Person) => ({ customer: undefined, customer_id: id });

describe("beside shops whose purchases have the same ids", () => {
  it("a cancelled order returns its goods once", async () => {
    const { shop, book, id } = await orderedBooks();
    await addTwins(shop.tenant);
    expect((await cancelOrder(shop.admin.token, id)).status).toBe(200);
    expect(await stockOf(shop, book.id)).toBe(10);
  });

  it("staff who cancel the order of another are in the audit log, though theirs is their own", async () => {
    const { shop, id } = await orderedBooks();
    await addTwins(shop.tenant);
    await changeTwins("sales", "customer_id = ?1", shop.admin.id);
    await cancelOrder(shop.admin.token, id);
    expect(
      await rowsOf(
        "SELECT actor_id FROM audit_log WHERE tenant_id = ? AND entity_id = ? AND action = 'purchase.cancelled'",
        shop.tenant.id,
        id,
      ),
    ).toEqual([{ actor_id: shop.admin.id }]);
  });

  it("a buyer does not read the purchase of another, though theirs is their own", async () => {
    const { shop, buyer, book } = await bookshop();
    const { body } = await buyOne(buyer.token, book.id);
    const other = await newPerson(shop.tenant, "CUSTOMER");
    await addTwins(shop.tenant);
    await changeTwins("sales", "customer_id = ?1", other.id);
    expect((await call("GET", `${API}/purchases/${body.id}`, { token: other.token })).status).toBe(404);
  });

  it("a mail has the address of the order of this shop", async () => {
    const { shop, buyer, book } = await bookshop();
    const address = { name: "Ana", lines: ["Calle 1"], city: "Madrid", postal_code: "28013", country: "ES" };
    await change("UPDATE users SET email_confirmed_at = created_at WHERE id = ?", buyer.id);
    await buyOne(buyer.token, book.id, 1, { shipping_address: address });
    await addTwins(shop.tenant);
    await changeTwins("sales", "shipping_address = json_set(shipping_address, '$.city', 'Lugo')");
    const [mail] = await mailsTo(shop, buyer.email);
    expect(mail?.text).toContain("Madrid");
    expect(mail?.text).not.toContain("Lugo");
  });

  it("new links to an order leave theirs", async () => {
    const { shop, id } = await orderedBooks();
    await addToken(shop, id);
    await addTwins(shop.tenant);
    const before = await twinRows();
    for (let nth = 1; nth <= 20; nth += 1) await replaceOrderToken(shop.admin.ctx(), id);
    expect(await twinRows()).toEqual(before);
  });

  it("an expired link opens nothing, though theirs is valid", async () => {
    const { shop, id } = await orderedBooks();
    const token = await addToken(shop, id);
    await addTwins(shop.tenant);
    await change("UPDATE order_tokens SET expires_at = '2026-01-01' WHERE tenant_id = ?", shop.tenant.id);
    expect((await byLink("GET", `/purchases/${id}`, token)).body.type).toBe("/problems/unknown-order");
  });

  it("the erasure of a buyer leaves their notes, and those of another whose order is the buyer's in theirs", async () => {
    const { shop, buyer, book } = await bookshop();
    const take = async (note: string, who: Record<string, unknown>) =>
      String((await takeOrder(shop.admin.token, book.id, { note, ...who })).body.id);
    const own = await take("Ring twice", of(buyer));
    await confirm(shop, own);
    const other = await take("Leave it outside", {});
    const token = await addToken(shop, other);
    const ownToken = await addToken(shop, own);
    await addTwins(shop.tenant);
    await changeTwins("sales", "customer_id = ?1", buyer.id);
    const before = await twinRows();
    await erase(shop, buyer.id);
    expect(await noteOf(shop, own)).toEqual([{ note: null }]);
    expect(await noteOf(shop, other)).toEqual([{ note: "Leave it outside" }]);
    expect((await byLink("GET", `/purchases/${other}`, token)).status).toBe(200);
    expect((await byLink("GET", `/purchases/${own}`, ownToken)).body.type).toBe("/problems/unknown-order");
    expect(await twinRows()).toEqual(before);
  });

  it("a buyer exports the notes of this shop", async () => {
    const { shop, buyer, book } = await bookshop();
    await takeOrder(shop.admin.token, book.id, { note: "Ring twice", ...of(buyer) });
    await takeOrder(shop.admin.token, book.id, of(buyer));
    await addTwins(shop.tenant);
    await changeTwins("order_details", "note = 'twin'");
    const { body } = await call("GET", `${API}/customers/me/export`, { token: buyer.token });
    // The other order has none.
    expect(body.order_notes).toMatchObject([{ note: "Ring twice" }]);
  });
});

it("a sale whose file names its customer by the id of an account is no purchase of that account", async () => {
  const { shop, buyer, book } = await bookshop();
  const { body } = await takeOrder(shop.admin.token, book.id, { note: "Ring twice", ...of(buyer) });
  await confirm(shop, body.id);
  const read = async (path: string) => (await call("GET", `${API}${path}`, { token: buyer.token })).body;
  const paths = ["/purchases", "/purchases/analytics/summary"];
  expect((await read("/purchases")).data).toHaveLength(1);
  await change(
    "UPDATE sales SET customer_id = NULL, customer_ref = ? WHERE tenant_id = ? AND id = ?",
    buyer.id,
    shop.tenant.id,
    body.id,
  );
  const [list, summary] = await Promise.all(paths.map(read));
  expect(list.data).toEqual([]);
  expect(summary).toMatchObject({ orders: 0, spend: 0, by_category: [], by_month: [] });
  const exported = await read("/customers/me/export");
  expect([exported.online_payments, exported.order_notes]).toEqual([[], []]);
});
