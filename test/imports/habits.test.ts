// Habits of people and programs that change what a row means: each file has the figures that a person computed from it, or its rows
// are refused with the reason that a person needs. Amounts are in minor units.
import { describe, expect, it } from "vitest";
import { dryRunOf } from "../support/layouts.ts";
import { newShop } from "../support/shops.ts";

type Habit = {
  what: string;
  file: string;
  currency?: string;
  expected: { sales: number; refunds: number; revenue: number };
  /** What the reasons of rejected rows contain. */
  rejects?: string[];
  /** What the reasons of skipped rows contain. */
  skipped?: string[];
};

const IN_SPANISH = "Factura;Fecha;Codigo;Articulo;Cantidad;Precio;Importe\n";
const IN_ENGLISH = "Order ID,Date,SKU,Item,Quantity,Price";
const one = { sales: 1, refunds: 0, revenue: 1250 };
const none = { sales: 0, refunds: 0, revenue: 0 };
const undone = { sales: 1, refunds: 1, revenue: 0 };

const HABITS: Record<string, Habit[]> = {
  "the sign of an amount": [
    {
      what: "is only in the total",
      file: `${IN_SPANISH}F-1;13/04/2026;A;Taza;1;12,50;12,50\nF-2;13/04/2026;A;Taza;1;12,50;-12,50\n`,
      expected: undone,
    },
    {
      what: "is in quantity, price and total",
      file: `${IN_SPANISH}F-1;13/04/2026;A;Taza;1;12,50;12,50\nF-2;13/04/2026;A;Taza;-1;-12,50;-12,50\n`,
      expected: undone,
    },
    {
      what: "is in quantity and price, and there is no total",
      file: `${IN_ENGLISH}\n1,2026-04-13,A,Mug,1,12.50\n2,2026-04-13,A,Mug,-1,-12.50\n`,
      expected: one,
      rejects: ["are both negative"],
    },
    {
      what: "contradicts that of the price",
      file: `${IN_SPANISH}F-1;13/04/2026;A;Taza;1;-12,50;12,50\n`,
      expected: none,
      rejects: ["Cantidad and Precio make -12.50"],
    },
    {
      what: "differs within an exchange, whose goods were returned first",
      file: `${IN_SPANISH}F-1;13/04/2026;A;Taza;-1;12,50;-12,50\nF-1;13/04/2026;B;Sofa;1;50,00;50,00\n`,
      expected: { sales: 1, refunds: 0, revenue: 3750 },
    },
    {
      what: "is that of a voucher before the goods",
      file: `${IN_ENGLISH}\n1,2026-04-13,V,Voucher,1,-5.00\n1,2026-04-13,A,Mug,2,12.50\n`,
      expected: { sales: 1, refunds: 0, revenue: 2000 },
    },
  ],
  "another currency": [
    ...[
      ["a dollar", "$12.50", "Price is in $"],
      ["a US dollar", "US$12.50", "Price is in USD"],
      ["a shekel", "₪12.50", "Price is in ILS"],
      ["kroner", "12.50 kr", "Price is in kr"],
    ].map(([what = "", price = "", reason = ""]) => ({
      what: `is the sign of ${what}`,
      file: `${IN_ENGLISH}\n1,2026-04-13,A,Mug,1,${price}\n`,
      expected: none,
      rejects: [reason],
    })),
    {
      what: "is in the header",
      file: `${IN_ENGLISH} ($)\n1,2026-04-13,A,Mug,1,12.50\n`,
      expected: none,
      rejects: ["Price ($) is in $"],
    },
    {
      what: "is none where the shop has it: reais",
      currency: "BRL",
      file: "Pedido;Data;Produto;Quantidade;Valor unitário\n1;13/04/2026;Caneca;2;R$ 1.012,50\n",
      expected: { sales: 1, refunds: 0, revenue: 202_500 },
    },
    {
      what: "is none where the shop has it: hundreds of thousands of rupees",
      currency: "INR",
      file: `${IN_ENGLISH}\n1,2026-04-13,A,Sofa,1,"₹1,25,000.00"\n`,
      expected: { sales: 1, refunds: 0, revenue: 12_500_000 },
    },
    {
      what: "is none where the shop has it: kronor",
      currency: "SEK",
      file: "Order ID;Date;Item;Quantity;Price\n1;13.04.2026;Mug;1;1 012,50 kr\n",
      expected: { sales: 1, refunds: 0, revenue: 101_250 },
    },
  ],
  "a row that is no sale": [
    ...[
      ["Receipt number,Type", "Sale", "Refund", "Date,Item,Quantity,Price", "2026-04-13,Mug,1,12.50"],
      [
        "Ticket,Tipo documento",
        "Factura",
        "Abono",
        "Fecha,Articulo,Cantidad,Precio",
        "2026-04-13,Taza,1,12.50",
      ],
      [
        "Belegnummer,Belegart",
        "Rechnung",
        "Gutschrift",
        "Datum,Artikel,Menge,Preis",
        "2026-04-13,Tasse,1,12.50",
      ],
      ["Order ID,Status", "Paid", "Refund issued", "Date,Item,Quantity,Price", "2026-04-13,Mug,1,12.50"],
    ].map(([start = "", sale = "", refund = "", rest = "", row = ""]) => ({
      what: `is a ${refund} without a sign`,
      file: `${start},${rest}\n1,${sale},${row}\n2,${refund},${row}\n`,
      expected: one,
      rejects: [`is ${refund}: say in the mapping`],
    })),
    {
      what: "has the status of a payment that is due",
      file: `${IN_ENGLISH},Status\n1,2026-04-13,A,Mug,1,12.50,Completed\n2,2026-04-13,A,Mug,1,12.50,Pending payment\n`,
      expected: one,
      rejects: ["say in the mapping whether such rows are sales"],
    },
    {
      what: "is cancelled, in more words than one",
      file: `${IN_ENGLISH},Status\n1,2026-04-13,A,Mug,1,12.50,Completed\n2,2026-04-13,A,Mug,1,12.50,Cancelled by customer\n`,
      expected: one,
      skipped: ["Status is Cancelled by customer"],
    },
    ...[
      ["Anulado", "N", "S"],
      ["Storno", "", "ja"],
      ["Voided", "FALSE", "TRUE"],
    ].map(([column = "", no = "", yes = ""]) => ({
      what: `is cancelled by a column of its own, ${column}`,
      file: `${IN_ENGLISH},${column}\n1,2026-04-13,A,Mug,1,12.50,${no}\n2,2026-04-13,A,Mug,1,12.50,${yes}\n`,
      expected: one,
      skipped: [`${column} is ${yes}`],
    })),
    ...["Refunded Amount", "Returned Quantity"].map((column) => ({
      what: `was refunded, as its column ${column} says`,
      file: `${IN_ENGLISH},${column}\n1,2026-04-13,A,Mug,1,12.50,0\n2,2026-04-13,A,Mug,1,12.50,1\n`,
      expected: one,
      rejects: [`${column} says that the row was refunded`],
    })),
    {
      what: "is a refund by its status and its sign",
      file: `${IN_ENGLISH},Status\n1,2026-04-13,A,Mug,1,12.50,Completed\n2,2026-04-13,A,Mug,-1,12.50,Refunded\n`,
      expected: undone,
    },
    {
      what: "is a subtotal or total",
      file: "Ticket;Fecha;Articulo;Cantidad;Importe\n1;13/04/2026;Taza;1;12,50\n1;13/04/2026;Plato;2;10,00\n1;13/04/2026;Subtotal;3;22,50\n2;14/04/2026;Taza;1;12,50\n2;14/04/2026;Total ticket;1;12,50\nTOTAL;;;4;35,00\n",
      expected: { sales: 2, refunds: 0, revenue: 3500 },
      skipped: ["the row is a total: Subtotal"],
    },
    {
      what: "is the header again",
      file: `${IN_SPANISH}F-1;13/04/2026;A;Taza;1;12,50;12,50\n${IN_SPANISH}`,
      expected: one,
      skipped: ["the row repeats the header"],
    },
  ],
  "a cell": [
    {
      what: "was merged with those below it, so the numbers of further lines are empty",
      file: `${IN_SPANISH}F-1;13/04/2026;A;Taza;1;10,00;10,00\n;;B;Plato;1;10,00;10,00\nF-2;14/04/2026;A;Taza;1;12,50;12,50\n`,
      expected: one,
      rejects: ["Factura is empty", "held: another row of the invoice was rejected"],
    },
    {
      what: "has an error of the spreadsheet instead of a code",
      file: `${IN_SPANISH}F-1;13/04/2026;#REF!;Taza;1;12,50;12,50\nF-2;13/04/2026;#¡REF!;Plato;1;12,50;12,50\n`,
      expected: none,
      rejects: ["Codigo is an error of the spreadsheet"],
    },
    {
      what: "has the time that a column of its own has too",
      file: "Ticket;Fecha;Hora;Articulo;Cantidad;Precio\n1;13/04/2026 10:15:00;10:15;Taza;1;12,50\n",
      expected: one,
    },
    {
      what: "of a number is as long as a book",
      file: `${IN_ENGLISH}\n1,2026-04-13,A,Mug,1,12.50\n2,2026-04-13,A,Mug,1,"${"1 . ".repeat(15_000)}x"\n`,
      expected: one,
      rejects: ["Price is not a number"],
    },
  ],
  "a discount": [
    {
      what: "is more than its row",
      file: `${IN_ENGLISH},Discount\n1,2026-04-13,A,Mug,1,5.00,10\n`,
      expected: none,
      rejects: ["Discount is more than the amount of the row, 5.00"],
    },
    {
      what: "is a percentage as its total shows",
      file: `Ticket;Fecha;Articulo;Cantidad;Precio;Dto;Importe\n1;13/04/2026;Sofa;1;500,00;10;450,00\n`,
      expected: { sales: 1, refunds: 0, revenue: 45_000 },
    },
    {
      what: "may be a percentage, and no total shows it",
      file: "Ticket;Fecha;Articulo;Cantidad;Precio;Dto\n1;13/04/2026;Sofa;1;500,00;10\n",
      expected: none,
      rejects: ["Dto may be an amount or a percentage"],
    },
    {
      what: "may be in the amount, and no price shows it",
      file: "Ticket,Date,Item,Quantity,Gross,Discount,Net\n1,2026-04-13,Mug,1,12.50,2.50,10.00\n",
      expected: none,
      rejects: ["before or after Discount"],
    },
  ],
};

