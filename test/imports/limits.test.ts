// Where a file is just refused, or just read.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { readRecords } from "../../src/imports/file/read.ts";
import { readNumber } from "../../src/imports/formats/numbers.ts";
import { API, call } from "../support/client.ts";
import { COLUMNS, fileOf, importFile, lineOf, rejectsOf, uploadFile } from "../support/imports.ts";
import { planOf } from "../support/sale-rows.ts";
import { newShop } from "../support/shops.ts";

describe("a file", () => {
  it("has up to 200 columns", async () => {
    const { admin } = await newShop();
    const fileWith = (columns: number): string => {
      const further = Array.from({ length: columns - COLUMNS.split(",").length }, (_, nth) => `Note ${nth}`);
      return [[COLUMNS, ...further].join(","), [lineOf({}), ...further].join(","), ""].join("\n");
    };
    expect((await uploadFile(admin.token, fileWith(200))).status).toBe(202);
    const { body } = await uploadFile(admin.token, fileWith(201));
    expect(body.errors).toEqual([{ pointer: "#", detail: "the first line names more than 200 columns" }]);
  });

  it("is refused for one price that can be read in two ways", async () => {
    const { admin } = await newShop();
    const { body } = await uploadFile(admin.token, "Order ID;SKU;Qty;Date;Price\n1;A;1;2026-03-02;1.250\n");
    expect(body.type).toBe("/problems/ambiguous-format");
  });

  it("is refused for one column that it lacks", async () => {
    const { admin } = await newShop();
    const { body } = await uploadFile(admin.token, "Order ID,SKU,Qty,Date\n1,A,1,2026-03-02\n");
    expect(body.type).toBe("/problems/missing-columns");
  });

  it("has each of its rejected rows once in the file to correct", async () => {
    const shop = await newShop();
    const rows = Array.from({ length: 1_100 }, (_, nth) => ({ invoice: String(nth), quantity: 0 }));
    const { id } = await importFile(shop, fileOf(rows));
    const path = `${API}/imports/${id}/rejects?format=file`;
    const { text } = await call("GET", path, { token: shop.admin.token });
    const invoices = [...text.matchAll(/^"(\d+)",/gm)].map(([, invoice]) => invoice);
    expect(invoices).toEqual(rows.map(({ invoice }) => invoice));
    const listed = [...(await rejectsOf(shop.admin.token, id)).matchAll(/^(\d+),"/gm)];
    expect(listed.map(([, row]) => Number(row))).toEqual(rows.map((_, at) => at + 2));
  });
});

describe("a chunk of a file", () => {
  const plan = planOf(["InvoiceNo", "Note"]);
  const byOrder = planOf(["InvoiceNo", "Note"], { rules: { by_order: true } });

  /** The number of records in the first chunk of a stored file. */
  async function firstOf(file: string, as = byOrder): Promise<number> {
    const key = `imports/test/${crypto.randomUUID()}`;
    await env.FILES.put(key, file);
    const { records } = await readRecords(env.FILES, key, { from: 0, to: file.length }, as);
    await env.FILES.delete(key);
    return records.length;
  }
  const row = (order: number, length: number): string => `${order},`.padEnd(length - 1, "x").concat("\n");

  it("ends before an order that may continue in the next, though only one remains", async () => {
    const order = Array.from({ length: 20 }, () => row(2, 30_000)).join("");
    expect(await firstOf(`${row(1, 100)}${order}`)).toBe(1);
  });

  it("ends before such an order where it ends with a row, too", async () => {
    // 512 KB are 4,096 such rows.
    const rows = Array.from({ length: 4100 }, (_, at) => row(Math.min(at, 4090), 128)).join("");
    expect(await firstOf(rows)).toBe(4090);
    expect(await firstOf(rows, plan)).toBe(4096);
  });

  it("has up to 5,000 rows", async () => {
    const rows = Array.from({ length: 5001 }, (_, at) => row(Math.min(at, 4990), 10)).join("");
    expect([await firstOf(rows), await firstOf(rows, plan)]).toEqual([4990, 5000]);
  });

  it("is of a file that exists", async () => {
    const read = readRecords(env.FILES, "imports/test/none.csv", { from: 0, to: 1 }, plan);
    await expect(read).rejects.toThrow("the file imports/test/none.csv does not exist");
  });
});

it("a number that begins with a point has decimals after it, also where decimals follow a comma", () => {
  expect(readNumber(".50", "comma")).toBe(".50");
});

it("a row that is longer than a chunk is read whole, and those after it as others", async () => {
  const shop = await newShop();
  const long = lineOf({ invoice: "1", description: "x".repeat(700 * 1024) });
  const done = await importFile(shop, [COLUMNS, long, lineOf({ invoice: "2" }), ""].join("\n"));
  expect(done).toMatchObject({ status: "done", rows_read: 2, rows_accepted: 1, rows_rejected: 1 });
  expect(await rejectsOf(shop.admin.token, done.id)).toMatch(
    /^row,reason,text\r\n2,"the row has more [^"\r\n]*","?1,A,x/,
  );
});

it("a price in the layout of this API has a decimal point, whatever follows it", async () => {
  const shop = await newShop();
  await importFile(shop, fileOf([{ price: "1.250", quantity: 2 }]));
  const { body } = await call("GET", `${API}/metrics/kpis`, { token: shop.admin.token });
  expect(body.total_revenue).toBe(250);
});
