// Spreadsheets of Excel, and files that only look like them.
import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { filesOf, waitForImport } from "../support/imports.ts";
import { newShop, type Shop } from "../support/shops.ts";
import { bookOf, partsOf, zipOf, type BookOptions, type Value } from "../support/workbooks.ts";

const TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const send = (shop: Shop, raw: Uint8Array, query = "&dry_run=true", kind = "sales", type = TYPE) =>
  call("POST", `${API}/imports?kind=${kind}${query}`, {
    token: shop.admin.token,
    raw: Buffer.from(raw),
    headers: { "content-type": type },
  });

const HEADER = ["Factura", "Código", "Artículo", "Cantidad", "Fecha", "Precio", "Cliente"];
const FORMATS = [
  "dd/mm/yyyy hh:mm",
  "0%",
  "00000",
  '[$-C0A]d "de" mmmm "de" yyyy;@',
  "h:mm:ss",
  "#,##0.00 €",
];
const at = (serial: number, style = 1): Value => ({ serial, style });

// 46115.427083... is 2026-04-03 10:15.
const APRIL_3 = 46_115 + 10.25 / 24;

const rows: Value[][] = [
  HEADER,
  ["F-1", "TAZA", "Taza «añil», 3 & 4", 2, at(APRIL_3), 12.5, "C1"],
  ["F-1", { serial: 123, style: 3 }, "Sofá", 1, at(APRIL_3), 1250, "C1"],
  ["F-2", "QUESO", "Queso", 0.355, at(46_116, 4), 20.1, null],
];

const expected = {
  encoding: "xlsx",
  sales: 2,
  refunds: 0,
  // 2 x 12.50 + 1,250, and 0.355 x 20.10 = 7.1355
  revenue: 2500 + 125_000 + 714,
  first_day: "2026-04-03",
  last_day: "2026-04-04",
  rows: 3,
  rejects: [],
};

it("a spreadsheet may have a part that is called as one of OpenDocument", async () => {
  const parts = [
    ...partsOf({ Ventas: { rows } }, { formats: FORMATS }),
    { name: "content.xml", data: "<x/>" },
  ];
  const { status, body } = await send(await newShop({ currency: "EUR", timezone: "UTC" }), zipOf(parts));
  expect([status, body.sales]).toEqual([200, 2]);
});

