import { env, exports as worker } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { app } from "../../../src/app.ts";
import { saleLinesCsv } from "../../../src/sales/exports/lines.ts";
import { salesCsv } from "../../../src/sales/exports/sales.ts";
import { SaleLineQuery, SaleQuery } from "../../../src/sales/schema.ts";
import type { ActorCtx } from "../../../src/platform/context.ts";
import type { CsvFormat } from "../../../src/values/csv.ts";
import { API, call, ORIGIN } from "../../support/client.ts";
import { change } from "../../support/change.ts";
import { failingDb } from "../../support/failing-bindings.ts";
import { newProduct, newShop, type Shop } from "../../support/shops.ts";

const SALES = 25_000;
const LINES_PER_SALE = 4;
const LINES = SALES * LINES_PER_SALE;

/** Sales of four lines with a seller and a payment, a hundred a day from 2024 on. */
async function storeSales(shop: Shop): Promise<void> {
  const { id } = await newProduct(shop);
  const numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)";
  await change(
    `INSERT INTO sales (tenant_id, seller_id, id, kind, channel, status, number, total, units, lines, placed_at, day, created_at)
      ${numbers} SELECT ?, ?, printf('00000000-0000-7000-8000-%012d', i), 'sale', 'counter', 'completed', i + 1, 4000, 4000, 4,
        strftime('%Y-%m-%dT%H:%M:%fZ', '2024-01-01', '+' || (i / 100) || ' days', '+' || (28800 + i % 100) || ' seconds'),
        date('2024-01-01', '+' || (i / 100) || ' days'), '2024-01-01T00:00:00.000Z' FROM n`,
    SALES,
    shop.tenant.id,
    shop.admin.id,
  );
  await change(
    `INSERT INTO sale_payments (tenant_id, sale_id, payment_no, method, amount)
      SELECT tenant_id, id, 1, 'card', total FROM sales WHERE tenant_id = ?`,
    shop.tenant.id,
  );
  await change(
    `INSERT INTO sale_lines (tenant_id, sale_id, line_no, product_id, sku, description, quantity, unit_price, subtotal)
      SELECT s.tenant_id, s.id, j.value, ?, 'SKU-' || j.value, 'A description of an ordinary length', 1000, 1000, 1000
      FROM sales s CROSS JOIN json_each('[1, 2, 3, 4]') j WHERE s.tenant_id = ?`,
    id,
    shop.tenant.id,
  );
}

const FORMAT: CsvFormat = {
  delimiter: ",",
  decimal: ".",
  bom: false,
  currency: "EUR",
  timezone: "Europe/Madrid",
};

/** The bytes of an export, and the rows that its largest page reads. */
async function exported({ db }: ActorCtx, start: () => Promise<ReadableStream<Uint8Array>>) {
  let [bytes, mostRead, before] = [0, 0, db.cost.read];
  const stream = await start();
  for await (const chunk of stream) {
    bytes += chunk.length;
    mostRead = Math.max(mostRead, db.cost.read - before);
    before = db.cost.read;
  }
  return { bytes, mostRead };
}

const PATH = `${API}/sales/lines?format=csv`;
const CONNECTION_LOST = new Error("D1_ERROR: network connection lost");

