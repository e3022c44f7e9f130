import { describe, expect, it } from "vitest";
import { planOfHeader } from "../../src/imports/mapping/resolve.ts";
import { RowError, type ShopFormat } from "../../src/imports/rows/row-importer.ts";
import { invoiceOf } from "../../src/imports/rows/sale-cells.ts";
import { parseSaleRow, type SaleRow } from "../../src/imports/rows/sale-rows.ts";
import { COLUMNS } from "../support/imports.ts";
import { planOf, readRows } from "../support/sale-rows.ts";

const header = `${COLUMNS},Seller`.split(",");
const today = "2026-11-22";
const madrid: ShopFormat = { timezone: "Europe/Madrid", today, digits: 2, currency: "EUR" };
const plan = planOfHeader("sales", header);

const standard = {
  InvoiceNo: "536365",
  StockCode: "85123A",
  Description: "HEART HOLDER",
  Quantity: "6",
  InvoiceDate: "2010-12-01 08:26:00",
  UnitPrice: "2.55",
  CustomerID: "17850",
  Country: "United Kingdom",
  Seller: "",
};

type Fields = Partial<typeof standard>;

function parse(fields: Fields = {}, format = madrid): SaleRow {
  const [row] = parseSaleRow(Object.values({ ...standard, ...fields }), plan, format);
  if (!row) throw new Error("There is no line.");
  return row;
}

function reasonOf(fields: Fields): string {
  try {
    parse(fields);
  } catch (error) {
    if (error instanceof RowError) return error.message;
    throw error;
  }
  throw new Error("The row was accepted.");
}

describe("a row of a sales file", () => {
  it("becomes a sale line in minor units, with the instant in UTC and the shop's local day", () => {
    expect(parse()).toEqual({
      invoice: "536365",
      isRefund: false,
      sku: "85123A",
      description: "HEART HOLDER",
      quantity: 6000,
      at: "2010-12-01T07:26:00.000Z",
      day: "2010-12-01",
      unitPrice: 255,
      exactPrice: null,
      discount: 0,
      subtotal: 1530,
      tax: null,
      taxRate: null,
      barcode: null,
      isBarcodeSku: false,
      unit: null,
      customer: "17850",
      customerEmail: null,
      customerName: null,
      country: "United Kingdom",
      seller: null,
      needsSeller: true,
      payment: null,
    });
  });

  it("with a negative quantity is a refund if its invoice starts with C or its amount is negative", () => {
    expect(parse({ InvoiceNo: "C536379", Quantity: "-1" })).toMatchObject({
      isRefund: true,
      quantity: -1000,
      subtotal: -255,
    });
    expect(parse({ InvoiceNo: "R-19", Quantity: "-1" }).isRefund).toBe(true);
    expect(parse({ InvoiceNo: "536589", Quantity: "-10", UnitPrice: "0" }).isRefund).toBe(false);
    expect(parse({ InvoiceNo: "C536589", Quantity: "-10", UnitPrice: "0" }).isRefund).toBe(true);
    expect(parse({ InvoiceNo: "CA-2016-1" }).isRefund).toBe(false);
    expect(parse({ InvoiceNo: "A563185", UnitPrice: "-11062.06", Quantity: "1" })).toMatchObject({
      isRefund: false,
      subtotal: -1_106_206,
    });
  });

  it("is trimmed, and line breaks and tabs within it become one space", () => {
    const row = parse({
      StockCode: "  85123a ",
      Description: " WHITE\r\nHEART\tHOLDER  ",
      CustomerID: " ",
      Country: "  EIRE ",
    });
    expect(row).toMatchObject({
      sku: "85123a",
      description: "WHITE HEART HOLDER",
      customer: null,
      country: "EIRE",
    });
  });

  it("identifies the seller by e-mail in lower case", () => {
    expect(parse({ Seller: " Ana@Example.COM " }).seller).toBe("ana@example.com");
  });

  it("of a file without the column Seller has no seller", () => {
    const columns = COLUMNS.split(",");
    const { Seller: _, ...rest } = standard;
    expect(parseSaleRow(Object.values(rest), planOfHeader("sales", columns), madrid)).toMatchObject([
      { seller: null },
    ]);
  });

  it("can omit the description, customer and country", () => {
    expect(parse({ Description: "", CustomerID: "", Country: "" })).toMatchObject({
      description: "",
      customer: null,
      country: null,
    });
  });
});

