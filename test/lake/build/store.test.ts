// Every event and every sale line is in the lake exactly once, even if the consumer crashes at any step.
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { dayOf } from "../../../src/values/days.ts";
import { consumeEvents } from "../../../src/events/consume.ts";
import { queueExports } from "../../../src/events/deliver.ts";
import { emit } from "../../../src/events/outbox.ts";
import { newId } from "../../../src/values/ids.ts";
import { storeBatches } from "../../../src/lake/build/store.ts";
import { change } from "../../support/change.ts";
import { API } from "../../support/client.ts";
import { between, count, failureOf, rowsOf } from "../../support/d1.ts";
import { consume, storeEvent } from "../../support/events.ts";
import {
  buildNight,
  eventsOf,
  lakeFiles,
  lakeRows,
  linesInLake,
  metadataOf,
  objectsOf,
  rowsIn,
  sellingShop,
} from "../../support/lake.ts";
import { recording, recordingQueue } from "../../support/queues.ts";
import { base, newShop, type Shop } from "../../support/shops.ts";
import { callWith } from "../../support/variant.ts";

/** Sales whose events were not sent. */
async function unsentSales(number: number) {
  const { shop, productId } = await sellingShop();
  const { queue } = recordingQueue();
  const json = { items: [{ product_id: productId, quantity: 2 }] };
  for (let sold = 0; sold < number; sold += 1)
    await callWith({ EVENTS: queue }, "POST", `${API}/sales`, { token: shop.admin.token, json });
  return { shop, refs: await refsOf(shop) };
}

const refsOf = async (shop: Shop) =>
  (await eventsOf(shop)).map(({ id }) => ({
    kind: "event",
    tenant_id: shop.tenant.id,
    event_id: String(id),
  }));

const message = (body: unknown) => ({ body, ack: () => {}, retry: () => {} });

const crash = () => Promise.reject(new Error("crashed"));

/** The lake contains every event and every sale line of D1 once, and nothing else. */
async function expectEachOnce(shop: Shop): Promise<void> {
  const events = (await lakeRows(shop, "events")).map((row) => String(row["event_id"]));
  const expectedEvents = (await eventsOf(shop)).map(({ id }) => String(id));
  expect(events.toSorted((a, b) => a.localeCompare(b))).toEqual(expectedEvents);
  const lines = await rowsOf(
    "SELECT sale_id || ' ' || line_no AS name FROM sale_lines WHERE tenant_id = ? ORDER BY name",
    shop.tenant.id,
  );
  const inLake = await linesInLake(shop);
  expect([...inLake.keys()].toSorted()).toEqual(lines.map(({ name }) => name));
  expect(new Set(inLake.values())).toEqual(new Set(lines.length > 0 ? [1] : []));
}

describe("an event whose consumer crashes", () => {
  it("is in the lake once after the sweep if it was not sent, for each of twenty", async () => {
    const { shop } = await unsentSales(20);
    expect(await objectsOf(shop)).toEqual([]);
    const { ctx, sent } = recording(base(), "EVENTS");
    await queueExports(ctx);
    await consume("events", sent);
    await expectEachOnce(shop);
  });

  it.each([1, 2, 3])("after D1 batch %s is in the lake once after the retry", async (step) => {
    const { shop, refs } = await unsentSales(3);
    const crashing = between(base(), { after: (nth) => (nth === step ? crash() : undefined) });
    await failureOf(consumeEvents(crashing, refs.map(message), storeBatches));
    await consume("events", refs);
    await expectEachOnce(shop);
    expect((await objectsOf(shop)).length).toBe(2);
  });

  it("before its file is in the manifest is invisible to readers, and the retry stores the same object", async () => {
    const { shop, refs } = await unsentSales(3);
    const crashing = between(base(), { before: (nth) => (nth === 3 ? crash() : undefined) });
    await failureOf(consumeEvents(crashing, refs.map(message), storeBatches));
    expect((await objectsOf(shop)).length).toBe(2);
    expect(await lakeFiles(shop)).toEqual([]);
    await consume("events", refs);
    expect((await objectsOf(shop)).length).toBe(2);
    await expectEachOnce(shop);
  });

  it("after storing and marking it as exported is in the lake once", async () => {
    const { shop, refs } = await unsentSales(3);
    await failureOf(
      consumeEvents(base(), refs.map(message), async (ctx, batches, exported) => {
        await storeBatches(ctx, batches, exported);
        await crash();
      }),
    );
    await expectEachOnce(shop);
    await consume("events", refs);
    await expectEachOnce(shop);
  });
});