describe("a spreadsheet", () => {
  it.each<[string, BookOptions]>([
    ["with shared strings", {}],
    ["with texts in its cells", { inline: true }],
    ["with a prefix of its elements", { prefix: "x:" }],
    ["without references of cells", { bare: true }],
  ])("has the figures of its cells: %s", async (_, options) => {
    const shop = await newShop({ currency: "EUR", timezone: "UTC" });
    const { status, body, text } = await send(shop, bookOf(rows, { formats: FORMATS, ...options }));
    expect(status, text).toBe(200);
    expect(body).toMatchObject(expected);
  });

  it("has its first rows in a dry run, as they are read", async () => {
    const shop = await newShop({ currency: "EUR", timezone: "UTC" });
    const { body } = await send(shop, bookOf(rows, { formats: FORMATS }));
    expect(body.columns).toEqual(HEADER);
    expect(body.sample.map(([number, code, title]: string[]) => [number, code, title])).toEqual([
      ["F-1", "TAZA", "Taza «añil», 3 & 4"],
      ["F-1", "00123", "Sofá"],
      ["F-2", "QUESO", "Queso"],
    ]);
  });

  it("is recognised by its bytes, also as the file of a form", async () => {
    const shop = await newShop({ currency: "EUR", timezone: "UTC" });
    const book = bookOf(rows, { formats: FORMATS });
    expect((await send(shop, book, "&dry_run=true", "sales", "text/csv")).body).toMatchObject(expected);
    const form = new FormData();
    form.set("file", new File([new Uint8Array(book)], "ventas.xlsx", { type: TYPE }));
    const request = new Request("https://shop.example", { method: "POST", body: form });
    const { body } = await send(
      shop,
      new Uint8Array(await request.arrayBuffer()),
      "&dry_run=true",
      "sales",
      request.headers.get("content-type") ?? "",
    );
    expect(body).toMatchObject(expected);
  });

  it("is stored with the times and codes that its formats show", async () => {
    const shop = await newShop({ currency: "EUR", timezone: "UTC" });
    const started = await send(shop, bookOf(rows, { formats: FORMATS }), "");
    expect(started.status, started.text).toBe(202);
    expect(await waitForImport(shop.admin.token, started.body.id)).toMatchObject({ rows_accepted: 3 });
    const stored = await rowsOf(
      `SELECT s.external_ref AS ref, s.placed_at AS at, l.sku, l.description FROM sales s JOIN sale_lines l
        ON l.tenant_id = s.tenant_id AND l.sale_id = s.id WHERE s.tenant_id = ? ORDER BY 1, l.line_no`,
      shop.tenant.id,
    );
    expect(stored.map((row) => Object.values(row))).toEqual([
      ["F-1", "2026-04-03T10:15:00.000Z", "TAZA", "Taza «añil», 3 & 4"],
      ["F-1", "2026-04-03T10:15:00.000Z", "00123", "Sofá"],
      ["F-2", "2026-04-04T12:00:00.000Z", "QUESO", "Queso"],
    ]);
    expect(await filesOf(shop)).toEqual([]);
  });

  it("counts its days from 1904 if it says so", async () => {
    const shop = await newShop({ currency: "EUR", timezone: "UTC" });
    const book = bookOf([HEADER, ["F-1", "A", "A", 1, at(46_115 - 1462), 1, null]], {
      formats: FORMATS,
      is1904: true,
    });
    expect((await send(shop, book)).body).toMatchObject({ first_day: "2026-04-03", sales: 1 });
  });

  it("says whether its numbers have decimals, whatever its texts do", async () => {
    const shop = await newShop({ currency: "EUR", timezone: "UTC" });
    const book = bookOf(
      [
        HEADER,
        ["F-1", "A", "A", 1.125, at(APRIL_3), 1000, null],
        ["F-2", "A", "A", 1, at(APRIL_3), "12,50 €", null],
        ["F-3", "A", "A", 1, at(APRIL_3), "1.250", null],
        ["F-4", "A", "A", 1, at(APRIL_3), 0.1 + 0.2, null],
      ],
      { formats: FORMATS },
    );
    expect((await send(shop, book)).body).toMatchObject({ parameter: "decimal" });
    const { body } = await send(shop, book, "&dry_run=true&decimal=comma");
    expect(body).toMatchObject({ revenue: 112_500 + 1250 + 125_000 + 30, rejects: [] });
  });

  it("has percentages, booleans, errors, cached formulas and rich texts", async () => {
    const shop = await newShop({ currency: "EUR", timezone: "UTC" });
    const cell = (xml: string): Value => ({ xml });
    const book = bookOf(
      [
        [...HEADER, "Descuento", "Pagado"],
        [
          "F-1",
          cell('<c r="B2" t="str"><f>CONCATENATE("A","B")</f><v>AB</v></c>'),
          cell(
            '<c r="C2" t="inlineStr"><is><r><t>Ta</t></r><r><rPr/><t>za</t></r><rPh><t>x</t></rPh></is></c>',
          ),
          cell('<c r="D2"><f>1+1</f><v>2</v></c>'),
          at(APRIL_3),
          10,
          cell('<c r="G2" t="e"><v>#N/A</v></c>'),
          at(0.1, 2),
          true,
        ],
        ["F-2", "A", "A", cell('<c r="D3" t="e"><v>#REF!</v></c>'), at(APRIL_3), 1, null, null, false],
      ],
      { formats: FORMATS },
    );
    const started = await send(shop, book, "");
    const done = await waitForImport(shop.admin.token, started.body.id);
    expect(done).toMatchObject({ rows_accepted: 1, rows_rejected: 1 });
    expect(
      await rowsOf(
        "SELECT sku, description, subtotal, discount FROM sale_lines WHERE tenant_id = ?",
        shop.tenant.id,
      ),
    ).toEqual([{ sku: "AB", description: "Taza", subtotal: 1800, discount: 200 }]);
  });

  it("is read from its first visible sheet with rows, or from the one that is asked for", async () => {
    const shop = await newShop({ currency: "EUR", timezone: "UTC" });
    const row = (ref: string, price: number): Value[] => [ref, "A", "A", 1, at(APRIL_3), price, null];
    const book = zipOf(
      partsOf(
        {
          Notas: { rows: [] },
          Oculta: { rows: [HEADER, row("F-0", 7)], state: "hidden" },
          Macros: { rows: [HEADER, row("F-3", 3)], state: "veryHidden" },
          Abril: { rows: [["Informe de caja"], [], HEADER, row("F-1", 1)] },
          Mayo: { rows: [HEADER, row("F-2", 2)] },
        },
        { formats: FORMATS },
      ),
    );
    expect((await send(shop, book)).body).toMatchObject({ revenue: 100, header_row: 2 });
    expect((await send(shop, book, "&dry_run=true&sheet=mayo")).body).toMatchObject({ revenue: 200 });
    expect((await send(shop, book, "&dry_run=true&sheet=Oculta")).body).toMatchObject({ revenue: 700 });
    const unknown = await send(shop, book, "&dry_run=true&sheet=Junio");
    expect(unknown.status).toBe(422);
    expect(unknown.body.detail).toContain("Notas, Oculta, Macros, Abril, Mayo");
    const csv = await send(shop, Buffer.from("sku,title,price\n"), "&sheet=Mayo", "products", "text/csv");
    expect(csv.body.detail).toContain("no spreadsheet");
  });

  it("may have paths from the root of its archive, and references beside its sheets", async () => {
    const shop = await newShop({ currency: "EUR", timezone: "UTC" });
    const references = '<externalReferences><externalReference r:id="rId1"/></externalReferences></workbook>';
    // These say nothing about the workbook, although the first has the attributes of a relationship.
    const others =
      '<Note Id="rId1" Type="http://x/officeDocument" Target="word/document.xml"/><Relationship Id="rIdX" Type="http://x/core-properties" Target="docProps/core.xml"/></Relationships>';
    const parts = partsOf({ Abril: { rows } }, { formats: FORMATS }).map(({ name, data }) => ({
      name: `/${name}`,
      data: String(data).replace("</workbook>", references).replace("</Relationships>", others),
    }));
    expect((await send(shop, zipOf(parts))).body).toMatchObject(expected);
    const unknown = await send(shop, zipOf(parts), "&dry_run=true&sheet=Mayo");
    expect(unknown.body.detail).toMatch(/its sheets are Abril$/);
  });

  it("has the characters that XML cannot have", async () => {
    const shop = await newShop({ currency: "EUR", timezone: "UTC" });
    const row = ["F-1", "AB_x0043_", "A", 1, at(APRIL_3), 1, null];
    const { body } = await send(shop, bookOf([HEADER, row], { formats: FORMATS }));
    expect(body.sample[0][1]).toBe("ABC");
  });

  it("of products is imported too", async () => {
    const shop = await newShop({ currency: "EUR" });
    const book = bookOf([
      ["Código", "Nombre", "Precio", "Código de barras", "Existencias"],
      ["TAZA", "Taza", 12.5, 4_006_381_333_931, 7],
      [123, "Plato", "1.250,00 €", null, null],
    ]);
    const started = await send(shop, book, "", "products");
    expect(await waitForImport(shop.admin.token, started.body.id)).toMatchObject({ rows_accepted: 2 });
    expect(
      await rowsOf(
        "SELECT sku, price, barcodes, stock FROM products WHERE tenant_id = ? ORDER BY 1",
        shop.tenant.id,
      ),
    ).toEqual([
      { sku: "123", price: 125_000, barcodes: "[]", stock: null },
      { sku: "TAZA", price: 1250, barcodes: '["4006381333931"]', stock: 7000 },
    ]);
  });
});

