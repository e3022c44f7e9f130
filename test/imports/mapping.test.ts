import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { newShop, type Shop } from "../support/shops.ts";

const dryRun = (shop: Shop, raw: string, query: Record<string, string> = {}) =>
  call(
    "POST",
    `${API}/imports?${new URLSearchParams({ kind: "sales", dry_run: "true", ...query }).toString()}`,
    {
      token: shop.admin.token,
      raw,
      headers: { "content-type": "text/csv" },
    },
  );

const mapping = (value: unknown) => ({ mapping: JSON.stringify(value) });

it("a file of another program that has neither dates nor prices says so", async () => {
  const { status, body } = await dryRun(
    await newShop(),
    "order_id,product_id,add_to_cart_order,reordered\n1,A,1,0\n",
  );
  expect([status, body.type]).toEqual([422, "/problems/missing-columns"]);
  expect(body.detail).toContain("have neither a date nor a price");
});

describe("columns with unknown names", () => {
  const file =
    "Bon;Wann;Was;Wieviel;Kosten\n1;03.04.2026;Brot;2;3,20\n2;04.04.2026;Milch;1;1,10\nR3;05.04.2026;Brot;1;3,20\n4;05.04.2026;Ei;1;0,30\n";

  it("are refused with the columns, a proposal and three rows", async () => {
    const { status, body } = await dryRun(await newShop(), file);
    expect(status).toBe(422);
    expect(body).toMatchObject({
      type: "/problems/missing-columns",
      columns: ["Bon", "Wann", "Was", "Wieviel", "Kosten"],
      proposal: { InvoiceNo: "Bon" },
      sample: [
        ["1", "03.04.2026", "Brot", "2", "3,20"],
        ["2", "04.04.2026", "Milch", "1", "1,10"],
        ["R3", "05.04.2026", "Brot", "1", "3,20"],
      ],
    });
    expect(body.detail).toBe(
      "No column was found for StockCode or Barcode or Description; Quantity; InvoiceDate; UnitPrice or Amount. Name them in the header, or say in `mapping` which columns they are.",
    );
    expect(body.errors[0].detail).toContain("is missing");
  });

  it("are what the mapping says, by the names of fields in any language", async () => {
    const shop = await newShop();
    for (const columns of [
      { InvoiceNo: "Bon", InvoiceDate: "Wann", Description: "Was", Quantity: "Wieviel", UnitPrice: "Kosten" },
      { invoice: "BON", date: "wann", product: "was", qty: "wieviel", price: "kosten" },
    ]) {
      const { status, body, text } = await dryRun(shop, file, mapping(columns));
      expect(status, text).toBe(200);
      expect(body).toMatchObject({ sales: 4, refunds: 0, revenue: 640 + 110 + 320 + 30, new_products: 3 });
      expect(body.mapping).toMatchObject({ InvoiceNo: "Bon", UnitPrice: "Kosten" });
    }
  });

  it("are refused with what is wrong in the mapping", async () => {
    const shop = await newShop();
    const { status, body } = await dryRun(
      shop,
      file,
      mapping({ columns: {}, rules: { refund: "letter C" } }),
    );
    expect(status).toBe(422);
    expect(body.errors).toEqual([
      { pointer: "#/query/mapping", detail: expect.stringMatching(/^rules\.refund: Invalid option/) },
    ]);
    const { body: other } = await dryRun(shop, file, mapping({ InvoiceNo: 1 }));
    expect(other.errors[0].detail).toMatch(/^must be the name of a saved mapping/);
  });

  it("have constants, and rules of refunds", async () => {
    const { body } = await dryRun(
      await newShop(),
      file,
      mapping({
        columns: { InvoiceDate: "Wann", Description: "Was", UnitPrice: "Kosten" },
        constants: { Quantity: "1" },
        rules: { refund_prefixes: ["R"] },
      }),
    );
    expect(body).toMatchObject({ sales: 3, refunds: 1, revenue: 320 + 110 - 320 + 30 });
  });

  it("are refused where the mapping names a column or field that does not exist, or is not JSON", async () => {
    const shop = await newShop();
    const absent = await dryRun(shop, file, mapping({ InvoiceNo: "Nummer" }));
    expect(absent.body.detail).toContain("no column Nummer");
    for (const query of [
      mapping({ Colour: "Was" }),
      { mapping: "InvoiceNo=Bon" },
      mapping({ rules: { refund: "x" } }),
    ])
      expect((await dryRun(shop, file, query)).body).toMatchObject({ type: "/problems/invalid" });
  });
});