describe("messages of events", () => {
  it("delivered three times, shuffled and in overlapping batches, are stored once", async () => {
    const { shop, refs } = await unsentSales(12);
    const thrice = [...refs, ...refs, ...refs]
      .map((ref, index) => ({ ref, order: (index * 17) % 36 }))
      .toSorted((a, b) => a.order - b.order)
      .map(({ ref }) => ref);
    await Promise.all([0, 1, 2, 3].map((nth) => consume("events", thrice.slice(nth * 9, nth * 9 + 9))));
    await consume("events", thrice);
    await expectEachOnce(shop);
  });

  it("with one poison message among 99 valid ones store the 99 and dead-letter the one", async () => {
    const shop = await newShop();
    const good = await Promise.all(Array.from({ length: 99 }, () => storeEvent(shop)));
    const bad = await storeEvent(shop, { payload: "[]" });
    expect((await consume("events", [...good.slice(0, 50), bad, ...good.slice(50)])).retried).toEqual(["50"]);
    await consume("events-dead", [bad]);
    const events = (await lakeRows(shop, "events")).map((row) => row["event_id"]);
    expect(new Set(events)).toEqual(new Set(good.map((ref) => ref.event_id)));
    expect(events.length).toBe(99);
    expect(await count("SELECT count(*) n FROM dead_letters WHERE event_id = ?", bad.event_id)).toBe(1);
  });

  it("that cannot be stored are retried without affecting other shops", async () => {
    const [good, bad] = [await unsentSales(2), await unsentSales(2)];
    await change("UPDATE sales SET placed_at = 'never' WHERE tenant_id = ?", bad.shop.tenant.id);
    const { acked, retried } = await consume("events", [...good.refs, ...bad.refs]);
    expect([acked.length, retried.length]).toEqual([good.refs.length, bad.refs.length]);
    await expectEachOnce(good.shop);
    await change(
      "UPDATE sales SET placed_at = created_at WHERE tenant_id = ? AND placed_at = 'never'",
      bad.shop.tenant.id,
    );
    await consume("events", bad.refs);
    await expectEachOnce(bad.shop);
  });

  it("with an unexpected object as payload are stored unchanged", async () => {
    const shop = await newShop();
    const odd = [{ id: 5 }, { id: { a: 1 } }, { id: null }, {}];
    const refs = [];
    for (const payload of odd) refs.push(await storeEvent(shop, { type: "sale.completed", payload }));
    expect((await consume("events", refs)).acked.length).toBe(4);
    const rows = (await lakeRows(shop, "events")).filter((row) => row["type"] === "sale.completed");
    expect(rows.map((row) => JSON.parse(row["payload"]))).toEqual(odd);
  });

  it("of several shops are stored in one file per shop, dataset and day", async () => {
    const [one, two] = [await unsentSales(2), await unsentSales(1)];
    await consume("events", [...one.refs, ...two.refs]);
    const [year, month, day] = dayOf(new Date(), one.shop.tenant.timezone).split("-");
    for (const { shop } of [one, two]) {
      const keys = await objectsOf(shop);
      expect(keys.length).toBe(2);
      for (const key of keys)
        expect(key).toMatch(
          new RegExp(
            `^${shop.tenant.id}/(events|purchases)/year=${year}/month=${month}/day=${day}/batch-[0-9a-f-]{36}\\.parquet$`,
          ),
        );
      await expectEachOnce(shop);
    }
  });

  it("take four round trips, whatever their number", async () => {
    for (const number of [1, 8]) {
      const { refs } = await unsentSales(number);
      const ctx = base();
      await consumeEvents(ctx, refs.map(message), storeBatches);
      expect(ctx.db.cost.queries).toBe(4);
    }
  });
});

