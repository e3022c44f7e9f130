// What an import would do, of the whole file and of its first rows. Neither stores anything.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { runImport } from "../../src/imports/consume.ts";
import { PREVIEW_BYTES } from "../../src/imports/dry-run.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { COLUMNS, fileOf, filesOf, gzip, importFile, lineOf, storeImport } from "../support/imports.ts";
import { recording } from "../support/queues.ts";
import { change } from "../support/change.ts";
import { newShop, type Shop } from "../support/shops.ts";

const send = (
  shop: Shop,
  raw: BodyInit,
  query = "dry_run=true",
  headers: Record<string, string> = {},
  kind = "sales",
) =>
  call("POST", `${API}/imports?kind=${kind}&${query}`, {
    token: shop.admin.token,
    raw,
    headers: { "content-type": "text/csv", ...headers },
  });

/** Every row of every table, except those of shops whose imports may still be counted. */
async function wholeDatabase({ tenant }: Shop): Promise<Record<string, unknown[]>> {
  const tables = await rowsOf(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
  );
  const all: Record<string, unknown[]> = {};
  for (const { name } of tables)
    all[String(name)] = (await rowsOf(`SELECT * FROM "${String(name)}"`)).filter(
      ({ tenant_id = tenant.id }) => tenant_id === tenant.id,
    );
  return all;
}

const odd = [
  { invoice: "1", sku: "NEW", customer: "17", date: "2026-01-31 10:00" },
  { invoice: "2", sku: "KNOWN", customer: "18", price: "2.50", date: "2026-03-02 10:00" },
  { invoice: "C2", sku: "KNOWN", customer: "18", price: "2.50", quantity: -1, date: "2026-03-03 10:00" },
  { invoice: "3", sku: "NEW", customer: "18", quantity: 0 },
  { invoice: "4", sku: "OTHER", date: "2026-13-01 10:00" },
  { invoice: "5", sku: "OTHER", date: "2026-14-01 10:00" },
];

/** Over a megabyte of rows, twice what a preview reads. */
const LARGE = fileOf(
  Array.from({ length: 15_000 }, (_, index) => ({
    invoice: String(index),
    sku: `S${index % 90}`,
    description: "x".repeat(90),
  })),
);

describe("a dry run", () => {
  it("counts the rows of different invoices with the same fault together", async () => {
    const shop = await newShop();
    await importFile(shop, fileOf([{ invoice: "A-1" }, { invoice: "A-2" }]));
    const { body } = await send(
      shop,
      fileOf([
        ...["Bar", "Sol"].flatMap((invoice) => [
          { invoice, customer: "7" },
          { invoice, customer: `${invoice} & sons` },
        ]),
        { invoice: "A-1", quantity: 9 },
        { invoice: "A-2", quantity: 9 },
      ]),
    );
    expect(
      body.rejects.map(({ reason, count }: { reason: string; count: number }) => [reason, count]),
    ).toEqual([
      ["another row of the invoice has another customer", 2],
      ["held: another row of the invoice was rejected", 2],
      ["the invoice already exists without this line", 2],
    ]);
  });

  it("has the figures, the new products and customers, and the rejected rows by reason", async () => {
    const shop = await newShop();
    await importFile(shop, fileOf([{ invoice: "own", sku: "known", customer: "18" }]));
    const { status, body } = await send(shop, fileOf(odd));
    expect([status, body]).toEqual([
      200,
      {
        kind: "sales",
        is_partial: false,
        preset: "online-retail",
        encoding: "utf-8",
        delimiter: ",",
        header_row: 1,
        columns: COLUMNS.split(","),
        sample: odd.slice(0, 3).map((row) => lineOf(row).split(",")),
        ignored_columns: [],
        mapping: Object.fromEntries(COLUMNS.split(",").map((name) => [name, name])),
        constants: {},
        formats: { dates: "mdy", decimal: "point" },
        rows: 6,
        rows_accepted: 3,
        rows_rejected: 3,
        rows_skipped: 0,
        rows_known: 0,
        sales: 2,
        refunds: 1,
        revenue: 100,
        currency: "EUR",
        months: [
          { month: "2026-01", revenue: 100 },
          { month: "2026-03", revenue: 0 },
        ],
        first_day: "2026-01-31",
        last_day: "2026-03-03",
        new_products: 1,
        new_customers: 1,
        rejects: [
          {
            reason: "InvoiceDate is not a date and time such as 2010-12-01 08:26: 2026-13-01 10:00",
            count: 2,
            examples: [
              { row: 6, text: lineOf(odd[4] ?? {}) },
              { row: 7, text: lineOf(odd[5] ?? {}) },
            ],
          },
          { reason: "Quantity is 0", count: 1, examples: [{ row: 5, text: lineOf(odd[3] ?? {}) }] },
        ],
        skipped: [],
      },
    ]);
  });

  it.each(["dry_run=true", "dry_run=head"])(
    "with %s changes no row of any table and leaves no file",
    async (query) => {
      const shop = await newShop();
      // Without the messages that count its days in the background.
      const ctx = shop.admin.ctx();
      const id = await storeImport(ctx, fileOf([{ invoice: "1", sku: "A", customer: "17" }]));
      await runImport(recording(ctx, "ROLLUPS").ctx, shop.tenant, id);
      const before = await wholeDatabase(shop);
      const objects = (await env.FILES.list()).objects.map(({ key }) => key);
      expect((await send(shop, fileOf(odd), query)).body.rows).toBe(6);
      expect(
        (await send(shop, "sku,title,price,stock\nNEW,New,3.00,5\n", query, {}, "products")).body
          .new_products,
      ).toBe(1);
      expect((await send(shop, "nothing\nof,use\n", query)).status).toBe(422);
      expect(await wholeDatabase(shop)).toEqual(before);
      expect((await env.FILES.list()).objects.map(({ key }) => key)).toEqual(objects);
    },
  );
});