describe("the date of a row", () => {
  it.each([
    ["2010-12-01 08:26:00", "2010-12-01T07:26:00.000Z"],
    ["2010-12-01 08:26", "2010-12-01T07:26:00.000Z"],
    ["2010-12-01T08:26:00", "2010-12-01T07:26:00.000Z"],
    ["12/1/2010 8:26", "2010-12-01T07:26:00.000Z"],
    ["12/01/2010 08:26:30", "2010-12-01T07:26:30.000Z"],
    ["2010-12-01T08:26:00Z", "2010-12-01T08:26:00.000Z"],
    ["2010-12-01t08:26:00z", "2010-12-01T08:26:00.000Z"],
    ["2010-12-01T08:26:00+05:45", "2010-12-01T02:41:00.000Z"],
    ["2010-12-01T08:26:00-03:30", "2010-12-01T11:56:00.000Z"],
    ["2026-07-01 00:30:00", "2026-06-30T22:30:00.000Z"],
    ["2010-12-01", "2010-12-01T11:00:00.000Z"],
    ["1/12/10 8:26", "2010-01-12T07:26:00.000Z"],
    ["01.12.2010 08:26", "2010-12-01T07:26:00.000Z"],
    ["12/1/2010 8:26 PM", "2010-12-01T19:26:00.000Z"],
    ["2010-12-01 12:05 am", "2010-11-30T23:05:00.000Z"],
    ["2010-12-01 08:26:00 +0000", "2010-12-01T08:26:00.000Z"],
    ["2010-12-01 08:26:00 UTC", "2010-12-01T08:26:00.000Z"],
  ])("%s is %s in a shop in Madrid", (text, at) => {
    expect(parse({ InvoiceDate: text }).at).toBe(at);
  });

  it("of today is accepted, in the shop's time zone, and of tomorrow it is not", () => {
    expect(parse({ InvoiceDate: "2026-11-22T22:59:59Z" }).day).toBe(today);
    for (const InvoiceDate of ["2026-11-22T23:00:00Z", "2026-11-23 00:00:00", "1/1/2027 8:00"])
      expect(() => parse({ InvoiceDate }), InvoiceDate).toThrow("InvoiceDate is in the future");
  });

  it("determines the shop's local day, even if the text has another time zone", () => {
    expect(parse({ InvoiceDate: "2010-12-01T23:30:00Z" }).day).toBe("2010-12-02");
    expect(
      parse({ InvoiceDate: "2010-12-01T23:30:00Z" }, { ...madrid, timezone: "America/Sao_Paulo", digits: 2 })
        .day,
    ).toBe("2010-12-01");
    expect(
      parse({ InvoiceDate: "2010-12-01 23:30" }, { ...madrid, timezone: "Asia/Kathmandu", digits: 2 }),
    ).toMatchObject({
      at: "2010-12-01T17:45:00.000Z",
      day: "2010-12-01",
    });
  });

  it("is parsed for each shop's time zone, even if the text is the same", () => {
    const text = "2010-12-01 08:26:00";
    const zones = ["Europe/Madrid", "Asia/Kathmandu", "Europe/Madrid"];
    const instants = zones.map((timezone) => parse({ InvoiceDate: text }, { ...madrid, timezone }).at);
    expect(instants).toEqual([
      "2010-12-01T07:26:00.000Z",
      "2010-12-01T02:41:00.000Z",
      "2010-12-01T07:26:00.000Z",
    ]);
  });

  it.each([
    "2010-02-30 10:00:00",
    "13/1/2010 8:26",
    "2/30/2010 8:26",
    "2010-12-01 24:00:00",
    "2010-12-01 10:60:00",
    "2010-12-01 10:00:60",
    "2010-12-01T10:00:00+2",
    "2010-12-01T10:00:00+99:99",
    "2010-12-01T10:00:00+24:00",
    "0010-12-01 10:00:00",
    "1/5/0024 10:00",
    "0000-01-01 00:00:00",
    "9999-12-31T23:59:59-12:00",
    "2010-12-01 13:00 PM",
    "yesterday",
    "40513.35",
  ])("%s is rejected, not guessed", (text) => {
    expect(reasonOf({ InvoiceDate: text })).toBe(
      `InvoiceDate is not a date and time such as 2010-12-01 08:26: ${text}`,
    );
  });
});

