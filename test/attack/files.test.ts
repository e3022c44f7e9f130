import { constants, deflateRawSync } from "node:zlib";
import { env } from "cloudflare:workers";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { csvDownloadHeaders } from "../../src/http/csv.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { entryOf } from "../http/operations/registry.ts";
import { fill, nameOf, operations, type Operation } from "../support/contract.ts";
import { count } from "../support/d1.ts";
import { COLUMNS, fileOf, filesOf, gzip, importFile, uploadFile } from "../support/imports.ts";
import { insertSale, newTaxRate } from "../support/taxes.ts";
import { storeShift } from "../support/shifts.ts";
import { newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";
import { expectRefused } from "./refused.ts";

const MB = 1024 * 1024;

/** Some 200 KB of gzip that decompress to 200 MB: a beginning, then one block of repeated lines 200 times. */
function bomb(beginning: string, line: string): Buffer<ArrayBuffer> {
  const flushed = (text: string) => deflateRawSync(text, { finishFlush: constants.Z_FULL_FLUSH });
  const block = flushed(line.repeat(MB / line.length));
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  return Buffer.concat([header, flushed(beginning), ...Array.from({ length: 200 }, () => block)]);
}

const expectNothingImported = async (shop: Shop): Promise<void> => {
  expect(await filesOf(shop)).toEqual([]);
  expect(await count("SELECT count(*) n FROM imports WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
};

describe("an import", () => {
  it.each([
    ["valid rows", `${COLUMNS}\n`, `1,A,${"x".repeat(8000)},1,2026-03-02 10:00,1.00,,`.padEnd(8191) + "\n"],
    ["zeros", "", "\0".repeat(64)],
  ])(
    "that is a gzip bomb (200 KB to 200 MB) of %s is 413, and nothing is imported",
    async (_, beginning, line) => {
      const shop = await newShop();
      const bytes = bomb(beginning, line);
      expect(bytes.byteLength).toBeLessThan(300 * 1024);
      expectRefused(
        await uploadFile(shop.admin.token, bytes, { "content-encoding": "gzip" }),
        413,
        "too-large",
      );
      await expectNothingImported(shop);
    },
  );

  it("that is truncated gzip is 400 invalid-gzip, and nothing is imported", async () => {
    const shop = await newShop();
    const rows = Array.from({ length: 3000 }, (_, index) => ({
      invoice: String(index),
      description: `thing ${index * 7919}`,
    }));
    const whole = new Uint8Array(await gzip(fileOf(rows)));
    const broken = whole.slice();
    broken.fill(0xaa, whole.length / 2, whole.length / 2 + 40);
    const wrongSum = whole.slice();
    wrongSum.fill(0, -8);
    for (const bytes of [
      whole.subarray(0, -100),
      whole.subarray(0, -1),
      whole.subarray(0, 12),
      whole.subarray(0, 2),
      whole.subarray(0, 1),
      // A truncated second member.
      Buffer.concat([whole, whole.subarray(0, 40)]),
      broken,
      wrongSum,
    ])
      expectRefused(
        await uploadFile(shop.admin.token, bytes, { "content-encoding": "gzip" }),
        400,
        "invalid-gzip",
      );
    await expectNothingImported(shop);
  });

  it("without the expected columns is 422, also as gzip, and nothing is imported", async () => {
    const shop = await newShop();
    for (const text of ["a,b\n1,2\n", "InvoiceNo\n", "\u0000\u0001", '"never closed'])
      for (const raw of [text, await gzip(text)]) {
        const answer = await uploadFile(shop.admin.token, raw);
        expect([answer.status, answer.headers.get("content-type")]).toEqual([
          422,
          "application/problem+json",
        ]);
      }
    await expectNothingImported(shop);
  });

  it("in another encoding than gzip is 415", async () => {
    const { admin } = await newShop();
    for (const encoding of ["br", "deflate", "gzip, gzip", "zstd"])
      expectRefused(
        await uploadFile(admin.token, fileOf([{}]), { "content-encoding": encoding }),
        415,
        "unsupported-media-type",
      );
  });
});

describe("a cover", () => {
  it("whose bytes are not an image is 415, and one of more than 5 MB is 413", async () => {
    const shop = await newShop();
    const { body } = await call("POST", `${API}/products`, {
      token: shop.admin.token,
      json: { sku: "1", title: "A", price: 1 },
    });
    const put = (raw: BodyInit, headers = {}) =>
      call("PUT", `${API}/products/${body.id}/cover`, { token: shop.admin.token, raw, headers });
    for (const text of ["<svg onload=alert(1)>", "<html>", "GIF89a", '{"a":1}', "a=1"])
      for (const type of ["image/png", "text/plain", "multipart/form-data; boundary=x"])
        expectRefused(await put(text, { "content-type": type }), 415, "unsupported-media-type", text);
    const large = new Uint8Array(5 * MB + 1);
    expectRefused(await put(large, { "content-length": String(large.length) }), 413, "too-large");
    expectRefused(await put(new Blob([large]).stream()), 413, "too-large");
    expectRefused(await put(new Uint8Array()), 400, "body-required");
    expect((await env.FILES.list({ prefix: `covers/${shop.tenant.id}/` })).objects).toEqual([]);
  });
});

const FORMULAS = [
  "=1+1",
  "+1",
  "-1+1",
  "@SUM(A1)",
  "\t=1",
  "\r=1",
  "\n=1",
  "＝1",
  '=HYPERLINK("http://evil.example","x")',
  '","=1',
  "Ana;=1+1;x",
  'Ana;"=1+1";x',
  "Ana\t=1+1",
  "Ana\n-1",
];

const csv = operations.filter((operation) => "text/csv" in (operation.responses["200"]?.content ?? {}));

/** A shop in which names and what an import rejected or left in place begin like formulas, with the id of that import. */
async function shopOfFormulas(): Promise<{ shop: Shop; importId: string }> {
  const shop = await newShop();
  const product = await newProduct(shop);
  for (const [at, formula] of FORMULAS.entries()) {
    const person = await newPerson(shop.tenant, "EMPLOYEE");
    await change("UPDATE users SET first_name = ? WHERE id = ?", formula, person.id);
    const day = `2026-11-${String(at + 10)}`;
    await storeShift(shop, person, { start: `${day}T08:00:00Z`, end: `${day}T10:00:00Z` });
    const { id } = await newProduct(shop, { stock: 1 });
    const json = { items: [{ product_id: id, quantity: 3 }], offline: true };
    expect((await call("POST", `${API}/sales`, { token: shop.admin.token, json })).status).toBe(201);
    await change(
      "UPDATE products SET sku = ?1 || id, title = ?1, description = ?1, category = ?1, author = ?1 WHERE id = ?2",
      formula,
      id,
    );
    const rate = await newTaxRate(shop);
    await change("UPDATE tax_rates SET name = ? WHERE id = ?", `${formula} `, rate.id);
    await insertSale(shop, product.id, day, [{ rate, net: 100, tax: 21 }]);
  }
  const quoted = FORMULAS.map((formula) => `"${formula.replaceAll('"', '""')}"`);
  const refused = quoted.map((text) => `${text},${text},${text},x,${text},1,${text},${text}`);
  const file = [COLUMNS, ...refused, fileOf([{ quantity: -2 }]).slice(COLUMNS.length + 1)].join("\n");
  const { id: importId } = await importFile(shop, file);
  for (const [at, formula] of FORMULAS.entries()) {
    const saleDay = `2026-11-${String(at + 10)}`;
    await change(
      "UPDATE sales SET customer_ref = ?1, country = ?1, discount_reason = ?1, reason = ?1 WHERE day = ?2",
      formula,
      saleDay,
    );
    await change(
      "UPDATE sale_lines SET sku = ?1, description = ?1, discount_reason = ?1 WHERE sale_id IN (SELECT id FROM sales WHERE day = ?2)",
      formula,
      saleDay,
    );
    await change(
      "INSERT INTO import_retained (tenant_id, import_id, kind, id, reference, reason) VALUES (?, ?, 'sale', ?, ?, ?)",
      shop.tenant.id,
      importId,
      `${at}`,
      formula,
      formula,
    );
  }
  return { shop, importId };
}

const rows = z.array(z.array(z.string()));

/** The query that an operation requires, to follow another parameter. */
function requiredQuery(operation: Operation): string {
  const { query } = entryOf(operation);
  return query === undefined ? "" : `&${query}`;
}

describe("a CSV cell", () => {
  it("that starts with = + - @, tab or CR is escaped as OWASP recommends in every CSV response, whatever separator its reader uses", async () => {
    expect(csv.map(({ operationId = "" }) => operationId).toSorted()).toEqual([
      "exportSaleLines",
      "exportStock",
      "getBreakdown",
      "getCohorts",
      "getImportRejects",
      "getImportRetained",
      "getRfm",
      "getSalesSummary",
      "getSlowProducts",
      "getTaxReport",
      "getWorkedHours",
      "listAudit",
      "listCustomers",
      "listDiscrepancies",
      "listOrders",
      "listProducts",
      "listSales",
      "listShifts",
    ]);
    const { shop, importId } = await shopOfFormulas();
    for (const operation of csv) {
      const hasRange = operation.parameters?.some(({ name }) => name === "from") === true;
      const range = hasRange ? "&from=2026-01-01&to=2026-12-31" : "";
      const path = operation.path.includes("{id}")
        ? operation.path.replace("{id}", importId)
        : `${operation.path}?format=csv${range}${requiredQuery(operation)}`;
      const answer = await call("GET", path, { token: shop.admin.token });
      expect(answer.headers.get("content-type"), nameOf(operation)).toBe("text/csv; charset=utf-8");
      // Spreadsheets with a Spanish locale separate by semicolons, and keep quotes within a cell.
      for (const delimiter of [",", ";", "\t"]) {
        const begins = delimiter === "," ? /^[=+\-@\t\r\n＝＋－＠]/ : /^"*[=+\-@\t\r\n＝＋－＠]/;
        const options = { delimiter, relax_quotes: true, relax_column_count: true };
        const cells = rows.parse(parse(answer.text, options)).flat();
        if (delimiter === ",") expect(cells.length, nameOf(operation)).toBeGreaterThan(3);
        // A negative number is not a formula.
        for (const cell of cells.filter((each) => !/^-?\d+(\.\d+)?$/.test(each)))
          expect(cell, `${nameOf(operation)} by ${delimiter}`).not.toMatch(begins);
      }
    }
  });
});

describe("a file name in a download", () => {
  it("with quotes or line breaks is encoded", async () => {
    const names = [
      'A "quoted" shop',
      "two\r\nSet-Cookie: a=b",
      "ñandú; filename=evil.exe",
      "../../etc/passwd",
      "100% 'it's' (so)*",
      "\u202egnp.exe",
      "a\u2028b",
    ];
    const shop = await newShop();
    const { id } = await importFile(shop, fileOf([{}]));
    for (const name of names) {
      await change("UPDATE tenants SET name = ? WHERE id = ?", name, shop.tenant.id);
      for (const operation of csv) {
        const path = operation.path.includes("{id}")
          ? fill(operation.path, id)
          : `${operation.path}?format=csv${requiredQuery(operation)}`;
        const answer = await call("GET", path, { token: shop.admin.token });
        const header = answer.headers.get("content-disposition") ?? "";
        const label = `${nameOf(operation)} ${JSON.stringify(name)}`;
        expect(header, label).toMatch(
          /^attachment; filename="[\x20-\x21\x23-\x5b\x5d-\x7e]*\.csv"; filename\*=UTF-8''[\w.~!#$&+^`|%-]*\.csv$/,
        );
        expect(header, label).not.toMatch(/%0[da]|%00|\.\.\/|%2f|%22|%5c/i);
        expect(answer.headers.get("set-cookie"), label).toBeNull();
      }
    }
  });

  it("is complete for clients of RFC 8187", () => {
    const header = csvDownloadHeaders("Librería Ñ's.csv")["content-disposition"] ?? "";
    expect(decodeURIComponent(header.split("''")[1] ?? "")).toBe("Librería Ñ's.csv");
    expect(header).toContain('filename="Librer_a _\'s.csv"');
  });

  it("of an unknown lake file or cover is 404", async () => {
    const { tenant, admin } = await newShop();
    const person = await newPerson(tenant, "ADMIN");
    for (const key of ['a"b', "a%0D%0Ab", "..%2F..%2Fsecret", "%00", `${tenant.id}%2F..%2F${admin.id}`])
      for (const path of [`${API}/lake/files/${key}`, `${API}/covers/${tenant.id}/${key}`])
        expectRefused(await call("GET", path, { token: person.token }), 404, "not-found", path);
  });
});