describe("a preview of the first 512 KB", () => {
  it("has the complete rows of it, of the whole file or of its first part, plain or gzip", async () => {
    const shop = await newShop();
    const rowsInHead = LARGE.slice(0, PREVIEW_BYTES).split("\n").length - 2;
    const whole = await send(shop, LARGE, "dry_run=head");
    expect(whole.body).toMatchObject({
      is_partial: true,
      rows: rowsInHead,
      rows_accepted: rowsInHead,
      rows_rejected: 0,
      sales: rowsInHead,
      new_products: 90,
    });
    const compressed = await gzip(LARGE);
    for (const [part, headers] of [
      [LARGE.slice(0, PREVIEW_BYTES), {}],
      [compressed, { "content-encoding": "gzip" }],
    ] as const)
      expect((await send(shop, part, "dry_run=head", headers)).body).toEqual(whole.body);
    expect(await filesOf(shop)).toEqual([]);
  });

  it("of a gzip file that is cut off has the rows before the cut", async () => {
    const shop = await newShop();
    const random = fileOf(
      Array.from({ length: 3_000 }, (_, index) => ({ invoice: String(index), sku: crypto.randomUUID() })),
    );
    const compressed = (await gzip(random)).slice(0, 40_000);
    const { status, body } = await send(shop, compressed, "dry_run=head", { "content-encoding": "gzip" });
    expect([status, body.rows_rejected]).toEqual([200, 0]);
    expect(body.rows).toBeGreaterThan(300);
    expect(body.rows).toBeLessThan(3_000);
    expect((await send(shop, compressed, "dry_run=true", { "content-encoding": "gzip" })).body.type).toBe(
      "/problems/invalid-gzip",
    );
  });

  it("does not read the cell at which the file was cut as evidence of its formats", async () => {
    const shop = await newShop();
    const rows = ["Ticket;Fecha;Producto;Cantidad;Precio", "1;2026-03-02;A;1;1.250", "2;2026-03-02;B;1;1.25"];
    const { status, body } = await send(shop, rows.join("\n"), "dry_run=head");
    expect([status, body.type]).toEqual([422, "/problems/ambiguous-format"]);
    expect((await send(shop, rows.join("\n"), "dry_run=head&decimal=comma")).body).toMatchObject({
      rows: 1,
      revenue: 125_000,
    });
  });
});

it("a reason for which rows are rejected has up to three examples", async () => {
  const rows = ["1", "2", "3", "4"].map((invoice) => ({ invoice, quantity: 0 }));
  const { body } = await send(await newShop(), fileOf(rows));
  const [found] = body.rejects;
  expect([found.count, found.examples.map(({ row }: { row: number }) => row)]).toEqual([4, [2, 3, 4]]);
});

it("up to fifty reasons are counted, the most frequent first, with the beginnings of their rows", async () => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");
  const currencies = letters.flatMap((letter) => [`${letter}A`, `${letter}B`]);
  const long = "x".repeat(400);
  const rows = [...currencies, "CA", "ZB"].map(
    (currency, at) => `${at},A,1,2026-03-02,5,X${currency},${long}\n`,
  );
  const { body } = await send(await newShop(), `Order No,SKU,Qty,Date,Price,Currency,Item\n${rows.join("")}`);
  expect([body.rows_rejected, body.rejects.length]).toEqual([54, 50]);
  expect(body.rejects[0]).toMatchObject({
    reason: "Currency is XCA, and the shop's currency is EUR",
    count: 2,
    examples: [{ row: 6, text: `4,A,1,2026-03-02,5,XCA,${long}`.slice(0, 300) }, { row: 54 }],
  });
  expect(body.rejects[1]).toMatchObject({ count: 1 });
});

it("customers are new whom neither a record nor a sale without one names", async () => {
  const shop = await newShop();
  await importFile(shop, fileOf([{ invoice: "1", customer: "K1" }]));
  await change(
    "UPDATE sales SET customer_id = NULL, customer_ref = 'K5' WHERE tenant_id = ?",
    shop.tenant.id,
  );
  const rows = ["K1", "K5", "K6"].map((customer, at) => ({ invoice: `n${at}`, customer }));
  expect((await send(shop, fileOf(rows))).body.new_customers).toBe(1);
});

it("customers and products are counted once however they are written, and days in whatever order", async () => {
  const rows = [
    { customer: "Ana@example.com", sku: "A", date: "2026-03-05 10:00" },
    { customer: "ana@EXAMPLE.com", sku: "a", date: "2026-01-02 10:00" },
    { customer: "luis@example.com", sku: "B", date: "2026-04-09 10:00" },
    { customer: "", sku: "b", date: "2026-02-04 10:00" },
  ].map((row, at) => ({ ...row, invoice: String(at) }));
  const { body } = await send(await newShop(), fileOf(rows));
  expect(body).toMatchObject({
    new_customers: 2,
    new_products: 2,
    first_day: "2026-01-02",
    last_day: "2026-04-09",
  });
  expect(body.months.map(({ month }: { month: string }) => month)).toEqual([
    "2026-01",
    "2026-02",
    "2026-03",
    "2026-04",
  ]);
});
