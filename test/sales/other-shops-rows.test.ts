// What a shop reads and writes about its sales, beside shops whose rows have the same ids.
import { describe, expect, it } from "vitest";
import { refundSale } from "../../src/sales/refund.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, failureOf, rowsOf } from "../support/d1.ts";
import { bytesOf } from "../support/exports.ts";
import { buyOne, confirm } from "../support/purchases.ts";
import { newPerson, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";
import { newTaxRate } from "../support/taxes.ts";
import { addTwins, changeTwins, moveBehindTwins, twinRows } from "../support/twins.ts";

const get = ({ admin: { token } }: Shop, path: string) => call("GET", `${API}${path}`, { token });
const post = ({ admin: { token } }: Shop, path: string, json: object = {}) =>
  call("POST", `${API}${path}`, { token, json });

const newCustomer = async (shop: Shop, fields: object): Promise<string> =>
  (await post(shop, "/customers", fields)).body.id;

/** An order of a customer with an account, not yet paid. */
async function newOrder(shop: Shop, product: string, email?: string) {
  const buyer = await newPerson(shop.tenant, "CUSTOMER", email);
  const { body } = await buyOne(buyer.token, product);
  return { buyer, order: body };
}

const recipientsOf = async ({ tenant }: Shop, kind: string) =>
  (await rowsOf("SELECT recipient FROM mails WHERE tenant_id = ? AND kind = ?", tenant.id, kind)).map(
    ({ recipient }) => recipient,
  );

describe("beside shops whose rows have the same ids", () => {
  it("exported lines have the barcodes and the sellers of this shop", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { barcodes: ["4006381333931"] });
    await sellOne(shop.admin.token, id);
    const lines = async () => new TextDecoder().decode(await bytesOf(shop.admin.token, "/sales/lines?"));
    const before = await lines();
    expect(before).toContain("4006381333931");
    expect(before).toContain(shop.admin.email);
    await addTwins(shop.tenant);
    await changeTwins("products", "barcodes = '[\"96385074\"]'");
    await changeTwins("users", "email = 'twin-' || email");
    expect(await lines()).toBe(before);
  });

  it("a customer's reference finds the sales of the customer who has it here", async () => {
    const shop = await newShop();
    const { id: product_id } = await newProduct(shop);
    const ana = await newCustomer(shop, { name: "Ana", external_ref: "17850" });
    const ben = await newCustomer(shop, { name: "Ben" });
    const items = [{ product_id, quantity: 1 }];
    const sale = (await post(shop, "/sales", { items, customer_id: ana })).body;
    await post(shop, "/sales", { items, customer_id: ben });
    await addTwins(shop.tenant);
    await changeTwins("customers", "external_ref = NULL");
    await changeTwins("customers", "external_ref = iif(id = ?1, '17850', NULL)", ben);
    const { data } = (await get(shop, "/sales?customer=17850")).body;
    expect(data.map(({ id }: { id: string }) => id)).toEqual([sale.id]);
  });

  it("a mail about an order goes to the customer of this shop", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 10 });
    const { buyer, order } = await newOrder(shop, id);
    await addTwins(shop.tenant);
    await changeTwins("users", "email = 'twin-' || email");
    expect((await confirm(shop, order.id)).status).toBe(200);
    expect(await recipientsOf(shop, "order.paid")).toEqual([buyer.email]);
  });

  it("a mail about an order goes only to its customer", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 10 });
    await newOrder(shop, id);
    const { buyer, order } = await newOrder(shop, id);
    await confirm(shop, order.id);
    expect(await recipientsOf(shop, "order.paid")).toEqual([buyer.email]);
  });

  it("a shop that has turned mails about orders off sends none", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 10 });
    const { order } = await newOrder(shop, id);
    await addTwins(shop.tenant);
    await change("UPDATE tenants SET order_mails = 0 WHERE id = ?", shop.tenant.id);
    await confirm(shop, order.id);
    expect(await recipientsOf(shop, "order.paid")).toEqual([]);
  });

  it("an order is held as long as this shop holds them, and says who takes its payment", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 10 });
    await addTwins(shop.tenant);
    await change("UPDATE tenants SET hold_minutes = 1000 WHERE id <> ?", shop.tenant.id);
    await change("UPDATE tenants SET hold_minutes = 45 WHERE id = ?", shop.tenant.id);
    const { order } = await newOrder(shop, id);
    const [stored] = await rowsOf(
      "SELECT placed_at, hold_expires_at, payment_provider FROM sales WHERE tenant_id = ? AND id = ?",
      shop.tenant.id,
      order.id,
    );
    const minutes =
      Date.parse(String(stored?.["hold_expires_at"])) - Date.parse(String(stored?.["placed_at"]));
    expect([minutes / 60_000, stored?.["payment_provider"]]).toEqual([45, "manual"]);
  });

  it("a receipt has the customer, the tax and the refunds of this shop", async () => {
    const shop = await newShop();
    const rate = await newTaxRate(shop, { name: "IVA 21 %" });
    const { id: product_id } = await newProduct(shop, { tax_rate_id: rate.id });
    await newCustomer(shop, { name: "Ana" });
    const customer_id = await newCustomer(shop, { name: "Ben", tax_id: "B12345678" });
    const items = [{ product_id, quantity: 2 }];
    const sale = (await post(shop, "/sales", { items, customer_id })).body;
    const refunded = [{ product_id, quantity: 1 }];
    const refund = (await post(shop, `/sales/${sale.id}/refunds`, { items: refunded, reason: "torn" })).body;
    const other = (await post(shop, "/sales", { items })).body;
    const receipt = (id = sale.id) => get(shop, `/sales/${id}/receipt`);
    const [before, ofRefund] = [(await receipt()).body, (await receipt(refund.id)).body];
    expect(ofRefund.refund_of).toEqual({ id: sale.id, number: sale.number });
    expect(before).toMatchObject({ customer: "Ben", customer_tax_id: "B12345678" });
    await addTwins(shop.tenant);
    await moveBehindTwins("customers", shop.tenant);
    expect((await receipt()).body).toEqual(before);
    await changeTwins("sales", "number = number + 7");
    expect((await receipt(refund.id)).body).toEqual(ofRefund);
    await changeTwins("sales", "refund_of = iif(refund_of IS NULL, NULL, ?1)", other.id);
    expect((await receipt(refund.id)).body).toEqual(ofRefund);
    const unnamed = (await post(shop, "/sales", { items })).body;
    expect((await get(shop, `/sales/${unnamed.id}/receipt`)).body.customer).toBeNull();
  });

  it("a sale is taxed with the rate of this shop, and marks it as used only here", async () => {
    const shop = await newShop();
    const rate = await newTaxRate(shop, { name: "IVA 21 %", rate: 21_000 });
    const { id: product_id } = await newProduct(shop, { price: 1_210_000, tax_rate_id: rate.id });
    await addTwins(shop.tenant);
    const before = await twinRows();
    const { status, body } = await post(shop, "/sales", { items: [{ product_id, quantity: 1 }] });
    expect([status, body.tax]).toEqual([201, 210_000]);
    expect(await twinRows()).toEqual(before);
  });

  it("a refund returns to stock what this shop still counts in the same unit", async () => {
    const shop = await newShop();
    const { id: product_id } = await newProduct(shop, { stock: 10 });
    const sale = (await sellOne(shop.admin.token, product_id, 2)).body;
    await addTwins(shop.tenant);
    await changeTwins("products", "unit = 'kg'");
    await moveBehindTwins("products", shop.tenant);
    const items = [{ product_id, quantity: 1 }];
    const { status } = await post(shop, `/sales/${sale.id}/refunds`, {
      items,
      reason: "torn",
      restock: true,
    });
    expect(status).toBe(201);
  });

  it("stock discrepancies are listed with the product and the sale of this shop", async () => {
    const shop = await newShop();
    const { id: product_id } = await newProduct(shop, { stock: 0 });
    const sold_at = new Date().toISOString();
    await post(shop, "/sales", { items: [{ product_id, quantity: 1 }], offline: true, sold_at });
    const list = () => get(shop, "/stock/discrepancies?open=true");
    const before = (await list()).body;
    expect(before.data).toMatchObject([{ title: "A book", sale_number: "C-000001" }]);
    await addTwins(shop.tenant);
    await changeTwins("sales", "number = number + 7");
    expect((await list()).body).toEqual(before);
  });
});