describe.each(Object.entries(HABITS))("%s", (_, habits) => {
  it.each(habits)("$what", async ({ file, currency = "EUR", expected, rejects = [], skipped = [] }) => {
    const shop = await newShop({ currency, timezone: "UTC" });
    const { status, body, text } = await dryRunOf(shop, file);
    expect(status, text).toBe(200);
    expect(body, text).toMatchObject(expected);
    const reasonsOf = (all: { reason: string }[]): string[] => all.map(({ reason }) => reason);
    expect(reasonsOf(body.rejects), text).toEqual(rejects.map((part) => expect.stringContaining(part)));
    expect(reasonsOf(body.skipped), text).toEqual(skipped.map((part) => expect.stringContaining(part)));
  });
});

describe("a file that cannot be understood", () => {
  it("may have its years of two digits first", async () => {
    const shop = await newShop({ currency: "EUR", timezone: "UTC" });
    const rows = ["03", "13", "21"].map((day, at) => `${at},26-04-${day},A,Mug,1,12.50\n`);
    const file = `${IN_ENGLISH}\n${rows.join("")}`;
    const { status, body } = await dryRunOf(shop, file);
    expect([status, body.type, body.parameter]).toEqual([422, "/problems/ambiguous-format", "dates"]);
    expect((await dryRunOf(shop, file, "sales", "&dates=ymd")).body).toMatchObject({
      first_day: "2026-04-03",
      last_day: "2026-04-21",
    });
  });

  it("is a statement of payments with fees, unless the mapping names its amount", async () => {
    const shop = await newShop({ currency: "USD", timezone: "UTC" });
    const file =
      "date/time,type,order id,sku,description,quantity,product sales,selling fees,total\n2026-04-13,Order,1,MUG,Mug,1,20.00,-5.50,14.50\n";
    const { status, body } = await dryRunOf(shop, file);
    expect([status, body.detail]).toEqual([422, expect.stringContaining("The file has fees (selling fees)")]);
    const mapping = encodeURIComponent(JSON.stringify({ Amount: "product sales" }));
    expect((await dryRunOf(shop, file, "sales", `&mapping=${mapping}`)).body).toMatchObject({
      revenue: 2000,
    });
  });
});

it("customers and countries called None are none", async () => {
  const shop = await newShop({ currency: "EUR", timezone: "UTC" });
  const file = `${IN_ENGLISH},Customer,Country\n1,2026-04-13,A,Mug,1,12.50,None,None\n`;
  expect((await dryRunOf(shop, file)).body).toMatchObject({ ...one, new_customers: 0 });
});

it("products in another currency are rejected, and the price with tax is the price", async () => {
  const shop = await newShop({ currency: "EUR", timezone: "UTC" });
  const { body } = await dryRunOf(shop, "sku,title,price\nA,Mug,$12.50\n", "products");
  expect(body.rejects[0].reason).toContain("price is in $");
  const both = "Referencia;Nombre;Precio;Precio con IVA\nA;Taza;10,00;12,10\n";
  expect((await dryRunOf(shop, both, "products")).body.mapping).toMatchObject({ price: "Precio con IVA" });
});