describe("formats that a file leaves open", () => {
  const file = "Factura;Código;Cantidad;Fecha;Precio\n1;A;1;03/04/2026;1.250\n2;A;1;05/04/2026;2.000\n";

  it("are asked for one by one, with the choices", async () => {
    const shop = await newShop();
    const dates = await dryRun(shop, file);
    expect(dates.status).toBe(422);
    expect(dates.body).toMatchObject({
      type: "/problems/ambiguous-format",
      parameter: "dates",
      choices: [{ value: "dmy" }, { value: "mdy" }],
      examples: ["03/04/2026", "05/04/2026"],
    });
    const decimal = await dryRun(shop, file, { dates: "dmy" });
    expect(decimal.body).toMatchObject({
      parameter: "decimal",
      choices: [{ value: "comma" }, { value: "point" }],
    });
    const done = await dryRun(shop, file, { dates: "dmy", decimal: "comma" });
    expect(done.body).toMatchObject({ revenue: 325_000, first_day: "2026-04-03", last_day: "2026-04-05" });
    const other = await dryRun(shop, file, { dates: "mdy", decimal: "point" });
    expect(other.body).toMatchObject({ revenue: 325, first_day: "2026-03-04", last_day: "2026-05-04" });
  });

  it("are asked for where cells contradict each other", async () => {
    const both = `${file}3;A;1;25/04/2026;1,50\n4;A;1;04/25/2026;1.50\n`;
    expect((await dryRun(await newShop(), both)).body).toMatchObject({ parameter: "dates" });
  });

  it("are settled by any cell of the whole file, however late", async () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => `${at + 3};A;1;03/04/2026;1.250\n`).join("");
    const { status, body } = await dryRun(await newShop(), `${file}${rows}x;A;1;30/04/2026;1,50\n`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      sales: 20_003,
      revenue: 20_001 * 125_000 + 200_000 + 150,
      formats: { dates: "dmy", decimal: "comma" },
      last_day: "2026-04-30",
    });
  });
});

describe("amounts that do not fit each other", () => {
  it("are rejected", async () => {
    const file =
      "Order;SKU;Qty;Date;Price;Total\n1;A;2;2026-04-03;10,00;20,00\n2;A;2;2026-04-03;10,00;24,20\n";
    const { body } = await dryRun(await newShop(), file);
    expect(body).toMatchObject({
      sales: 1,
      rejects: [{ reason: "Total is 24,20, but Qty and Price make 20.00", count: 1 }],
    });
  });

  it("are of a status that says nothing about their sign", async () => {
    const file =
      "Order;SKU;Qty;Date;Price;Status\n1;A;1;2026-04-03;10,00;paid\n2;A;1;2026-04-03;10,00;Devuelto\n3;A;1;2026-04-03;10,00;Anulado\n";
    const shop = await newShop();
    const { body } = await dryRun(shop, file);
    expect(body).toMatchObject({ sales: 1, rows_rejected: 1, rows_skipped: 1 });
    expect(body.rejects[0].reason).toContain("refund_statuses");
    const mapped = await dryRun(shop, file, mapping({ rules: { refund_statuses: ["devuelto"] } }));
    expect(mapped.body).toMatchObject({ sales: 1, refunds: 1, revenue: 0 });
  });
});
