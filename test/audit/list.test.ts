import { describe, expect, it } from "vitest";
import { dayOf } from "../../src/values/days.ts";
import { firstIdAt, newId } from "../../src/values/ids.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";

const list = (shop: Shop, query = "") => call("GET", `${API}/audit?${query}`, { token: shop.admin.token });

const actionsOf = async (shop: Shop, query = ""): Promise<string[]> =>
  (await list(shop, query)).body.data.map((entry: { action: string }) => entry.action);

/** A shop whose ADMIN has signed in and added two products, of which an EMPLOYEE has changed the first. */
async function busyShop() {
  const shop = await newShop();
  const [first, second] = [await newProduct(shop), await newProduct(shop)];
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  await call("PATCH", `${API}/products/${first.id}`, { token: seller.token, json: { price: 5 } });
  return { shop, first, second, seller };
}

/** Adds entries of one action without an actor. */
const fill = (shop: Shop, rows: number): Promise<void> =>
  change(
    `INSERT INTO audit_log (tenant_id, id, action, entity_id)
      SELECT ?, value, 'product.added', value FROM json_each(?)`,
    shop.tenant.id,
    JSON.stringify(Array.from({ length: rows }, () => newId())),
  );

describe("GET /audit", () => {
  it("lists the log newest first, page by page", async () => {
    const { shop, first, seller } = await busyShop();
    const all = ["product.changed", "user.signed_in", "product.added", "product.added", "user.signed_in"];
    expect(await actionsOf(shop)).toEqual(all);
    const page = await list(shop, "limit=2");
    const next = await list(shop, `limit=3&cursor=${page.body.next_cursor}`);
    const actions = [...page.body.data, ...next.body.data].map(({ action }) => action);
    expect([actions, next.body.next_cursor]).toEqual([all, null]);
    expect(page.body.data[0]).toMatchObject({
      actor_id: seller.id,
      entity: "product",
      entity_id: first.id,
      before: { price: 1000 },
      after: { price: 5 },
    });
  });

  it("filters by actor, action, entity and its id, and by several at once", async () => {
    const { shop, first, second, seller } = await busyShop();
    expect(await actionsOf(shop, `actor_id=${seller.id}`)).toEqual(["product.changed", "user.signed_in"]);
    expect(await actionsOf(shop, "action=product.added")).toEqual(["product.added", "product.added"]);
    expect(await actionsOf(shop, "entity=user")).toEqual(["user.signed_in", "user.signed_in"]);
    expect(await actionsOf(shop, `entity_id=${first.id}`)).toEqual(["product.changed", "product.added"]);
    expect(await actionsOf(shop, `entity_id=${second.id}&action=product.changed`)).toEqual([]);
    expect(await actionsOf(shop, `entity=product&actor_id=${seller.id}`)).toEqual(["product.changed"]);
  });

  it("filters by days of the shop and by instants, both ends included", async () => {
    const { shop } = await busyShop();
    const today = dayOf(new Date(), shop.tenant.timezone);
    expect(await actionsOf(shop, `from=${today}&to=${today}`)).toHaveLength(5);
    const page = await list(shop, `to=${today}&limit=3`);
    expect(page.body.data).toHaveLength(3);
    expect(await actionsOf(shop, `to=${today}&limit=3&cursor=${page.body.next_cursor}`)).toEqual([
      "product.added",
      "user.signed_in",
    ]);
    expect(await actionsOf(shop, "to=2020-01-01")).toEqual([]);
    expect(await actionsOf(shop, "from=9999-12-31")).toEqual([]);
    expect(await actionsOf(shop, "from=1900-01-01")).toHaveLength(5);
    const { body } = await list(shop);
    const [newest, , , , oldest] = body.data.map((entry: { created_at: string }) => entry.created_at);
    expect(await actionsOf(shop, `from=${newest}`)).toContain("product.changed");
    expect(await actionsOf(shop, `to=${oldest}`)).toEqual(["user.signed_in"]);
    for (const bad of [
      "from=today",
      "to=2026-02-30",
      "from=2026-11-22T25:00:00Z",
      "to=1899-12-31T10:00:00Z",
      "from=2026",
    ])
      expect((await list(shop, bad)).status, bad).toBe(422);
  });

  it("takes the days of the shop's time zone, from midnight to the millisecond before midnight", async () => {
    const shop = await newShop();
    for (const time of [
      "2026-03-09T22:59:59.999Z",
      "2026-03-09T23:00:00.000Z",
      "2026-03-10T22:59:59.999Z",
      "2026-03-10T23:00:00.000Z",
    ])
      await change(
        "INSERT INTO audit_log (tenant_id, id, action, entity_id) VALUES (?, ?, 'product.added', ?)",
        shop.tenant.id,
        `${firstIdAt(new Date(time))}${newId().slice(13)}`,
        newId(),
      );
    const timesOf = async (query: string) =>
      (await list(shop, `action=product.added&${query}`)).body.data.map(
        ({ created_at }: { created_at: string }) => created_at,
      );
    const [before, first, last, after] = (await timesOf("")).toReversed();
    expect(after).toBe("2026-03-10T23:00:00.000Z");
    expect(await timesOf("from=2026-03-10&to=2026-03-10")).toEqual([last, first]);
    expect(await timesOf("from=2026-03-10")).toEqual([after, last, first]);
    expect(await timesOf("to=2026-03-10")).toEqual([last, first, before]);
    expect(await timesOf(`from=${first}&to=${last}`)).toEqual([last, first]);
  });

  it("refuses a range that ends before it begins, by days, instants and offsets", async () => {
    const shop = await newShop();
    const statusOf = async (from: string, to: string) => (await list(shop, `from=${from}&to=${to}`)).status;
    expect(await statusOf("2026-11-22", "2026-11-22")).toBe(200);
    expect(await statusOf("2026-11-23", "2026-11-22")).toBe(422);
    expect(await statusOf("2026-11-22T10:00:00.001Z", "2026-11-22T10:00:00.001Z")).toBe(200);
    expect(await statusOf("2026-11-22T10:00:00.001Z", "2026-11-22T10:00:00.000Z")).toBe(422);
    expect(await statusOf("2026-11-22T12:00:00%2B02:00", "2026-11-22T10:00:00Z")).toBe(200);
  });

  it("is for ADMINs, of their own shop only", async () => {
    const { shop, seller } = await busyShop();
    expect((await call("GET", `${API}/audit`, { token: seller.token })).status).toBe(403);
    const other = await newShop();
    expect(await actionsOf(other)).toEqual(["user.signed_in"]);
    expect(await actionsOf(other, `actor_id=${shop.admin.id}`)).toEqual([]);
  });

  it("is complete as CSV, without cells that a spreadsheet takes for formulas", async () => {
    const { shop, first } = await busyShop();
    const { body } = await list(shop, `entity_id=${first.id}&action=product.changed`);
    await fill(shop, 1001);
    await change(
      "INSERT INTO audit_log (tenant_id, id, action, entity_id, request_id) VALUES (?, ?, 'product.added', '=1+1', '-2')",
      shop.tenant.id,
      newId(),
    );
    const csv = await list(shop, "format=csv&limit=1");
    const lines = csv.text.split("\r\n");
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(lines[0]).toBe("id,created_at,actor_id,action,entity,entity_id,before,after,request_id,key_name");
    expect(lines).toHaveLength(1 + 1007 + 1);
    expect(lines[1]).toContain(`"'=1+1",,,"'-2"`);
    const [{ id, created_at, actor_id, entity_id, request_id }] = body.data;
    expect(lines).toContain(
      [
        id,
        created_at,
        actor_id,
        "product.changed",
        "product",
        `"${entity_id}"`,
        `"{""price"":1000}"`,
        `"{""price"":5}"`,
        `"${request_id}"`,
        "",
      ].join(","),
    );
    expect(csv.headers.get("content-disposition")).toContain('filename="Test shop audit.csv"');
  });

  it("as CSV takes every filter of the list", async () => {
    const { shop, first, second, seller } = await busyShop();
    const today = dayOf(new Date(), shop.tenant.timezone);
    for (const query of [
      `actor_id=${seller.id}&entity=product`,
      `entity_id=${first.id}&action=product.added`,
      `entity_id=${second.id}&action=product.changed`,
      `action=product.added&entity=product&from=${today}`,
      `entity=user&to=${today}`,
      "entity=user&to=2020-01-01",
    ]) {
      const { text } = await list(shop, `format=csv&${query}`);
      const actions = text
        .split("\r\n")
        .slice(1, -1)
        .map((line) => line.split(",")[3]);
      expect(actions, query).toEqual(await actionsOf(shop, query));
    }
  });

  it("reads no more rows in a shop whose log is long", async () => {
    const { shop, first, seller } = await busyShop();
    const today = dayOf(new Date(), shop.tenant.timezone);
    const queries = [
      "limit=2",
      "limit=2&entity=user",
      "limit=2&action=product.changed",
      `limit=2&actor_id=${seller.id}`,
      `limit=2&entity_id=${first.id}`,
      `limit=2&actor_id=${seller.id}&entity=product`,
      `limit=2&from=${today}&to=${today}`,
    ];
    const read = async () => {
      const costs: number[] = [];
      for (const query of queries) costs.push(costOf(await list(shop, query)).read);
      return costs;
    };
    const few = await read();
    await fill(shop, 2000);
    const many = await read();
    for (const [at, rows] of many.entries())
      expect(rows, queries[at]).toBeLessThanOrEqual((few[at] ?? 0) + 1);
  });
});