it("a receipt has the tax of each rate that a tax rate had, and the SKU of what has no printable title", async () => {
  const shop = await newShop();
  const { id: rate } = await newTaxRate(shop, { rate: 21_000 });
  const items = [];
  for (let nth = 0; nth < 2; nth += 1) {
    const { id } = await newProduct(shop, { sku: `B-${nth}`, price: 1210, tax_rate_id: rate });
    items.push({ product_id: id, quantity: 1 });
  }
  const { id } = (await post(shop, "/sales", { items })).body;
  // An order keeps the rate at which its lines were agreed.
  await change(
    "UPDATE sale_lines SET tax_rate = 10000, description = char(8203) WHERE tenant_id = ? AND sale_id = ? AND line_no = 2",
    shop.tenant.id,
    id,
  );
  const { body } = await get(shop, `/sales/${id}/receipt`);
  expect(body.taxes).toMatchObject([
    { rate: 21_000, mark: "A" },
    { rate: 10_000, mark: "B" },
  ]);
  const { text } = await get(shop, `/sales/${id}/receipt?format=text`);
  expect(text).toContain("B-1");
});

it("a refund that returns goods to stock is refused if their unit changes meanwhile", async () => {
  const shop = await newShop();
  const { id } = await newProduct(shop, { stock: 10 });
  const sale = (await sellOne(shop.admin.token, id, 2)).body;
  const ctx = between(shop.admin.ctx(), {
    before: async (nth) => {
      if (nth === 2)
        await change("UPDATE products SET unit = 'kg' WHERE tenant_id = ? AND id = ?", shop.tenant.id, id);
    },
  });
  const input = { items: [{ product_id: id, quantity: 1000 }], reason: "torn", restock: true };
  expect(String(await failureOf(refundSale(ctx, sale.id, input, undefined)))).toContain(
    "#/restock: a product is now counted in another unit",
  );
});
