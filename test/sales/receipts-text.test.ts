import { beforeAll, describe, expect, it } from "vitest";
import { Receipt } from "../../src/sales/receipts/schema.ts";
import { receiptText } from "../../src/sales/receipts/text.ts";
import { changeShop, insertSale, newRate, receiptOf } from "../support/receipts.ts";
import { newShop, type Shop } from "../support/shops.ts";

describe("a receipt as text", () => {
  let shop: Shop;
  let sale: string;
  let refund: string;
  const text = async (id: string, width: number, locale: string) => {
    await changeShop(shop, { locale });
    const answer = await receiptOf(shop, id, `format=text&width=${width}`);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=UTF-8");
    return answer.text;
  };

  beforeAll(async () => {
    shop = await newShop({ name: "Librería Sol" });
    await changeShop(shop, {
      legal_name: "Librería Sol, S. L.",
      tax_id: "B12345678",
      address: JSON.stringify({
        lines: ["Calle Mayor 1, 2.º B"],
        city: "Madrid",
        postal_code: "28013",
        country: "ES",
      }),
      phone: "+34 910 000 000",
      receipt_header: "Libros nuevos y de ocasión",
      receipt_footer: "Gracias por su visita.\nCambios en 15 días con este recibo.",
      payment_methods: JSON.stringify([{ method: "bizum", name: "Bizum" }]),
    });
    const books = await newRate(shop, "IVA superreducido", 4000);
    const others = await newRate(shop, "IVA 21 %", 21_000);
    const exempt = await newRate(shop, "Formación", 0);
    sale = await insertSale(shop, {
      fields: { number: 123, rounding: -1, discount_reason: "cliente habitual" },
      lines: [
        { description: "Cuaderno del olivar", quantity: 2000, price: 750, rate: others },
        {
          description: "Historia de la navegación por el Mediterráneo occidental en la Edad Media",
          price: 2400,
          list: 2500,
          discount: 200,
          discount_reason: "cubierta rozada",
          rate: books,
        },
        { description: "Caramelos", quantity: 335, unit: "kg", price: 1290, rate: others },
        { description: "Taller de lectura", price: 1000, rate: exempt },
        { description: "Vale regalo", price: 1500 },
      ],
      payments: [
        { method: "bizum", amount: 3000 },
        { method: "cash", amount: 3631, tendered: 5000 },
      ],
    });
    refund = await insertSale(shop, {
      fields: {
        kind: "refund",
        refund_of: sale,
        number: 45,
        reason: "hoja rota",
        placed_at: "2026-11-23T09:05:00.000Z",
      },
      lines: [{ description: "Cuaderno del olivar", quantity: -1000, price: 750, rate: others }],
      payments: [{ method: "cash" }],
    });
  });

  it("has 32 columns in Spanish", async () => {
    expect(await text(sale, 32, "es-ES")).toMatchInlineSnapshot(`
      "          Librería Sol
            Librería Sol, S. L.
           Id. fiscal: B12345678
            Calle Mayor 1, 2.º B
                28013 Madrid
              +34 910 000 000
         Libros nuevos y de ocasión
      --------------------------------
              Recibo C-000123
      22/11/2026, 12:34
      Le atendió: First
      --------------------------------
      Cuaderno del olivar
        2 x 7,50               15,00 A
      Historia de la navegación por el
      Mediterráneo occidental en la
      Edad Media
        1 x 24,00              24,00
        Precio habitual 25,00
        Descuento (cubierta rozada,
        cliente habitual)      -2,00
                               22,00 B
      Caramelos
        0,335 kg x 12,90/kg     4,32 A
      Taller de lectura
        1 x 10,00              10,00 C
      Vale regalo
        1 x 15,00              15,00 D
      --------------------------------
      TOTAL                    66,32 €
      Redondeo                   -0,01
      A pagar                  66,31 €
      Descuentos incluidos        2,00
      --------------------------------
              Base Impuestos     Total
      A IVA 21 %
             15,97      3,35     19,32
      B IVA superreducido 4 %
             21,15      0,85     22,00
      C Formación (exento)
             10,00      0,00     10,00
      D Sin impuesto
             15,00      0,00     15,00
      --------------------------------
      Bizum                      30,00
      Efectivo                   36,31
      Entregado                  50,00
      Cambio                     13,69
      --------------------------------
      Devoluciones
      R-000045 23/11/2026        -7,50
      --------------------------------
           Gracias por su visita.
        Cambios en 15 días con este
                  recibo.
      "
    `);
  });

  it("has 42 columns in Spanish", async () => {
    expect(await text(sale, 42, "es-ES")).toMatchInlineSnapshot(`
      "               Librería Sol
                 Librería Sol, S. L.
                Id. fiscal: B12345678
                 Calle Mayor 1, 2.º B
                     28013 Madrid
                   +34 910 000 000
              Libros nuevos y de ocasión
      ------------------------------------------
                   Recibo C-000123
      22/11/2026, 12:34
      Le atendió: First
      ------------------------------------------
      Cuaderno del olivar
        2 x 7,50                         15,00 A
      Historia de la navegación por el
      Mediterráneo occidental en la Edad Media
        1 x 24,00                        24,00
        Precio habitual 25,00
        Descuento (cubierta rozada, cliente
        habitual)                        -2,00
                                         22,00 B
      Caramelos
        0,335 kg x 12,90/kg               4,32 A
      Taller de lectura
        1 x 10,00                        10,00 C
      Vale regalo
        1 x 15,00                        15,00 D
      ------------------------------------------
      TOTAL                              66,32 €
      Redondeo                             -0,01
      A pagar                            66,31 €
      Descuentos incluidos                  2,00
      ------------------------------------------
                Base     Impuestos         Total
      A IVA 21 %
               15,97          3,35         19,32
      B IVA superreducido 4 %
               21,15          0,85         22,00
      C Formación (exento)
               10,00          0,00         10,00
      D Sin impuesto
               15,00          0,00         15,00
      ------------------------------------------
      Bizum                                30,00
      Efectivo                             36,31
      Entregado                            50,00
      Cambio                               13,69
      ------------------------------------------
      Devoluciones
      R-000045 23/11/2026                  -7,50
      ------------------------------------------
                Gracias por su visita.
         Cambios en 15 días con este recibo.
      "
    `);
  });

  it("has 48 columns in Spanish", async () => {
    expect(await text(sale, 48, "es-ES")).toMatchInlineSnapshot(`
      "                  Librería Sol
                    Librería Sol, S. L.
                   Id. fiscal: B12345678
                    Calle Mayor 1, 2.º B
                        28013 Madrid
                      +34 910 000 000
                 Libros nuevos y de ocasión
      ------------------------------------------------
                      Recibo C-000123
      22/11/2026, 12:34
      Le atendió: First
      ------------------------------------------------
      Cuaderno del olivar
        2 x 7,50                               15,00 A
      Historia de la navegación por el Mediterráneo
      occidental en la Edad Media
        1 x 24,00                              24,00
        Precio habitual 25,00
        Descuento (cubierta rozada, cliente
        habitual)                              -2,00
                                               22,00 B
      Caramelos
        0,335 kg x 12,90/kg                     4,32 A
      Taller de lectura
        1 x 10,00                              10,00 C
      Vale regalo
        1 x 15,00                              15,00 D
      ------------------------------------------------
      TOTAL                                    66,32 €
      Redondeo                                   -0,01
      A pagar                                  66,31 €
      Descuentos incluidos                        2,00
      ------------------------------------------------
                  Base       Impuestos           Total
      A IVA 21 %
                 15,97            3,35           19,32
      B IVA superreducido 4 %
                 21,15            0,85           22,00
      C Formación (exento)
                 10,00            0,00           10,00
      D Sin impuesto
                 15,00            0,00           15,00
      ------------------------------------------------
      Bizum                                      30,00
      Efectivo                                   36,31
      Entregado                                  50,00
      Cambio                                     13,69
      ------------------------------------------------
      Devoluciones
      R-000045 23/11/2026                        -7,50
      ------------------------------------------------
                   Gracias por su visita.
            Cambios en 15 días con este recibo.
      "
    `);
  });

  it("has 32 columns in English", async () => {
    expect(await text(sale, 32, "en-GB")).toMatchInlineSnapshot(`
      "          Librería Sol
            Librería Sol, S. L.
             Tax ID: B12345678
            Calle Mayor 1, 2.º B
                28013 Madrid
              +34 910 000 000
         Libros nuevos y de ocasión
      --------------------------------
              Receipt C-000123
      22/11/2026, 12:34
      Served by: First
      --------------------------------
      Cuaderno del olivar
        2 x 7.50               15.00 A
      Historia de la navegación por el
      Mediterráneo occidental en la
      Edad Media
        1 x 24.00              24.00
        List price 25.00
        Discount (cubierta rozada,
        cliente habitual)      -2.00
                               22.00 B
      Caramelos
        0.335 kg x 12.90/kg     4.32 A
      Taller de lectura
        1 x 10.00              10.00 C
      Vale regalo
        1 x 15.00              15.00 D
      --------------------------------
      TOTAL                     €66.32
      Rounding                   -0.01
      Amount due                €66.31
      Discounts included          2.00
      --------------------------------
               Net       Tax     Gross
      A IVA 21 %
             15.97      3.35     19.32
      B IVA superreducido 4%
             21.15      0.85     22.00
      C Formación (exempt)
             10.00      0.00     10.00
      D No tax
             15.00      0.00     15.00
      --------------------------------
      Bizum                      30.00
      Cash                       36.31
      Tendered                   50.00
      Change                     13.69
      --------------------------------
      Refunds
      R-000045 23/11/2026        -7.50
      --------------------------------
           Gracias por su visita.
        Cambios en 15 días con este
                  recibo.
      "
    `);
  });

  it("has 42 columns in English", async () => {
    expect(await text(sale, 42, "en-US")).toMatchInlineSnapshot(`
      "               Librería Sol
                 Librería Sol, S. L.
                  Tax ID: B12345678
                 Calle Mayor 1, 2.º B
                     28013 Madrid
                   +34 910 000 000
              Libros nuevos y de ocasión
      ------------------------------------------
                   Receipt C-000123
      11/22/2026, 12:34 PM
      Served by: First
      ------------------------------------------
      Cuaderno del olivar
        2 x 7.50                         15.00 A
      Historia de la navegación por el
      Mediterráneo occidental en la Edad Media
        1 x 24.00                        24.00
        List price 25.00
        Discount (cubierta rozada, cliente
        habitual)                        -2.00
                                         22.00 B
      Caramelos
        0.335 kg x 12.90/kg               4.32 A
      Taller de lectura
        1 x 10.00                        10.00 C
      Vale regalo
        1 x 15.00                        15.00 D
      ------------------------------------------
      TOTAL                               €66.32
      Rounding                             -0.01
      Amount due                          €66.31
      Discounts included                    2.00
      ------------------------------------------
                 Net           Tax         Gross
      A IVA 21 %
               15.97          3.35         19.32
      B IVA superreducido 4%
               21.15          0.85         22.00
      C Formación (exempt)
               10.00          0.00         10.00
      D No tax
               15.00          0.00         15.00
      ------------------------------------------
      Bizum                                30.00
      Cash                                 36.31
      Tendered                             50.00
      Change                               13.69
      ------------------------------------------
      Refunds
      R-000045 11/23/2026                  -7.50
      ------------------------------------------
                Gracias por su visita.
         Cambios en 15 días con este recibo.
      "
    `);
  });

  it("has 48 columns in English", async () => {
    expect(await text(sale, 48, "en-GB")).toMatchInlineSnapshot(`
      "                  Librería Sol
                    Librería Sol, S. L.
                     Tax ID: B12345678
                    Calle Mayor 1, 2.º B
                        28013 Madrid
                      +34 910 000 000
                 Libros nuevos y de ocasión
      ------------------------------------------------
                      Receipt C-000123
      22/11/2026, 12:34
      Served by: First
      ------------------------------------------------
      Cuaderno del olivar
        2 x 7.50                               15.00 A
      Historia de la navegación por el Mediterráneo
      occidental en la Edad Media
        1 x 24.00                              24.00
        List price 25.00
        Discount (cubierta rozada, cliente habitual)
                                               -2.00
                                               22.00 B
      Caramelos
        0.335 kg x 12.90/kg                     4.32 A
      Taller de lectura
        1 x 10.00                              10.00 C
      Vale regalo
        1 x 15.00                              15.00 D
      ------------------------------------------------
      TOTAL                                     €66.32
      Rounding                                   -0.01
      Amount due                                €66.31
      Discounts included                          2.00
      ------------------------------------------------
                   Net             Tax           Gross
      A IVA 21 %
                 15.97            3.35           19.32
      B IVA superreducido 4%
                 21.15            0.85           22.00
      C Formación (exempt)
                 10.00            0.00           10.00
      D No tax
                 15.00            0.00           15.00
      ------------------------------------------------
      Bizum                                      30.00
      Cash                                       36.31
      Tendered                                   50.00
      Change                                     13.69
      ------------------------------------------------
      Refunds
      R-000045 23/11/2026                        -7.50
      ------------------------------------------------
                   Gracias por su visita.
            Cambios en 15 días con este recibo.
      "
    `);
  });

  it("of a refund names the refunded sale and the reason", async () => {
    expect(await text(refund, 32, "es-ES")).toMatchInlineSnapshot(`
      "          Librería Sol
            Librería Sol, S. L.
           Id. fiscal: B12345678
            Calle Mayor 1, 2.º B
                28013 Madrid
              +34 910 000 000
         Libros nuevos y de ocasión
      --------------------------------
            Devolución R-000045
      23/11/2026, 10:05
      Devolución de: C-000123
      Motivo: hoja rota
      Le atendió: First
      --------------------------------
      Cuaderno del olivar
        -1 x 7,50              -7,50 A
      --------------------------------
      TOTAL                    -7,50 €
      --------------------------------
              Base Impuestos     Total
      A IVA 21 %
             -6,20     -1,30     -7,50
      --------------------------------
      Efectivo                   -7,50
      --------------------------------
           Gracias por su visita.
        Cambios en 15 días con este
                  recibo.
      "
    `);
  });

  it("has the texts of each language", async () => {
    const firsts: string[] = [];
    for (const locale of ["es", "en", "de-DE", "fr-FR", "pt-BR", "it-IT", "ca-ES"]) {
      const [, title = ""] = (await text(refund, 48, locale)).split(`${"-".repeat(48)}\n`);
      firsts.push(title.trim().split("\n").slice(0, 4).join("; "));
    }
    expect(firsts).toMatchInlineSnapshot(`
      [
        "Devolución R-000045; 23/11/2026, 10:05; Devolución de: C-000123; Motivo: hoja rota",
        "Refund R-000045; 11/23/2026, 10:05 AM; Refund of: C-000123; Reason: hoja rota",
        "Rückerstattung R-000045; 23.11.2026, 10:05; Rückerstattung zu: C-000123; Grund: hoja rota",
        "Remboursement R-000045; 23/11/2026 10:05; Remboursement de: C-000123; Motif: hoja rota",
        "Devolução R-000045; 23/11/2026, 10:05; Devolução de: C-000123; Motivo: hoja rota",
        "Rimborso R-000045; 23/11/2026, 10:05; Rimborso di: C-000123; Motivo: hoja rota",
        "Devolució R-000045; 23/11/2026 10:05; Devolució de: C-000123; Motiu: hoja rota",
      ]
    `);
  });

  it("has English texts and formats in a language without texts", async () => {
    expect(await text(refund, 32, "ar-EG")).toContain("Refund of: C-000123");
    expect(await text(refund, 32, "ar-EG")).toContain("-€7.50");
    expect(await text(refund, 32, "eo")).toContain("-€7.50");
  });
});