describe("the date of a row of another program", () => {
  const at = (cells: Record<string, string>, rules = {}) => {
    const { rows, rejected } = readRows([{ UnitPrice: "1", ...cells }], { rules });
    return rows[0]?.value.at ?? rejected[0]?.reason;
  };

  it("has the time of another column, instead of midnight", () => {
    expect(at({ InvoiceDate: "2026-04-03 00:00:00", Time: "10:15" })).toBe("2026-04-03T10:15:00.000Z");
    expect(at({ InvoiceDate: "2026-04-03", Time: "10:15" })).toBe("2026-04-03T10:15:00.000Z");
    expect(at({ InvoiceDate: "2026-04-03 10:15:30", Time: "10:15" })).toBe("2026-04-03T10:15:30.000Z");
    expect(at({ InvoiceDate: "2026-04-03", Time: "later" })).toContain("is not a date and time");
  });

  it("is in the time zone that a rule names, and of the shop's day", () => {
    const rules = { timezone: "America/New_York" };
    const [line] = readRows([{ UnitPrice: "1", InvoiceDate: "2026-04-03 21:00" }], { rules }).rows;
    expect(line?.value).toMatchObject({ at: "2026-04-04T01:00:00.000Z", day: "2026-04-04" });
  });

  it("is read anew for another file, even if its text is the same", () => {
    const cells = ["1", "A", "1", "03/04/2026", "1"];
    const fields = ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice"];
    const dayIn = (dates: "dmy" | "mdy") => parseSaleRow(cells, { ...planOf(fields), dates }, madrid)[0]?.day;
    expect([dayIn("dmy"), dayIn("mdy"), dayIn("dmy")]).toEqual(["2026-04-03", "2026-03-04", "2026-04-03"]);
  });
});

