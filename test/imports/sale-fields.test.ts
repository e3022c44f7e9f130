// What a file says about a sale beyond its goods: who sold it, how it was paid, its taxes, discounts, barcodes and units.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { importFile, rejectsOf, waitForImport } from "../support/imports.ts";
import { newPerson, newShop, type Shop } from "../support/shops.ts";

const linesOf = (shop: Shop) =>
  rowsOf(
    `SELECT s.external_ref AS ref, l.sku, l.quantity / 1000.0 AS quantity, l.unit, l.unit_price, l.discount, l.subtotal, l.tax,
      l.tax_rate, l.tax_rate_id IS NOT NULL AS has_rate FROM sale_lines l JOIN sales s ON s.tenant_id = l.tenant_id
      AND s.id = l.sale_id WHERE l.tenant_id = ? ORDER BY 1, l.line_no`,
    shop.tenant.id,
  );

const paymentsOf = (shop: Shop) =>
  rowsOf(
    `SELECT s.external_ref AS ref, s.payment_method, y.method, y.amount FROM sales s LEFT JOIN sale_payments y
      ON y.tenant_id = s.tenant_id AND y.sale_id = s.id WHERE s.tenant_id = ? ORDER BY 1, y.payment_no`,
    shop.tenant.id,
  );

const addRate = (shop: Shop, name: string, rate: number) =>
  call("POST", `${API}/tax-rates`, { token: shop.admin.token, json: { name, rate } });

describe("the columns of sales in five languages", () => {
  it.each([
    "Ticket;Código;Código de barras;Cantidad;Unidad de medida;Fecha;PVP;Vendedor;Forma de pago;IVA %",
    "Order No;SKU;EAN;Qty;UOM;Date;Price;Cashier;Payment Method;VAT %",
    "Belegnummer;Artikelnummer;Strichcode;Menge;Einheit;Datum;Einzelpreis;Verkäufer;Zahlungsart;MwSt.-Satz",
    "N° ticket de caisse;Référence;Code-barres;Quantité;Unité;Date;Prix unitaire;Vendeur;Mode de paiement;Taux TVA",
    "Nº recibo;Código do produto;Código de barras;Quantidade;Unidade;Data;Preço unitário;Vendedor;Forma de pagamento;Taxa de IVA",
  ])("have seller, payment, barcode, unit and tax rate: %s", async (header) => {
    const shop = await newShop({ currency: "EUR" });
    await addRate(shop, "IVA 21", 21_000);
    const done = await importFile(
      shop,
      `${header}\n101;QUESO;4006381333931;0,5;kg;3 abr 2026;12,10;${shop.admin.email};Efectivo;21\n`,
    );
    expect(done, JSON.stringify(done)).toMatchObject({
      rows_accepted: 1,
      rows_rejected: 0,
      ignored_columns: [],
    });
    expect(await linesOf(shop)).toMatchObject([
      { sku: "QUESO", quantity: 0.5, unit: "kg", subtotal: 605, tax: 105, tax_rate: 21_000, has_rate: 1 },
    ]);
    expect(await paymentsOf(shop)).toMatchObject([{ payment_method: "cash", method: "cash", amount: 605 }]);
    expect(
      await rowsOf("SELECT seller_id, tax, net, day FROM sales WHERE tenant_id = ?", shop.tenant.id),
    ).toMatchObject([{ seller_id: shop.admin.id, tax: 105, net: 500, day: "2026-04-03" }]);
    expect(
      await rowsOf("SELECT sku, barcodes, unit FROM products WHERE tenant_id = ?", shop.tenant.id),
    ).toMatchObject([{ sku: "QUESO", barcodes: '["4006381333931"]', unit: "kg" }]);
  });
});

describe("the payments of imported sales", () => {
  it("are of the methods that the file names, and none where it names none", async () => {
    const shop = await newShop({ currency: "EUR" });
    await call("PUT", `${API}/payment-methods`, {
      token: shop.admin.token,
      json: { methods: [{ method: "bizum", name: "Bizum" }] },
    });
    const file = `Order No;SKU;Qty;Date;Price;Payment method
1;A;1;2026-04-03;10,00;Tarjeta de crédito
2;A;1;2026-04-03;10,00;BIZUM
3;A;1;2026-04-03;10,00;PayPal
4;A;1;2026-04-03;10,00;
5;A;1;2026-04-03;10,00;Cash
5;B;2;2026-04-03;10,00;
6;A;1;2026-04-03;10,00;Bar
6;B;1;2026-04-03;5,00;EC-Karte
7;A;-1;2026-04-03;10,00;Überweisung
`;
    await importFile(shop, file);
    expect((await paymentsOf(shop)).map((row) => Object.values(row))).toEqual([
      ["1", "card", "card", 1000],
      ["2", "bizum", "bizum", 1000],
      ["3", "other", "other", 1000],
      ["4", null, null, null],
      ["5", "cash", "cash", 3000],
      ["6", null, "cash", 1000],
      ["6", null, "card", 500],
      ["7", "transfer", "transfer", -1000],
    ]);
  });

  it("leave the drawer of an open shift as it is, and go with the import", async () => {
    const shop = await newShop({ currency: "EUR" });
    await call("POST", `${API}/shifts/start`, { token: shop.admin.token, json: { opening_cash: 5000 } });
    const done = await importFile(
      shop,
      "Order No;SKU;Qty;Date;Price;Payment method\n1;A;1;2026-04-03;10,00;cash\n",
    );
    const { body: shift } = await call("GET", `${API}/shifts/current`, { token: shop.admin.token });
    const report = await call("GET", `${API}/shifts/${shift.id}/report`, { token: shop.admin.token });
    expect(report.body).toMatchObject({ expected_cash: 5000 });
    await call("DELETE", `${API}/imports/${done.id}`, { token: shop.admin.token });
    await expect.poll(() => paymentsOf(shop), { timeout: 20_000 }).toEqual([]);
  });
});