it("a label and its amount are on one line of the receipt if a space fits between them", async () => {
  const shop = await newShop();
  const [fitting, long] = ["f".repeat(26), "l".repeat(27)];
  const payment_methods = JSON.stringify([
    { method: "fitting", name: fitting },
    { method: "long", name: long },
  ]);
  await changeShop(shop, { locale: "es-ES", payment_methods });
  const id = await insertSale(shop, {
    lines: [{ description: "Taza", price: 3000 }],
    payments: [
      { method: "fitting", amount: 1500 },
      { method: "long", amount: 1500 },
    ],
  });
  const { text } = await receiptOf(shop, id, "format=text&width=32");
  expect(text.split("\n")).toEqual(expect.arrayContaining([`${fitting} 15,00`, long, "15,00".padStart(32)]));
});

it("a receipt names the shop once if its legal name is its name, or if it has none", async () => {
  const shop = await newShop({ name: "Librería Sol" });
  const id = await insertSale(shop, { lines: [{ description: "Taza", price: 3000 }] });
  const head = async (legal_name: string | null) => {
    await changeShop(shop, { legal_name });
    const { text } = await receiptOf(shop, id, "format=text&width=32");
    return text.slice(0, text.indexOf("-")).trim();
  };
  expect(await head(null)).toBe("Librería Sol");
  expect(await head("Librería Sol")).toBe("Librería Sol");
  expect(await head("Librería Sol, S. L.")).toMatch(/^Librería Sol\n +Librería Sol, S. L.$/);
});

