import { beforeAll, describe, expect, it } from "vitest";
import { sell } from "../../src/sales/sell.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { bytesOf, rowsOf } from "../support/exports.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { takeOrder } from "../support/orders.ts";
import { pagesOf } from "../support/pages.ts";
import { newPerson, newProduct, newShop, sellOne, type Person, type Shop } from "../support/shops.ts";

type Row = { id: string; external_ref: string | null; total: number; day: string };

async function list(shop: Shop, query: string): Promise<{ data: Row[]; next_cursor: string | null }> {
  const { status, body } = await call("GET", `${API}/sales?${query}`, { token: shop.admin.token });
  expect(status).toBe(200);
  return body;
}

describe("listing sales", () => {
  let shop: Shop;
  let clerk: Person;
  let customer: Person;

  beforeAll(async () => {
    shop = await newShop();
    clerk = await newPerson(shop.tenant, "EMPLOYEE");
    customer = await newPerson(shop.tenant, "CUSTOMER");
    await importFile(
      shop,
      fileOf([
        { invoice: "1", date: "2026-03-01 10:00", customer: "17850", seller: "" },
        { invoice: "2", date: "2026-03-02 10:00", customer: "17850", seller: clerk.email },
        { invoice: "C3", date: "2026-03-03 10:00", quantity: -1, customer: "13047", seller: "" },
      ]),
    );
    const product = await newProduct(shop);
    const items = [{ product_id: product.id, quantity: 1000 }];
    await sell(
      clerk.ctx(new Date("2026-03-04T10:00:00Z")),
      { items, payment_method: "card", customer_id: customer.id },
      undefined,
    );
  });

  const references = async (query: string) =>
    (await list(shop, query)).data.map((row) => row.external_ref ?? "counter");

  it("returns the newest first", async () => {
    expect(await references("")).toEqual(["counter", "C3", "2", "1"]);
  });

  it.each<[string, () => string, string[]]>([
    ["from a day, inclusive", () => "from=2026-03-02", ["counter", "C3", "2"]],
    ["to a day, inclusive", () => "to=2026-03-02", ["2", "1"]],
    ["between days", () => "from=2026-03-02&to=2026-03-03", ["C3", "2"]],
    ["of a channel", () => "channel=counter", ["counter"]],
    ["of another channel", () => "channel=online", []],
    ["of a kind", () => "kind=refund", ["C3"]],
    ["of the other kind", () => "kind=sale", ["counter", "2", "1"]],
    ["of a seller", () => `seller_id=${clerk.id}`, ["counter", "2"]],
    ["of a customer with an account", () => `customer=${customer.id}`, ["counter"]],
    ["of a customer named in an imported file", () => "customer=17850", ["2", "1"]],
    ["of a status", () => "status=completed", ["counter", "C3", "2", "1"]],
    ["of another status", () => "status=cancelled", []],
    [
      "of all of these",
      () => `seller_id=${clerk.id}&channel=import&kind=sale&from=2026-03-01&customer=17850`,
      ["2"],
    ],
  ])("can be filtered to those %s", async (_, query, expected) => {
    expect(await references(query())).toEqual(expected);
  });

  it.each([
    "from=2026-02-30",
    "to=yesterday",
    "channel=shop",
    "kind=gift",
    "status=x",
    "seller_id=1",
    "limit=0",
    "limit=101",
    "colour=red",
  ])("rejects %s", async (query) => {
    expect((await call("GET", `${API}/sales?${query}`, { token: shop.admin.token })).status).toBe(422);
  });

  it("rejects a damaged cursor, and that of another shop", async () => {
    const { next_cursor } = await list(shop, "limit=1");
    const other = await newShop();
    const get = (token: string, cursor: string) =>
      call("GET", `${API}/sales?limit=1&cursor=${cursor}`, { token });
    expect((await get(shop.admin.token, String(next_cursor))).status).toBe(200);
    expect((await get(shop.admin.token, `${next_cursor}A`)).body.type).toBe("/problems/invalid-cursor");
    expect((await get(other.admin.token, String(next_cursor))).body.type).toBe("/problems/invalid-cursor");
  });

  it("shows no sale of another shop, in the list or by id", async () => {
    const other = await newShop();
    expect((await list(other, "")).data).toEqual([]);
    const [row] = (await list(shop, "limit=1")).data;
    expect((await call("GET", `${API}/sales/${row?.id}`, { token: other.admin.token })).status).toBe(404);
    expect((await call("GET", `${API}/sales/${row?.id}`, { token: shop.admin.token })).body).toMatchObject({
      id: row?.id,
      total: row?.total,
    });
  });

  it("of a colleague is forbidden to employees who see their own sales only, and their own are not", async () => {
    const statusOf = async (seller: Person) =>
      (await call("GET", `${API}/sales?seller_id=${seller.id}`, { token: clerk.token })).status;
    expect([await statusOf(shop.admin), await statusOf(clerk)]).toEqual([403, 200]);
  });

  it("of a customer whom the shop does not have is not found", async () => {
    const statusOf = async (id: string) =>
      (await call("GET", `${API}/customers/${id}/sales`, { token: shop.admin.token })).status;
    expect([await statusOf(customer.id), await statusOf(crypto.randomUUID())]).toEqual([200, 404]);
  });

  it("of a customer is not paged by the cursor of another customer or of all sales", async () => {
    const counter = await newShop();
    const { id: product_id } = await newProduct(counter);
    const [ana, ben] = [
      await newPerson(counter.tenant, "CUSTOMER"),
      await newPerson(counter.tenant, "CUSTOMER"),
    ];
    for (const { id: customer_id } of [ana, ana, ben])
      await call("POST", `${API}/sales`, {
        token: counter.admin.token,
        json: { items: [{ product_id, quantity: 1 }], customer_id },
      });
    const salesOf = async ({ id }: Person, query: string) =>
      (await call("GET", `${API}/customers/${id}/sales?${query}`, { token: counter.admin.token })).body;
    const { next_cursor } = await salesOf(ana, "limit=1");
    expect((await salesOf(ana, `cursor=${next_cursor}`)).data).toHaveLength(1);
    expect((await salesOf(ben, `cursor=${next_cursor}`)).type).toBe("/problems/invalid-cursor");
    const ofAll = (await list(counter, "limit=1")).next_cursor;
    expect((await salesOf(ana, `cursor=${ofAll}`)).type).toBe("/problems/invalid-cursor");
  });

  it("by status finds those that are completed apart from those that are pending or cancelled", async () => {
    const counter = await newShop();
    const { id } = await newProduct(counter);
    const sold: [status: string, id: string][] = [];
    for (const status of ["completed", "pending", "cancelled"]) {
      const { body } = await sellOne(counter.admin.token, id);
      await change("UPDATE sales SET status = ? WHERE id = ?", status, body.id);
      sold.push([status, body.id]);
    }
    const found = async (query: string) => (await list(counter, query)).data.map((row) => row.id);
    for (const [status, one] of sold) expect(await found(`status=${status}`), status).toEqual([one]);
    expect(await found("")).toEqual(sold.map(([, one]) => one).toReversed());
  });

  it("is forbidden to customers", async () => {
    expect((await call("GET", `${API}/sales`, { token: customer.token })).status).toBe(403);
    expect((await call("GET", `${API}/sales`)).status).toBe(401);
  });
});

