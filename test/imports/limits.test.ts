// Where a file is just refused, or just read.
import { describe, expect, it } from "vitest";
import { readNumber } from "../../src/imports/formats/numbers.ts";
import { API, call } from "../support/client.ts";
import { COLUMNS, fileOf, importFile, lineOf, rejectsOf, uploadFile } from "../support/imports.ts";
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