it("a receipt has the region of the shop, unless the city has the same name", async () => {
  const shop = await newShop({ name: "Librería Sol" });
  const id = await insertSale(shop, { lines: [{ description: "Taza", price: 3000 }] });
  const head = async (region?: string) => {
    const address = { lines: ["Calle Mayor 1"], city: "Madrid", region, postal_code: "28013", country: "ES" };
    await changeShop(shop, { address: JSON.stringify(address) });
    const [first = ""] = (await receiptOf(shop, id, "format=text&width=32")).text.split("-".repeat(32));
    return first
      .trim()
      .split("\n")
      .map((line) => line.trim());
  };
  const own = ["Librería Sol", "Calle Mayor 1", "28013 Madrid"];
  expect(await head()).toEqual(own);
  expect(await head("Madrid")).toEqual(own);
  expect(await head("Comunidad de Madrid")).toEqual([...own, "Comunidad de Madrid"]);
});

it("the amounts of a rate are on one line of the receipt if they fit with spaces between them", async () => {
  const shop = await newShop();
  await changeShop(shop, { locale: "es-ES" });
  const id = await insertSale(shop, { lines: [{ description: "Taza", price: 3000 }] });
  const receipt = Receipt.parse((await receiptOf(shop, id)).body);
  const linesWith = (net: number, tax: number, gross: number) =>
    receiptText({ ...receipt, taxes: [{ mark: "A", name: null, rate: 21_000, net, tax, gross }] }, 32).split(
      "\n",
    );
  expect(linesWith(12_345_678, 1_234_567, 1_234_567)).toContain("  123.456,78 12.345,67 12.345,67");
  const tooWide: [number, number, number][] = [
    [123_456_789, 1, 1],
    [1, 12_345_678, 1],
    [1, 1, 12_345_678],
  ];
  for (const amounts of tooWide) {
    const lines = linesWith(...amounts);
    for (const [nth, name] of ["Base", "Impuestos", "Total"].entries())
      expect(lines).toContainEqual(
        expect.stringMatching(new RegExp(`^  ${name} +${amounts[nth] === 1 ? "0,01" : "[0-9.]+,(78|89)"}$`)),
      );
  }
});

it("a receipt as text has 42 columns by default", async () => {
  const shop = await newShop();
  const id = await insertSale(shop, { lines: [{ description: "Taza", price: 3000 }] });
  const [usual, wide] = [
    await receiptOf(shop, id, "format=text"),
    await receiptOf(shop, id, "format=text&width=42"),
  ];
  expect(usual.text).toBe(wide.text);
});
