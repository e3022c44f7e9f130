// The list of orders, and their search.
import { describe, expect, it } from "vitest";
import { orderCsvColumns } from "../../../src/purchases/orders/csv.ts";
import type { OrderHeadBody } from "../../../src/purchases/orders/head.ts";
import { csvTable } from "../../../src/values/csv.ts";
import { addDays, dayOf } from "../../../src/values/days.ts";
import { newId } from "../../../src/values/ids.ts";
import { change } from "../../support/change.ts";
import { API, call, costOf } from "../../support/client.ts";
import { cancelOrder, takeOrder } from "../../support/orders.ts";
import { bookshop, buyOne, confirm } from "../../support/purchases.ts";
import { newPerson, newProduct, sellOne, type Person, type Shop } from "../../support/shops.ts";
import { newTaxRate } from "../../support/taxes.ts";

const list = (person: Person, query = "") => call("GET", `${API}/orders${query}`, { token: person.token });

const numbersOf = (answer: { body: { data: { number: string }[] } }) =>
  answer.body.data.map(({ number }) => number);

/** All pages of a list. */
async function pages(person: Person, query: string): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 100; page += 1) {
    const { body } = await list(person, `${query}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    found.push(...numbersOf({ body }));
    cursor = body.next_cursor;
    if (cursor === null) break;
  }
  return found;
}

const order = (shop: Shop, product: string, customer: object) =>
  takeOrder(shop.admin.token, product, { customer });

async function shopOfOrders() {
  const { shop, buyer, book } = await bookshop({ stock: 1000 });
  await order(shop, book.id, { name: "Begoña Núñez", email: "bego@example.com" });
  await order(shop, book.id, { name: "Íñigo Montoya", phone: "600 11 22 33" });
  await buyOne(buyer.token, book.id);
  await order(shop, book.id, { name: "Ignored", email: "bego@example.com" });
  await sellOne(shop.admin.token, book.id);
  return { shop, buyer, book };
}

describe("the list of orders", () => {
  it("has those of staff and of the web shop, newest first, but no counter sales", async () => {
    const { shop, buyer } = await shopOfOrders();
    const answer = await list(shop.admin);
    expect(numbersOf(answer)).toEqual(["A-10004", "A-10003", "A-10002", "A-10001"]);
    expect(answer.body.data[1]).toMatchObject({
      customer: { id: buyer.id, email: buyer.email },
      seller_id: null,
      payment_terms: null,
      version: 1,
    });
    expect(costOf(answer).queries).toBe(1);
    expect(await pages(shop.admin, "?limit=1")).toEqual(numbersOf(answer));
  });

  it("is filtered by status, also of those that were refunded, by customer, seller and day", async () => {
    const { shop, buyer } = await shopOfOrders();
    const { body } = await list(shop.admin);
    const [last, bought, second, first] = body.data;
    await confirm(shop, first.id);
    await confirm(shop, bought.id);
    const items = [
      {
        product_id: (await call("GET", `${API}/orders/${first.id}`, { token: shop.admin.token })).body
          .items[0].product_id,
        quantity: 1,
      },
    ];
    const { token } = shop.admin;
    await call("POST", `${API}/sales/${first.id}/refunds`, {
      token,
      json: { items, reason: "torn", payment_method: "other" },
    });
    await cancelOrder(token, second.id);
    const found = async (query: string) => numbersOf(await list(shop.admin, query));
    expect(await found("?status=pending")).toEqual([last.number]);
    expect(await found("?status=cancelled")).toEqual([second.number]);
    expect(await found("?status=completed")).toEqual([bought.number]);
    expect(await found("?status=refunded")).toEqual([first.number]);
    expect(await found(`?customer_id=${buyer.id}`)).toEqual([bought.number]);
    expect(await found(`?seller_id=${shop.admin.id}`)).toEqual([last.number, second.number, first.number]);
    expect(await found(`?from=${first.day}&to=${first.day}&limit=100`)).toHaveLength(4);
    expect(await found("?to=2020-01-01")).toEqual([]);
  });

  it("is searched by number, and by the first letters of the customer's name, e-mail or phone without accents", async () => {
    const { shop, buyer } = await shopOfOrders();
    const found = async (q: string) => numbersOf(await list(shop.admin, `?q=${encodeURIComponent(q)}`));
    for (const q of ["A-10002", "a-10002", "10002", "inigo", "MONT iñi", "600 11"])
      expect([q, await found(q)]).toEqual([q, ["A-10002"]]);
    for (const q of ["bego nun", "bego@example"])
      expect([q, await found(q)]).toEqual([q, ["A-10004", "A-10001"]]);
    expect(await found(buyer.email)).toEqual(["A-10003"]);
    for (const q of ["ego", "xyz", "A-99999", "*", '"', " "]) expect([q, await found(q)]).toEqual([q, []]);
  });

  it("is shown to all employees, whoever took the order; what a colleague sold is not a filter for them", async () => {
    const { shop } = await shopOfOrders();
    const clerk = await newPerson(shop.tenant, "EMPLOYEE");
    expect(numbersOf(await list(clerk))).toHaveLength(4);
    expect((await list(clerk, `?seller_id=${shop.admin.id}`)).status).toBe(403);
    expect(numbersOf(await list(clerk, `?seller_id=${clerk.id}`))).toEqual([]);
    expect((await list(await newPerson(shop.tenant, "CUSTOMER"))).status).toBe(403);
  });

  it("has those of a range of days, and those that one seller took", async () => {
    const { shop } = await shopOfOrders();
    const clerk = await newPerson(shop.tenant, "EMPLOYEE");
    const today = dayOf(new Date(), shop.tenant.timezone);
    const countOf = async (query: string) => numbersOf(await list(shop.admin, query)).length;
    expect(await countOf(`?from=${today}`)).toBe(4);
    expect(await countOf(`?from=${addDays(today, 1)}`)).toBe(0);
    expect(await countOf(`?to=${today}`)).toBe(4);
    expect(await countOf(`?to=${addDays(today, -1)}`)).toBe(0);
    expect(await countOf(`?seller_id=${clerk.id}`)).toBe(0);
    expect(await countOf(`?seller_id=${shop.admin.id}`)).toBe(3);
    expect(await countOf(`?q=bego&from=${today}&to=${today}`)).toBe(2);
    expect(await countOf(`?q=bego&from=${addDays(today, 1)}`)).toBe(0);
    expect(await countOf(`?q=bego&to=${addDays(today, -1)}`)).toBe(0);
  });

  it("is CSV of a range of days, first and last included", async () => {
    const { shop } = await shopOfOrders();
    const today = dayOf(new Date(), shop.tenant.timezone);
    const { body } = await list(shop.admin);
    const days = [2, 1, 0, -1].map((before) => addDays(today, -before));
    for (const [index, { id }] of body.data.toReversed().entries())
      await change("UPDATE sales SET day = ? WHERE id = ?", days[index], id);
    const found = async (query: string) => {
      const { text } = await list(shop.admin, `?format=csv${query}`);
      return [...text.matchAll(/^"(A-\d+)"/gm)].map(([, number]) => number);
    };
    expect(await found(`&from=${days[1]}&to=${days[2]}`)).toEqual(["A-10002", "A-10003"]);
    expect(await found(`&from=${days[1]}`)).toEqual(["A-10002", "A-10003", "A-10004"]);
    expect(await found(`&to=${days[2]}`)).toEqual(["A-10001", "A-10002", "A-10003"]);
  });

  it("does not contain those of another shop, nor does a search", async () => {
    const { shop } = await shopOfOrders();
    const other = await shopOfOrders();
    const { body } = await list(other.shop.admin, "?q=bego");
    expect(body.data).toHaveLength(2);
    const mine = await list(shop.admin, `?customer_id=${body.data[0].customer.id}`);
    expect(mine.body.data).toEqual([]);
  });

  it("is CSV with the same filters, oldest first", async () => {
    const { shop } = await shopOfOrders();
    const { text, headers } = await list(shop.admin, "?format=csv&q=bego");
    expect(headers.get("content-type")).toContain("text/csv");
    const rows = text.trim().split("\r\n");
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatch(/^number,status,day,time,placed_at,customer,email,phone,/);
    expect(rows[1]).toMatch(/^"A-10001",pending,.*,"Begoña Núñez","bego@example.com",,/);
    expect(rows[2]).toMatch(/^"A-10004",/);
  });

  it("is CSV of the order with a number, and of none whose customer has it as a name", async () => {
    const { shop, book } = await shopOfOrders();
    await order(shop, book.id, { name: "A-10002" });
    const { text } = await list(shop.admin, "?format=csv&q=A-10002");
    const rows = text.trim().split("\r\n");
    expect(rows.map((row) => row.split(",")[0])).toEqual(["number", '"A-10002"']);
  });

  it("is CSV of the completed orders that were refunded, or of those that were not", async () => {
    const { shop, buyer, book } = await bookshop({ stock: 1000 });
    const numbers: string[] = [];
    for (let nth = 0; nth < 2; nth += 1) {
      const { body } = await buyOne(buyer.token, book.id);
      numbers.push(body.number);
      await confirm(shop, body.id);
      if (nth === 1)
        await call("POST", `${API}/sales/${body.id}/refunds`, {
          token: shop.admin.token,
          json: { items: [{ product_id: book.id, quantity: 1 }], reason: "torn" },
        });
    }
    const rowsWith = async (status: string) => {
      const { text } = await list(shop.admin, `?format=csv&status=${status}`);
      return text
        .trim()
        .split("\r\n")
        .slice(1)
        .map((row) => row.split(",")[0]);
    };
    expect(await rowsWith("completed")).toEqual([`"${numbers[0]}"`]);
    expect(await rowsWith("refunded")).toEqual([`"${numbers[1]}"`]);
  });
});

/** Stores many sales of the customer, every tenth of them online, unless `each` says otherwise. */
async function manySales(shop: Shop, customer: string, count: number, each = 10): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => ({
    id: newId(),
    channel: index % each === 0 ? "online" : "counter",
    at: new Date(Date.UTC(2026, 0, 1) + index * 3_600_000).toISOString(),
    number: index + 1,
  }));
  await change(
    `INSERT INTO sales (tenant_id, id, kind, channel, status, customer_id, number, total, units, lines, placed_at, day, created_at)
      SELECT ?1, value ->> 'id', 'sale', value ->> 'channel', 'pending', ?2, value ->> 'number', 0, 0, 0, value ->> 'at',
        substr(value ->> 'at', 1, 10), value ->> 'at' FROM json_each(?3)`,
    shop.tenant.id,
    customer,
    JSON.stringify(rows),
  );
}

it("a row of the list has what the order has, and so has that of its buyer", async () => {
  const { shop, buyer, book } = await bookshop();
  const rate = await newTaxRate(shop, { rate: 21_000 });
  const { id: taxed } = await newProduct(shop, { price: 1210, tax_rate_id: rate.id });
  const { token } = shop.admin;
  const placed = await takeOrder(token, book.id, {
    customer: undefined,
    customer_id: buyer.id,
    items: [
      { product_id: book.id, quantity: 2 },
      { product_id: taxed, quantity: 1 },
    ],
    discount: { amount: 10, reason: "regular" },
    country: "Portugal",
  });
  const { id } = placed.body;
  expect(placed.body).toMatchObject({ total: 3200, discount: 10, lines: 2, units: 3 });
  expect(placed.body.tax).toBeGreaterThan(0);
  for (const [path, person] of [
    ["orders", shop.admin],
    ["purchases", buyer],
  ] as const) {
    const order = (await call("GET", `${API}/${path}/${id}`, { token: person.token })).body;
    const [row] = (await call("GET", `${API}/${path}`, { token: person.token })).body.data;
    const same = Object.fromEntries(Object.keys(row).map((name) => [name, order[name]]));
    expect(row).toEqual(same);
  }
});

it("a row of CSV has each figure of the order in its column", () => {
  const order: OrderHeadBody = {
    id: "the-id",
    number: "A-10001",
    channel: "online",
    status: "pending",
    country: "Spain",
    payment_method: "cash",
    payment_terms: "on_delivery",
    net: 1001,
    tax: 202,
    total: 1203,
    discount: 34,
    rounding: 5,
    units: 1.5,
    lines: 3,
    currency: "EUR",
    day: "2026-11-22",
    placed_at: "2026-11-22T10:05:00.000Z",
    created_at: "2026-11-22T10:06:00.000Z",
    hold_expires_at: "2026-11-29T10:05:00.000Z",
    seller_id: "the-seller",
    customer_id: "the-customer",
    customer: { id: "the-customer", name: "Begoña", email: "bego@example.com", phone: "600112233" },
    version: 7,
  };
  const format = {
    delimiter: ",",
    decimal: ".",
    bom: false,
    currency: "EUR",
    timezone: "Europe/Madrid",
  } as const;
  const { header, line } = csvTable(orderCsvColumns, format);
  const cells = line(order).trim().split(",");
  expect(header.split(",").map((name, nth) => `${name}: ${cells[nth]}`)).toEqual([
    'number: "A-10001"',
    "status: pending",
    "day: 2026-11-22",
    "time: 11:05:00",
    "placed_at: 2026-11-22T10:05:00.000Z",
    'customer: "Begoña"',
    'email: "bego@example.com"',
    'phone: "600112233"',
    'country: "Spain"',
    "payment_terms: on_delivery",
    "payment_method: cash",
    "lines: 3",
    "units: 1.5",
    "discount: 0.34",
    "net: 10.01",
    "tax: 2.02",
    "total: 12.03",
    "currency: EUR",
    "hold_expires_at: 2026-11-29T10:05:00.000Z",
    "seller_id: the-seller",
    "customer_id: the-customer",
    "order_id: the-id",
  ]);
});

it("a list of many orders as CSV has each of them once", async () => {
  const { shop, buyer } = await bookshop();
  await manySales(shop, buyer.id, 502, 1);
  const { text } = await list(shop.admin, "?format=csv");
  const numbers = [...text.matchAll(/^"A-(\d+)"/gm)].map(([, number]) => Number(number));
  expect(numbers).toEqual(Array.from({ length: 502 }, (_, index) => index + 1));
});

describe("a search", () => {
  it("finds the orders of the twenty newest customers that match", async () => {
    const { shop, book } = await bookshop({ stock: 1000 });
    await order(shop, book.id, { name: "Ana Vieja" });
    const { body: second } = await order(shop, book.id, { name: "Ana Segunda" });
    const { token } = shop.admin;
    for (let nth = 0; nth < 19; nth += 1)
      await call("POST", `${API}/customers`, { token, json: { name: `Ana ${nth}` } });
    expect((await list(shop.admin, "?q=ana")).body.data).toMatchObject([{ id: second.id }]);
  });

  it("finds all orders of a customer who has many, also those with which a page ends", async () => {
    const { shop, book } = await bookshop();
    const { body } = await order(shop, book.id, { name: "Ana López" });
    await manySales(shop, body.customer_id, 65, 1);
    const found = await pages(shop.admin, "?q=ana&limit=50");
    expect(found).toHaveLength(66);
    expect(found).toEqual(await pages(shop.admin, "?limit=100"));
  });

  it("finds all orders of several customers, however many they have, and reads a bounded number of rows a page", async () => {
    const { shop, book } = await bookshop({ stock: 1000 });
    const { body: one } = await order(shop, book.id, { name: "Ana López" });
    const { body: other } = await order(shop, book.id, { name: "Ana Pérez" });
    await manySales(shop, one.customer_id, 800);
    await change(
      "UPDATE sales SET number = number + 5000 WHERE tenant_id = ? AND number < 5000",
      shop.tenant.id,
    );
    await manySales(shop, other.customer_id, 300);
    const found = await pages(shop.admin, "?q=ana&limit=7");
    expect(found).toHaveLength(112);
    expect(new Set(found).size).toBe(112);
    const sorted = await pages(shop.admin, "?limit=100");
    expect(found).toEqual(sorted);
    expect(costOf(await list(shop.admin, "?q=ana")).read).toBeLessThan(1000);
  });
});