describe("a row of another program", () => {
  const read = (cells: Record<string, string>, options?: Parameters<typeof readRows>[1]) => {
    const { rows, rejected, skipped } = readRows([{ UnitPrice: "1", ...cells }], options);
    return [...rejected, ...skipped][0]?.reason ?? rows[0]?.value;
  };

  it("is of the customer whose number it has, else their address", () => {
    const cells = { CustomerID: "C7", CustomerEmail: "Ana@example.com", CustomerName: "Ana" };
    expect(read(cells)).toMatchObject({
      customer: "C7",
      customerEmail: "ana@example.com",
      customerName: "Ana",
    });
    expect(read({ ...cells, CustomerID: "" })).toMatchObject({ customer: "Ana@example.com" });
    expect(read({ ...cells, CustomerID: "None", CustomerEmail: "", CustomerName: "None" })).toMatchObject({
      customer: null,
      customerEmail: null,
      customerName: null,
    });
  });

  it("has its quantity in thousandths exactly", () => {
    expect(["1.001", "4.35", "8.2"].map((Quantity) => read({ Quantity }))).toMatchObject([
      { quantity: 1001 },
      { quantity: 4350 },
      { quantity: 8200 },
    ]);
  });

  it("has the SKU of its barcode only if it has no other", () => {
    const Barcode = "4006381333931";
    expect(read({ Barcode })).toMatchObject({ sku: "A", barcode: Barcode, isBarcodeSku: false });
    expect(read({ Barcode, StockCode: "" })).toMatchObject({ sku: Barcode, isBarcodeSku: true });
  });

  it("is no total if it has a code, or names another invoice", () => {
    expect(read({ Description: "Total" })).toMatchObject({ sku: "A" });
    expect(read({ Description: "Total", StockCode: "", Barcode: "4006381333931" })).toMatchObject({
      isBarcodeSku: true,
    });
    const rules = { names_as_codes: true };
    const named = { StockCode: "", InvoiceNo: "1001" };
    expect(read({ ...named, Description: "Total 1001" }, { rules })).toBe("the row is a total: Total 1001");
    expect(read({ ...named, Description: "Total 1002" }, { rules })).toMatchObject({ sku: "Total 1002" });
  });

  it("that was refunded is a sale if a rule or another column says what of it remains", () => {
    const refunded = { Status: "Refunded" };
    expect(read(refunded)).toContain("Status is Refunded: say in the mapping");
    expect(read(refunded, { rules: { sale_statuses: ["refunded"] } })).toMatchObject({ isRefund: false });
    expect(read(refunded, { rules: { refund_statuses: ["refunded"] } })).toMatchObject({ isRefund: true });
    expect(read(refunded, { rules: { skip_statuses: ["refunded"] } })).toContain("so the row is no sale");
    for (const field of ["KeptQuantity", "RefundedAmount", "KeptTotal"])
      expect(read({ ...refunded, [field]: "" }), field).toMatchObject({ isRefund: false });
    expect(read({ ...refunded, Quantity: "-1" })).toMatchObject({ isRefund: true });
    expect(read({ Quantity: "-1", Refunded: "yes" })).toMatchObject({ isRefund: true });
    expect(read({ Refunded: "yes" })).toContain("Refunded says that the row was refunded");
    expect(read({ Refunded: "0.00" })).toMatchObject({ isRefund: false });
  });

  it("is known by words around its status only where these are whole words", () => {
    const of = (cells: Record<string, string>) => {
      const found = read(cells);
      return typeof found === "string"
        ? (/so the row is no sale|say in the mapping/.exec(found)?.[0] ?? found)
        : "sale";
    };
    const [skipped, asked] = ["so the row is no sale", "say in the mapping"];
    expect(
      [
        "Not cancelled",
        "Cancelled by the customer",
        "Cancelled partially",
        "Order was cancelled",
        "Partially refunded",
        "Draft",
        "On hold",
        "Shipped",
      ].map((Status) => of({ Status })),
    ).toEqual(["sale", skipped, asked, asked, asked, skipped, asked, "sale"]);
    expect(["Draft", "Voided", "Return", "Quote", "Invoice"].map((Type) => of({ Type }))).toEqual([
      "sale",
      skipped,
      asked,
      asked,
      "sale",
    ]);
  });

  it("has texts of up to their length", () => {
    expect(
      read({ Country: "x".repeat(60), Description: "x".repeat(500), InvoiceNo: "x".repeat(64) }),
    ).toMatchObject({ description: "x".repeat(500) });
    expect(read({ InvoiceNo: "x".repeat(65) })).toBe("InvoiceNo has more than 64 characters");
  });

  it("has a code in brackets before its name, where a rule says so", () => {
    const of = (Description: string, codes_in_brackets: boolean) =>
      read({ StockCode: codes_in_brackets ? "" : "A", Description }, { rules: { codes_in_brackets } });
    expect(of("[DESK-1] Desk", true)).toMatchObject({ sku: "DESK-1", description: "Desk" });
    expect(of("[DESK-1]", true)).toMatchObject({ sku: "DESK-1", description: "[DESK-1]" });
    expect(of("[DESK-1] Desk", false)).toMatchObject({ sku: "A", description: "[DESK-1] Desk" });
  });

  it("of a refund has a number of its own, where a rule says that it has that of its sale", () => {
    const rules = { shares_numbers: true };
    expect(read({}, { rules })).toMatchObject({ invoice: "1", isRefund: false });
    expect(read({ Quantity: "-1" }, { rules })).toMatchObject({ invoice: "1-R-2026-04-03", isRefund: true });
    expect(read({ Quantity: "-1" })).toMatchObject({ invoice: "1", isRefund: true });
  });

  it("repeats the header only with its number", () => {
    expect(read({ InvoiceNo: "InvoiceNo", Quantity: "Quantity" })).toBe("the row repeats the header");
    expect(read({ Quantity: "Quantity" })).toContain("Quantity is not a number");
  });

  it("is in the currency of the shop, in any case", () => {
    expect(read({ Currency: "eur" })).toMatchObject({ invoice: "1" });
    expect(read({ Currency: "" })).toMatchObject({ invoice: "1" });
    expect(read({ Currency: "usd" })).toBe("Currency is USD, and the shop's currency is EUR");
  });

  it("is cancelled by any word that is no word for no", () => {
    const no = [
      "",
      "no",
      "N",
      "não",
      "non",
      "Nein",
      "f",
      "FALSE",
      "falso",
      "falsch",
      "faux",
      "0",
      "0.00",
      "-0,0",
    ];
    const yes = ["yes", "x", "true", "1", "2026-04-03", "anulado", "0.01"];
    const isSale = (Cancelled: string): boolean => typeof read({ Cancelled }) !== "string";
    expect(no.filter((cell) => !isSale(cell))).toEqual([]);
    expect(yes.filter(isSale)).toEqual([]);
  });

  it("is a total by any name of one, and no product whose name begins like it", () => {
    const totals = [
      "Total",
      "Subtotal",
      "Grand total",
      "Zwischensumme",
      "Total del día",
      "Sous-total",
      "Gesamt",
    ];
    const products = ["Totem", "Total eclipse mug", "Summer"];
    const rules = { names_as_codes: true };
    const isSale = (Description: string): boolean =>
      typeof read({ StockCode: "", Description }, { rules }) !== "string";
    expect(totals.filter(isSale)).toEqual([]);
    expect(products.filter((name) => !isSale(name))).toEqual([]);
  });

  it("has no status where its cell is empty, whatever the rules name", () => {
    expect(read({ Status: "" }, { rules: { skip_statuses: ["-"] } })).toMatchObject({ isRefund: false });
    expect(read({ Status: "" }, { rules: { refund_statuses: ["-"] } })).toMatchObject({ isRefund: false });
  });

  it("has a country by its code, which is a name in the layout of this API", () => {
    expect(read({ Country: "ES" })).toMatchObject({ country: "Spain" });
    expect(read({ Country: "SPAIN" })).toMatchObject({ country: "Spain" });
    expect(parse({ Country: "ES" }).country).toBe("ES");
  });

  it("has the decimal separator of its column, where columns differ", () => {
    const fields = ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice"];
    const mixed = { ...planOf(fields), decimals: { UnitPrice: "comma" as const } };
    const [line] = parseSaleRow(["1", "A", "1.250", "2026-04-03", "1.250"], mixed, madrid);
    expect(line).toMatchObject({ quantity: 1250, unitPrice: 125_000, subtotal: 156_250 });
  });

  it("has a constant in the place of a column", () => {
    const constants = { PaymentMethod: "cash", TaxRate: "21" };
    expect(read({}, { constants })).toMatchObject({ payment: "cash", taxRate: "21" });
  });
});