/** The parts of a small workbook, one of them replaced. */
const withPart = (name: string, data: string): Buffer =>
  zipOf(partsOf({ A: { rows: [HEADER] } }).map((part) => (part.name === name ? { name, data } : part)));

describe("a file that looks like a spreadsheet", () => {
  const book = bookOf(rows, { formats: FORMATS });
  const encrypted = Buffer.from(book);
  for (
    let from = encrypted.indexOf("PK\u0001\u0002");
    from >= 0;
    from = encrypted.indexOf("PK\u0001\u0002", from + 1)
  )
    encrypted[from + 8] = (encrypted[from + 8] ?? 0) | 1;
  const beyond = Buffer.from(book);
  beyond.writeUInt32LE(
    beyond.length,
    beyond.lastIndexOf("PK\u0001\u0002", beyond.indexOf("_rels/.rels", beyond.indexOf("PK\u0001\u0002"))) +
      42,
  );
  const unsigned = Buffer.from(book);
  unsigned.fill(0, book.lastIndexOf("PK\u0001\u0002"), book.lastIndexOf("PK\u0001\u0002") + 4);
  const entities = withPart(
    "xl/worksheets/sheet1.xml",
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>',
  );

  it.each<[string, Uint8Array, number, string]>([
    [
      "an OpenDocument file",
      zipOf([
        { name: "mimetype", data: "application/vnd.oasis.opendocument.spreadsheet", stored: true },
        { name: "content.xml", data: "<x/>" },
      ]),
      415,
      "(.ods)",
    ],
    [
      "a binary workbook",
      zipOf([
        {
          name: "_rels/.rels",
          data: '<Relationships><Relationship Id="r" Type="http://x/officeDocument" Target="xl/workbook.bin"/></Relationships>',
        },
      ]),
      415,
      "(.xlsb)",
    ],
    [
      "a text document",
      zipOf([
        {
          name: "_rels/.rels",
          data: '<Relationships><Relationship Id="r" Type="http://x/officeDocument" Target="word/document.xml"/></Relationships>',
        },
      ]),
      415,
      "no spreadsheet",
    ],
    [
      "a presentation",
      zipOf([
        {
          name: "_rels/.rels",
          data: '<Relationships><Relationship Id="r" Type="http://x/officeDocument" Target="ppt/presentation.xml"/></Relationships>',
        },
      ]),
      415,
      "no spreadsheet",
    ],
    ["an archive of a CSV file", zipOf([{ name: "ventas.csv", data: "a,b" }]), 415, "ZIP archive"],
    ["an old spreadsheet", Buffer.from("d0cf11e0a1b11ae100", "hex"), 415, "(.xls)"],
    ["an encrypted archive", encrypted, 415, "password"],
    ["half a file", book.subarray(0, book.length / 2), 415, "damaged"],
    ["a part that begins at its end", beyond, 415, "damaged"],
    ["a directory with an entry that is none", unsigned, 415, "damaged"],
    ["only a signature", Buffer.from("PK\u0003\u0004"), 415, "damaged"],
    [
      "XML that is none",
      withPart("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row></sheetData>"),
      415,
      "damaged",
    ],
    ["entities of its own", entities, 415, "damaged"],
    ["no rows", bookOf([[], []]), 422, "has no rows"],
    ["a header of 250 columns", bookOf([Array.from({ length: 250 }, (_, n) => `c${n}`)]), 422, "200 columns"],
  ])("is refused: %s", async (_, bytes, status, detail) => {
    const shop = await newShop();
    const { status: found, body, text } = await send(shop, bytes);
    expect(found, text).toBe(status);
    expect(body.detail).toContain(detail);
    expect(await filesOf(shop)).toEqual([]);
  });

  it("is refused where it expands without limit", async () => {
    const shop = await newShop();
    const spaces = `<worksheet><sheetData>${" ".repeat(40 * 1024 * 1024)}</sheetData></worksheet>`;
    const bomb = withPart("xl/worksheets/sheet1.xml", spaces);
    expect(bomb.length).toBeLessThan(100_000);
    const { status, body } = await send(shop, bomb);
    expect(status).toBe(413);
    expect(body.detail).toContain("too large");
    expect(deflateRawSync(Buffer.from(spaces)).length).toBeLessThan(spaces.length / 500);
    // Less than the ratio that is refused anyway, in one cell.
    const noise = randomBytes(48 * 1024).toString("base64");
    const cell = `<worksheet><sheetData><row><c t="str"><v>${noise}${" ".repeat(3 * 1024 * 1024)}</v></c></row></sheetData></worksheet>`;
    expect((await send(shop, withPart("xl/worksheets/sheet1.xml", cell))).body.detail).toContain("A cell");
    const far = bookOf([HEADER, [{ xml: '<c r="XFD2"><v>1</v></c>' }]]);
    expect((await send(shop, far)).body).toMatchObject({ rows: 0 });
    expect(await filesOf(shop)).toEqual([]);
  });
});