describe("a line in the lake", () => {
  it("contains what was sold, to whom and for how much", async () => {
    const { shop, productId, sell } = await sellingShop({ currency: "EUR" });
    const sale = await sell(3);
    await consume("events", await refsOf(shop));
    expect(await lakeRows(shop, "purchases")).toEqual([
      {
        sale_id: sale.id,
        line_no: 1,
        number: null,
        kind: "sale",
        channel: "counter",
        status: "completed",
        refund_of: null,
        seller_id: shop.admin.id,
        customer: null,
        country: null,
        product_id: productId,
        sku: sale.items[0].sku,
        title: "A book",
        category: "Poetry",
        author: "Rosalía",
        quantity: 3,
        unit: "piece",
        unit_price: 10,
        unit_price_minor: 1000n,
        subtotal: 30,
        subtotal_minor: 3000n,
        currency: "EUR",
        sale_day: new Date(`${sale.day}T00:00:00Z`),
        placed_at: new Date(sale.placed_at),
      },
    ]);
  });

  it.each([
    ["JPY", 0, 1000],
    ["EUR", 2, 10],
    ["KWD", 3, 1],
  ] as const)("of a shop with currency %s has %i decimals", async (currency, scale, price) => {
    const { shop, sell } = await sellingShop({ currency });
    await sell();
    await consume("events", await refsOf(shop));
    const [file] = await lakeFiles(shop, "&dataset=purchases");
    const key = file?.key ?? "";
    const column = (await metadataOf(key)).schema.find(({ name }) => name === "unit_price");
    expect(column).toMatchObject({ type: "INT64", converted_type: "DECIMAL", precision: 18, scale });
    expect((await rowsIn(key))[0]?.["unit_price"]).toBe(price);
  });

  it("has statistics in the footer, so that readers can skip row groups", async () => {
    const { shop, sell } = await sellingShop();
    const sale = await sell();
    await consume("events", await refsOf(shop));
    const [file] = await lakeFiles(shop, "&dataset=purchases");
    const { row_groups } = await metadataOf(file?.key ?? "");
    const columns = row_groups.flatMap((group) => group.columns.map(({ meta_data }) => meta_data));
    const placed = columns.find((column) => column?.path_in_schema[0] === "placed_at");
    expect(placed?.statistics).toMatchObject({ min_value: new Date(sale.placed_at), null_count: 0n });
    expect(placed?.codec).toBe("ZSTD");
  });

  it("has a value in each column that is not declared as optional", async () => {
    const { shop, sell } = await sellingShop();
    await sell();
    await consume("events", await refsOf(shop));
    const [file] = await lakeFiles(shop, "&dataset=purchases");
    const [root, ...columns] = (await metadataOf(file?.key ?? "")).schema;
    expect(root?.num_children).toBe(columns.length);
    const optional = columns.filter(({ repetition_type }) => repetition_type !== "REQUIRED");
    expect(optional.map(({ name }) => name)).toEqual([
      "number",
      "refund_of",
      "seller_id",
      "customer",
      "country",
      "category",
      "author",
      "unit",
    ]);
  });

  it("is not added by an event that refers to no sale of the shop", async () => {
    const [{ shop }, other] = [await unsentSales(0), await sellingShop()];
    const foreignSale = await other.sell();
    const id = newId();
    await base().db.batch([
      emit(base(), shop.tenant.id, id, "sale.completed", sql`${JSON.stringify({ id: foreignSale.id })}`),
    ]);
    await consume("events", [{ kind: "event", tenant_id: shop.tenant.id, event_id: id }]);
    expect(await lakeRows(shop, "purchases")).toEqual([]);
    expect((await lakeRows(shop, "events")).length).toBe(1);
  });
});

it("only an event of a sale names a sale, in the file of its batch and in that of its day", async () => {
  const { shop, refs } = await unsentSales(1);
  await consume("events", refs);
  const types = async () => {
    const rows = await lakeRows(shop, "events");
    const typesWith = (isSale: boolean) =>
      rows.filter(({ sale_id }) => (sale_id !== null) === isSale).map(({ type }) => type);
    return [typesWith(true), typesWith(false)];
  };
  const expected = [["sale.completed"], ["product.created"]];
  expect(await types()).toEqual(expected);
  await buildNight(shop);
  expect(await types()).toEqual(expected);
});

it("an event of an order that is only placed adds no line, though it has the id of the sale", async () => {
  const { shop, refs } = await unsentSales(1);
  const [sale] = await rowsOf("SELECT id FROM sales WHERE tenant_id = ?", shop.tenant.id);
  const placed = await storeEvent(shop, { type: "purchase.placed", payload: { id: sale?.["id"] } });
  await consume("events", [...refs, placed]);
  await expectEachOnce(shop);
});

it("a batch has its own events, and is not stored again once they are exported", async () => {
  const shop = await newShop();
  const refs = [await storeEvent(shop), await storeEvent(shop), await storeEvent(shop)];
  const [first, second, third] = refs.map(({ event_id }) => event_id);
  const batchOf = (id: string | undefined, batch: string) =>
    change("UPDATE events SET batch_id = ? WHERE id = ?", batch, id);
  await batchOf(first, "one");
  await batchOf(second, "two");
  await batchOf(third, "three");
  await change("UPDATE events SET exported_at = created_at WHERE id = ?", third);
  const store = (batch_id: string) =>
    storeBatches(base(), [{ tenant_id: shop.tenant.id, batch_id }], sql`SELECT 1`);
  await store("one");
  expect((await lakeRows(shop, "events")).map((row) => row["event_id"])).toEqual([first]);
  await store("three");
  expect(await objectsOf(shop)).toHaveLength(1);
});