describe("the taxes of imported sales", () => {
  it("are in the amount, by the rate or as stated, or on top of it where price and amount show it", async () => {
    const shop = await newShop({ currency: "EUR" });
    const file = `Order No;SKU;Qty;Date;Price;Line total;Tax amount;Tax rate
1;A;2;2026-04-03;12,10;24,20;4,20;21%
2;A;2;2026-04-03;10,00;24,20;4,20;21%
3;A;2;2026-04-03;10,00;24,20;;21
4;A;2;2026-04-03;12,10;24,20;4,19;
5;A;-2;2026-04-03;12,10;-24,20;-4,20;0,21
6;A;1;2026-04-03;5,00;5,00;;exempt
`;
    const done = await importFile(shop, file);
    expect(done).toMatchObject({ rows_accepted: 6, rows_rejected: 0 });
    expect(
      (await linesOf(shop)).map(({ ref, subtotal, tax, tax_rate }) => [ref, subtotal, tax, tax_rate]),
    ).toEqual([
      ["1", 2420, 420, 21_000],
      ["2", 2420, 420, 21_000],
      ["3", 2420, 420, 21_000],
      ["4", 2420, 419, null],
      ["5", -2420, -420, 21_000],
      ["6", 500, 0, 0],
    ]);
  });

  it("are of rates by name, and a name that the shop does not have is rejected", async () => {
    const shop = await newShop({ currency: "EUR" });
    await addRate(shop, "General", 21_000);
    const file =
      "Order No;SKU;Qty;Date;Price;Tax rate\n1;A;1;2026-04-03;12,10;general\n2;A;1;2026-04-03;12,10;Reduced\n";
    const done = await importFile(shop, file);
    expect(await linesOf(shop)).toMatchObject([{ ref: "1", tax: 210, tax_rate: 21_000, has_rate: 1 }]);
    expect(await rejectsOf(shop.admin.token, done.id)).toContain(
      "Reduced is neither a percentage nor a tax rate of this shop",
    );
  });

  it("are not read from a column that may have rates or amounts, unless price and amount prove it", async () => {
    const shop = await newShop({ currency: "EUR" });
    const file = `Ticket;Código;Cantidad;Fecha;Precio;Importe;IVA
1;A;2;2026-04-03;10,00;24,20;4,20
2;A;2;2026-04-03;10,00;24,20;21
3;A;2;2026-04-03;12,10;24,20;21
`;
    await importFile(shop, file);
    expect((await linesOf(shop)).map(({ subtotal, tax }) => [subtotal, tax])).toEqual([
      [2420, 420],
      [2420, 420],
      [2420, 0],
    ]);
  });
});

describe("the discounts of imported lines", () => {
  it("are amounts, or percentages where the cell or the header says so", async () => {
    const shop = await newShop({ currency: "EUR" });
    await importFile(
      shop,
      "Order No;SKU;Qty;Date;Price;Discount\n1;A;2;2026-04-03;10,00;3,00\n2;A;1;2026-04-03;10,00;5%\n",
    );
    await importFile(shop, "Ticket;Código;Cantidad;Fecha;Precio;% Dto.\n3;A;-2;2026-04-03;10,00;10\n");
    expect(
      (await linesOf(shop)).map(({ unit_price, discount, subtotal }) => [unit_price, discount, subtotal]),
    ).toEqual([
      [1000, 300, 1700],
      [1000, 50, 950],
      [1000, -200, -1800],
    ]);
  });
});