it("a record belongs to its invoice, or to the one above if it has goods and no number", () => {
  const of = (InvoiceNo: string, StockCode: string) =>
    invoiceOf([InvoiceNo, StockCode], planOf(["InvoiceNo", "StockCode"]), "7");
  expect([of("1", "A"), of("", "A"), of("", ""), of("x".repeat(65), "A")]).toEqual(["1", "7", null, null]);
});

describe("the price of a row", () => {
  it("with fractions of a minor unit is stored as written, and the subtotal is rounded once", () => {
    expect(parse({ UnitPrice: "0.335", Quantity: "3" })).toMatchObject({
      unitPrice: 34,
      exactPrice: "0.335",
      subtotal: 101,
    });
    expect(parse({ UnitPrice: "0.001", Quantity: "1" })).toMatchObject({
      unitPrice: 0,
      exactPrice: "0.001",
      subtotal: 0,
    });
    expect(parse({ UnitPrice: "0.335", Quantity: "-1" })).toMatchObject({ unitPrice: 34, subtotal: -34 });
    expect(parse({ UnitPrice: "+0.335", Quantity: "3" })).toMatchObject({ exactPrice: "0.335" });
    expect(parse({ UnitPrice: "2.5500" })).toMatchObject({ unitPrice: 255, exactPrice: null });
  });

  it("has the decimals of the shop's currency", () => {
    const yen = { ...madrid, timezone: "Asia/Tokyo", digits: 0 };
    expect(parse({ UnitPrice: "100.5", Quantity: "3" }, yen)).toMatchObject({
      unitPrice: 101,
      exactPrice: "100.5",
      subtotal: 302,
    });
    const dinar = { ...madrid, timezone: "Asia/Kuwait", digits: 3 };
    expect(parse({ UnitPrice: "0.335", Quantity: "3" }, dinar)).toMatchObject({
      unitPrice: 335,
      exactPrice: null,
      subtotal: 1005,
    });
  });
});