it("an EMPLOYEE who sees their own sales only lists the online orders that they took and that nobody took", async () => {
  const shop = await newShop();
  const [me, colleague] = [
    await newPerson(shop.tenant, "EMPLOYEE"),
    await newPerson(shop.tenant, "EMPLOYEE"),
  ];
  const { id } = await newProduct(shop, { stock: 9 });
  const orders: string[] = [];
  for (const { token } of [me, me, colleague]) orders.unshift((await takeOrder(token, id)).body.id);
  const [theirs, nobodys, mine] = orders;
  await change("UPDATE sales SET seller_id = NULL WHERE id = ?", nobodys);
  const listed = async ({ token }: Person) =>
    (await call("GET", `${API}/sales?channel=online`, { token })).body.data.map((row: Row) => row.id);
  expect(await listed(me)).toEqual([nobodys, mine]);
  expect(await listed(colleague)).toEqual([theirs, nobodys]);
  const exported = rowsOf(await bytesOf(me.token, "/sales?format=csv&channel=online"), {});
  expect(exported.map((row) => row["sale_id"])).toEqual([mine, nobodys]);
});

describe("pages of sales", () => {
  const file = (invoices: number) =>
    fileOf(
      Array.from({ length: invoices }, (_, index) => ({
        invoice: String(index),
        date: `2026-03-0${1 + (index % 9)} 10:00`,
      })),
    );

  it("show each sale once while others are added", async () => {
    const shop = await newShop();
    await importFile(shop, file(45));
    const product = await newProduct(shop);
    const seen: string[] = [];
    await pagesOf(async (cursor) => {
      const next = await list(shop, `limit=10${cursor === null ? "" : `&cursor=${cursor}`}`);
      seen.push(...next.data.flatMap((row) => row.external_ref ?? []));
      await sellOne(shop.admin.token, product.id);
      return next;
    });
    expect(seen.length).toBe(45);
    expect(new Set(seen).size).toBe(45);
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(50);
  });

  it("cost the same with fifty sales and with five hundred, for the first page and a later one", async () => {
    const [small, large] = [await newShop(), await newShop()];
    await importFile(small, file(50));
    await importFile(large, file(500));
    const costs: number[] = [];
    for (const shop of [small, large]) {
      const first = await call("GET", `${API}/sales?limit=20`, { token: shop.admin.token });
      const second = await call("GET", `${API}/sales?limit=20&cursor=${first.body.next_cursor}`, {
        token: shop.admin.token,
      });
      expect(costOf(first).queries).toBe(1);
      costs.push(costOf(first).read, costOf(second).read);
    }
    for (const read of costs) expect(read).toBeLessThan(60);
  });
});