describe("a barcode", () => {
  it("finds the product that has it, where the row has no other code", async () => {
    const shop = await newShop({ currency: "EUR" });
    await call("POST", `${API}/products`, {
      token: shop.admin.token,
      json: { sku: "TAZA", title: "Taza", price: 1000, barcodes: ["4006381333931"] },
    });
    const file = `Order No;EAN;Product;Qty;Date;Price
1;4006381333931;Mug;1;2026-04-03;10,00
2;5012345678900;Plate;1;2026-04-03;4,00
3;12;Voucher;1;2026-04-03;4,00
`;
    const done = await importFile(shop, file);
    expect(done).toMatchObject({ rows_accepted: 3 });
    expect((await linesOf(shop)).map(({ sku }) => sku)).toEqual(["TAZA", "5012345678900", "12"]);
    expect(
      await rowsOf("SELECT sku, barcodes FROM products WHERE tenant_id = ? ORDER BY 1", shop.tenant.id),
    ).toEqual([
      { sku: "12", barcodes: "[]" },
      { sku: "5012345678900", barcodes: '["5012345678900"]' },
      { sku: "TAZA", barcodes: '["4006381333931"]' },
    ]);
    expect(await importFile(shop, file)).toMatchObject({ rows_known: 3, rows_rejected: 0 });
  });
});

describe("the seller of a sale", () => {
  it("is found by name in a file of another program, and is nobody where the name is unknown", async () => {
    const shop = await newShop({ currency: "EUR" });
    const clerk = await newPerson(shop.tenant, "EMPLOYEE");
    await env.DB.prepare("UPDATE users SET first_name = 'Ana', last_name = 'Peña' WHERE id = ?")
      .bind(clerk.id)
      .run();
    const file = `Ticket;Código;Cantidad;Fecha;Precio;Vendedor
1;A;1;2026-04-03;10,00;ANA PEÑA
2;A;1;2026-04-03;10,00;María la de antes
3;A;1;2026-04-03;10,00;nobody@example.com
`;
    const done = await importFile(shop, file);
    expect(done).toMatchObject({ rows_accepted: 2, rows_rejected: 1 });
    const sales = await rowsOf(
      "SELECT external_ref, seller_id FROM sales WHERE tenant_id = ? ORDER BY 1",
      shop.tenant.id,
    );
    expect(sales.map(({ seller_id }) => seller_id)).toEqual([clerk.id, null]);
  });

  it("is nobody where several employees have the name", async () => {
    const shop = await newShop();
    const people = [];
    for (const role of ["EMPLOYEE", "ADMIN", "EMPLOYEE", "CUSTOMER"] as const)
      people.push((await newPerson(shop.tenant, role)).id);
    const [first, second, clerk, customer] = people;
    const rename = (name: string, ids: unknown[]) =>
      change(
        "UPDATE users SET first_name = ?, last_name = 'Gil' WHERE id IN (SELECT value FROM json_each(?))",
        name,
        JSON.stringify(ids),
      );
    await rename("Eva", [first, second]);
    await rename("Luz", [clerk, customer]);
    const lines = ["1,Eva Gil", "2,Luz Gil", "3,eva gil"].map((line) => `${line},A,1,2026-04-03,10.00`);
    const done = await importFile(
      shop,
      ["Ticket,Vendedor,SKU,Cantidad,Fecha,Precio", ...lines, ""].join("\n"),
    );
    expect(done).toMatchObject({ rows_accepted: 3, rows_rejected: 0 });
    expect(
      await rowsOf(
        "SELECT external_ref, seller_id FROM sales WHERE tenant_id = ? ORDER BY external_ref",
        shop.tenant.id,
      ),
    ).toEqual([
      { external_ref: "1", seller_id: null },
      { external_ref: "2", seller_id: clerk },
      { external_ref: "3", seller_id: null },
    ]);
  });
});

/** Imports a file by these rules of a mapping. */
async function importBy({ admin }: Shop, rules: Record<string, unknown>, lines: string[]) {
  const query = new URLSearchParams({ kind: "sales", mapping: JSON.stringify({ rules }) }).toString();
  const { body } = await call("POST", `${API}/imports?${query}`, {
    token: admin.token,
    raw: [...lines, ""].join("\n"),
    headers: { "content-type": "text/csv" },
  });
  const done = await waitForImport(admin.token, body.id);
  expect(done, await rejectsOf(admin.token, body.id)).toMatchObject({ rows_accepted: 2, rows_rejected: 0 });
}

it("a row that its status makes a refund gives back its tax, too", async () => {
  const shop = await newShop();
  await importBy(shop, { refund_statuses: ["refunded"], sale_statuses: ["paid"] }, [
    "Order ID,SKU,Qty,Date,Price,Amount,Tax,Status",
    "1,A,1,2026-03-02,10.00,12.10,2.10,paid",
    "2,A,1,2026-03-02,10.00,12.10,2.10,refunded",
  ]);
  expect(
    (await linesOf(shop)).map(({ ref, quantity, subtotal, tax }) => [ref, quantity, subtotal, tax]),
  ).toEqual([
    ["1", 1, 1210, 210],
    ["2", -1, -1210, -210],
  ]);
});

it("a code in brackets before a name is the SKU, where the mapping says so", async () => {
  const shop = await newShop();
  await importBy(shop, { codes_in_brackets: true }, [
    "Order ID,Description,Qty,Date,Price",
    "1,[DESK-1] Desk,1,2026-03-02,10.00",
    "2,Lamp,1,2026-03-02,5.00",
  ]);
  expect((await linesOf(shop)).map(({ sku }) => sku)).toEqual(["DESK-1", "Lamp"]);
});