describe("an amount", () => {
  it.each([
    ["1", 10 ** 12],
    ["-1", -(10 ** 12)],
  ])("of ten thousand million is accepted, of %s units", (Quantity, subtotal) => {
    expect(parse({ UnitPrice: "10000000000.00", Quantity }).subtotal).toBe(subtotal);
  });
});

describe("a row is rejected with its reason", () => {
  it.each<[string, Fields]>([
    ["InvoiceNo is empty", { InvoiceNo: " " }],
    ["StockCode is empty", { StockCode: "" }],
    ["Quantity is empty", { Quantity: "" }],
    ["Quantity is 0", { Quantity: "0" }],
    ["Quantity is 0", { Quantity: "-0" }],
    ["Quantity is not a number with at most three decimals: 1.2345", { Quantity: "1.2345" }],
    ["Quantity is not a number with at most three decimals: 1e3", { Quantity: "1e3" }],
    ["Quantity is not a number with at most three decimals: 1234567890", { Quantity: "1234567890" }],
    ["InvoiceDate is empty", { InvoiceDate: "" }],
    ["UnitPrice is empty", { UnitPrice: "" }],
    ["UnitPrice is empty", { UnitPrice: "NaN" }],
    ["UnitPrice is not a number: 2,5,5", { UnitPrice: "2,5,5" }],
    ["UnitPrice is not a number: two", { UnitPrice: "two" }],
    ["UnitPrice is not a number: 2E-2", { UnitPrice: "2E-2" }],
    ["UnitPrice is in GBP, and the shop's currency is EUR: £2", { UnitPrice: "£2" }],
    [
      "StockCode is in scientific notation, which has lost its digits: 9.78E+12. Format the column as text and export the file again",
      { StockCode: "9.78E+12" },
    ],
    ["the amount is too large", { UnitPrice: "999999999999999", Quantity: "999999999" }],
    ["the amount is too large", { UnitPrice: "1000000000000.01", Quantity: "1" }],
    ["the amount is too large", { UnitPrice: "1000000000000.01", Quantity: "-1" }],
    ["the amount is too large", { UnitPrice: "10000000000.01", Quantity: "1" }],
    ["the amount is too large", { UnitPrice: "1000000", Quantity: "999999999" }],
    ["StockCode is an error of the spreadsheet: #REF!", { StockCode: "#REF!" }],
    ["the amount is too large", { InvoiceNo: "C1", UnitPrice: "10000000000.01", Quantity: "-1" }],
    ["Description has more than 500 characters", { Description: "x".repeat(501) }],
    ["Country has more than 60 characters", { Country: "x".repeat(61) }],
    ["Description has control or invisible characters", { Description: "a\u0000b" }],
    ["StockCode has control or invisible characters", { StockCode: "a\u001bb" }],
    ["StockCode has control or invisible characters", { StockCode: "a\u200bb" }],
    ["InvoiceNo has control or invisible characters", { InvoiceNo: "1\u202e" }],
    ["CustomerID has control or invisible characters", { CustomerID: "\u206612" }],
  ])("%s: %j", (reason, fields) => {
    expect(reasonOf(fields)).toBe(reason);
  });

  it("with too few fields to be a line, or too many", () => {
    const width = (fields: string[]) => () => parseSaleRow(fields, plan, madrid);
    expect(width(["1", "2"])).toThrow("Quantity is empty");
    expect(width([...Object.values(standard), "", " "])).not.toThrow();
    expect(width([...Object.values(standard), "more"])).toThrow("10 fields instead of 9");
  });
});