describe("an export of 100,000 sale lines", () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await newShop();
    await storeSales(shop);
  }, 120_000);

  const request = (path = PATH) =>
    new Request(`${ORIGIN}${path}`, { headers: { authorization: `Bearer ${shop.admin.token}` } });

  it(
    "streams through the Worker in pages of less than 2 MB, each line once and in order",
    { timeout: 120_000 },
    async () => {
      const answer = await worker.default.fetch(request());
      expect(answer.status).toBe(200);
      let [largest, bytes, lines, misplaced, rest, previous] = [0, 0, -1, 0, "", ""];
      const decoder = new TextDecoder();
      for await (const chunk of answer.body ?? []) {
        bytes += chunk.length;
        largest = Math.max(largest, chunk.length);
        const rows = (rest + decoder.decode(chunk, { stream: true })).split("\r\n");
        rest = rows.pop() ?? "";
        for (const row of rows) {
          lines += 1;
          if (lines === 0) continue;
          const [number = "", no = ""] = row.split(",");
          const key = `${number.replace(/"C-(\d+)"/, (_, digits: string) => digits.padStart(9, "0"))} ${no}`;
          if (key <= previous) misplaced += 1;
          previous = key;
        }
      }
      expect([lines, misplaced]).toEqual([LINES, 0]);
      expect(bytes).toBeGreaterThan(20_000_000);
      expect(largest).toBeLessThan(2_000_000);
    },
  );

  it("takes few of the 1,000 statements of an invocation, and reads a sale once for all its lines", async () => {
    const ctx = shop.admin.ctx();
    const { bytes, mostRead } = await exported(ctx, () => saleLinesCsv(ctx, SaleLineQuery.parse({}), FORMAT));
    // 541,909 lines take 5.4 times as many.
    expect(ctx.db.cost.statements).toBeLessThan(55);
    // Besides its lines a sale costs four rows, whose seller is read once an export.
    expect(ctx.db.cost.read).toBeLessThan(1.01 * (LINES + 4 * SALES));
    expect(mostRead).toBeLessThan(5000);
    expect(bytes).toBeGreaterThan(20_000_000);
  });

  it.each([
    {},
    { from: "2024-01-01" },
    { from: "2024-01-01", to: "2026-12-31", channel: "counter" as const },
  ])("has a page of sales with %o read less than 5,000 rows, each once", async (query) => {
    const ctx = shop.admin.ctx();
    const { mostRead } = await exported(ctx, () => salesCsv(ctx, SaleQuery.parse(query), FORMAT));
    expect(ctx.db.cost.statements).toBeLessThan(25);
    expect(ctx.db.cost.read).toBeLessThan(1.01 * 3 * SALES);
    expect(mostRead).toBeLessThan(5000);
  });

  it.each([{ seller_id: crypto.randomUUID() }, { customer: "nobody" }, { number: "C-999999" }])(
    "of the channel with %o does not read the sales of the channel",
    async (filter) => {
      const ctx = shop.admin.ctx();
      await exported(ctx, () => salesCsv(ctx, SaleQuery.parse({ channel: "counter", ...filter }), FORMAT));
      expect(ctx.db.cost.read).toBeLessThan(5);
    },
  );

  it("of fifty days reads each of their lines once", async () => {
    const ctx = shop.admin.ctx();
    const query = SaleLineQuery.parse({ from: "2024-01-01", to: "2024-02-19" });
    await exported(ctx, () => saleLinesCsv(ctx, query, FORMAT));
    expect(ctx.db.cost.read).toBeLessThan(1.01 * 50 * 100 * (LINES_PER_SALE + 4));
  });

  it("of some days reads only these", async () => {
    const answer = await worker.default.fetch(request(`${PATH}&from=2024-02-01&to=2024-02-02`));
    expect((await answer.text()).trim().split("\r\n")).toHaveLength(1 + 2 * 100 * LINES_PER_SALE);
  });

  it("is aborted when a later page fails, so that nobody takes it for complete; a failing first page is a problem", async () => {
    const respond = (nth: number) =>
      app.fetch(
        request(),
        { ...env, DB: failingDb(env.DB, nth, CONNECTION_LOST).db },
        createExecutionContext(),
      );
    const [first, later] = [await respond(2), await respond(5)];
    expect([first.status, first.headers.get("content-type")]).toEqual([503, "application/problem+json"]);
    expect(later.status).toBe(200);
    let bytes = 0;
    const reading = async (): Promise<void> => {
      for await (const chunk of later.body ?? []) bytes += chunk.length;
    };
    await expect(reading()).rejects.toThrow();
    expect(bytes).toBeGreaterThan(50_000);
  });

  it("has the summary of the same sales, one a row", async () => {
    const { text } = await call("GET", `${API}/sales?format=csv&from=2024-02-01&to=2024-02-01`, {
      token: shop.admin.token,
    });
    const rows = text.trim().split("\r\n");
    expect(rows).toHaveLength(101);
    expect(rows[1]).toMatch(
      /^"C-003101",sale,counter,completed,2024-02-01,09:00:00,2024-02-01T08:00:00.000Z,"[^"]+@[^"]+",,,4,4,0.00,40.00,0.00,40.00,0.00,EUR,"card=40.00",,,,/,
    );
  });
});
