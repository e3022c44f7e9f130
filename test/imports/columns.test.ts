// Which column of a file is which field.
import { describe, expect, it } from "vitest";
import { NO_MAPPING, parseMapping } from "../../src/imports/mapping/caller.ts";
import { countKnown, resolveColumns, sampleOf } from "../../src/imports/mapping/resolve.ts";

describe("the columns of a file", () => {
  const columnsOf = (
    header: string,
    columns: Record<string, string | null> = {},
    kind: "sales" | "products" = "sales",
  ) => {
    const names = header.split(",");
    const resolved = resolveColumns(kind, names, [], ",", { ...NO_MAPPING, columns });
    return Object.fromEntries([...resolved.columns].map(([field, at]) => [field, names[at]]));
  };
  const goods = "Order No,SKU,Qty,Date";
  const found = { InvoiceNo: "Order No", StockCode: "SKU", Quantity: "Qty", InvoiceDate: "Date" };

  it("are known by a layout of another program only for its kind", () => {
    const header = ["order_id", "product_id", "add_to_cart_order", "reordered"];
    expect([countKnown("sales", header, NO_MAPPING), countKnown("products", header, NO_MAPPING)]).toEqual([
      4, 0,
    ]);
    const mapping = { ...NO_MAPPING, columns: { sku: "reordered", title: null, price: "cents" } };
    expect(countKnown("products", header, mapping)).toBe(3);
  });

  it("are refused with the reason of a layout only for its kind, and without a mapping", () => {
    const header = "order_id,product_id,add_to_cart_order,reordered";
    expect(() => columnsOf(header)).toThrow("have neither a date nor a price");
    expect(() => columnsOf(header, {}, "products")).toThrow("No column was found for");
    expect(() => columnsOf(header, { StockCode: "product_id" })).toThrow("No column was found for");
  });

  it("are fields by their own names before those that have other names", () => {
    expect(columnsOf(`${goods},Price,UnitPrice`)).toEqual({ ...found, UnitPrice: "UnitPrice" });
    expect(columnsOf(`${goods},Price,Customer,CustomerEmail`)).toEqual({
      ...found,
      UnitPrice: "Price",
      CustomerID: "Customer",
      CustomerEmail: "CustomerEmail",
    });
  });

  it.each([
    "InvoiceNo=Nº Factura,StockCode=Código artículo,Description=Descripción,Quantity=Cantidad,InvoiceDate=Fecha factura,UnitPrice=Precio unitario,CustomerID=Código cliente,Country=País,Seller=Vendedor,PaymentMethod=Forma de pago,TaxRate=Tipo IVA",
    "InvoiceNo=Ticket,StockCode=Referencia,Description=Concepto,Quantity=Uds.,InvoiceDate=Fecha,Time=Hora,UnitPrice=PVP,CustomerID=Nombre cliente,Seller=Dependiente,PaymentMethod=Medio de pago,Discount=Dto. %",
    "InvoiceNo=Num. pedido,StockCode=Cód. producto,Description=Nombre del artículo,Quantity=Unidades,InvoiceDate=Fecha de venta,Amount=Importe total,Currency=Moneda",
    "InvoiceNo=Rechnungsnummer,StockCode=Artikelnr.,Description=Bezeichnung,Quantity=Menge,InvoiceDate=Rechnungsdatum,UnitPrice=Einzelpreis,CustomerID=Kundennummer,Country=Land,Seller=Verkäufer,PaymentMethod=Zahlungsart,TaxRate=MwSt %",
    "InvoiceNo=Bonnr.,StockCode=Artikelnummer,Description=Artikelbezeichnung,Quantity=Anzahl,InvoiceDate=Datum,Time=Uhrzeit,UnitPrice=VK-Preis,Seller=Kassierer,PaymentMethod=Zahlungsmittel,Discount=Rabatt",
    "InvoiceNo=Bestellnr.,StockCode=Art.-Nr.,Description=Produktname,Quantity=Stück,InvoiceDate=Bestelldatum,Amount=Gesamtpreis,CustomerID=Kunde,Currency=Währung",
    "InvoiceNo=Numéro de facture,StockCode=Réf. article,Description=Désignation,Quantity=Qté,InvoiceDate=Date facture,UnitPrice=Prix unitaire,CustomerID=Code client,Country=Pays,Seller=Vendeur,PaymentMethod=Mode de paiement,TaxRate=Taux TVA",
    "InvoiceNo=N° commande,StockCode=Code produit,Description=Libellé,Quantity=Quantité,InvoiceDate=Date de commande,Time=Heure,Amount=Montant TTC,CustomerID=Nom client,Discount=Remise",
    "InvoiceNo=Número da venda,StockCode=Código do produto,Description=Descrição,Quantity=Qtde,InvoiceDate=Data da venda,UnitPrice=Preço unitário,CustomerID=Nome do cliente,Seller=Atendente,PaymentMethod=Forma de pagamento,Discount=Desconto",
    "InvoiceNo=Receipt No.,Barcode=EAN,Description=Item name,Quantity=Qty,InvoiceDate=Created at,UnitPrice=Price each,CustomerID=Buyer,Country=Ship country,Seller=Cashier,PaymentMethod=Tender,Status=Order status",
  ])("are known by names of their own language: %s", (header) => {
    const pairs = header.split(",").map((pair) => pair.split("="));
    expect(columnsOf(pairs.map(([, name]) => name).join(","))).toEqual(Object.fromEntries(pairs));
  });

  it("of a statement with fees are refused, unless something says what the amount is", () => {
    const statement = `${goods},Line total`;
    expect(() => columnsOf(`${statement},Fee`)).toThrow("The file has fees (Fee)");
    for (const fees of ["Card fees", "Number of fees", "Fee EUR", "Fee total", "Fee description"])
      expect(() => columnsOf(`${statement},${fees}`)).toThrow(`The file has fees (${fees})`);
    for (const other of ["Note", "Feedback", "Coffee"])
      expect(columnsOf(`${statement},${other}`), other).toEqual({ ...found, Amount: "Line total" });
    expect(columnsOf(`${goods},Price,Fee`)).toEqual({ ...found, UnitPrice: "Price" });
    expect(columnsOf(`${statement},Fee`, { Amount: "Line total" })).toEqual({
      ...found,
      Amount: "Line total",
    });
    expect(columnsOf(`${statement},Fee`, { UnitPrice: "Line total" })).toEqual({
      ...found,
      UnitPrice: "Line total",
    });
    expect(columnsOf(`${statement},Fee`, { UnitPrice: null })).toEqual({ ...found, Amount: "Line total" });
    expect(columnsOf("SKU,Name,Regular,Fee", { RegularPrice: "Regular" }, "products")).toEqual({
      sku: "SKU",
      title: "Name",
      RegularPrice: "Regular",
    });
  });

  it("of this API are named where a file has the first three and lacks others", () => {
    const partial = "InvoiceNo,StockCode,UnitPrice,Quantity,Date";
    expect(() => columnsOf(partial)).toThrow(
      "No column was found for Description; InvoiceDate; CustomerID; Country.",
    );
    expect(() => columnsOf(partial, { InvoiceDate: "Date" })).toThrow("No column was found for Description");
    const others = { Description: "Note", InvoiceDate: "Date", CustomerID: "Who", Country: "Where" };
    expect(columnsOf(`${partial},Note,Who,Where`, others)).toMatchObject(others);
  });

  it("have taxes only beside a rate, or a price and a total that show whether these include them", () => {
    expect(columnsOf(`${goods},Price,IVA`)).toEqual({ ...found, UnitPrice: "Price" });
    expect(columnsOf(`${goods},Line total,IVA`)).toEqual({ ...found, Amount: "Line total" });
    expect(columnsOf(`${goods},Price,Line total,IVA`)).toEqual({
      ...found,
      UnitPrice: "Price",
      Amount: "Line total",
      Tax: "IVA",
    });
    expect(columnsOf(`${goods},Price,IVA,Tax rate`)).toEqual({
      ...found,
      UnitPrice: "Price",
      Tax: "IVA",
      TaxRate: "Tax rate",
    });
  });

  it("are those of the mapping, and of no other field that it does not name", () => {
    expect(columnsOf(`${goods},Price`, { Barcode: "SKU" })).toEqual({
      InvoiceNo: "Order No",
      Barcode: "SKU",
      Quantity: "Qty",
      InvoiceDate: "Date",
      UnitPrice: "Price",
    });
    expect(columnsOf(`${goods},Price`, { StockCode: "SKU", Description: "SKU" })).toEqual({
      ...found,
      Description: "SKU",
      UnitPrice: "Price",
    });
    expect(columnsOf(`${goods},Price,Country`, { Country: null })).toEqual({ ...found, UnitPrice: "Price" });
  });

  it("of products have a description as the title only if nothing else is one", () => {
    expect(columnsOf("SKU,Description,Price", {}, "products")).toEqual({
      sku: "SKU",
      title: "Description",
      price: "Price",
    });
    expect(columnsOf("SKU,Name,Description,Price", {}, "products")).toEqual({
      sku: "SKU",
      title: "Name",
      description: "Description",
      price: "Price",
    });
  });

  it("that are repeated are refused only if they are used", () => {
    expect(columnsOf(`${goods},Price,Note,Note`)).toEqual({ ...found, UnitPrice: "Price" });
    expect(() => columnsOf(`${goods},Price,SKU`)).toThrow("SKU appears more than once");
  });

  it("have samples of three rows, with up to sixty characters of a cell", () => {
    const [first, ...others] = sampleOf(["x".repeat(61), "b", "c", "d"].map((cell) => [cell]));
    expect([first, others]).toEqual([["x".repeat(60)], [["b"], ["c"]]]);
  });
});

it("a mapping has up to 8,000 characters as it is sent", () => {
  const text = JSON.stringify({ InvoiceNo: "Bon" });
  expect(parseMapping("sales", text.padEnd(8000)).columns).toEqual({ InvoiceNo: "Bon" });
  expect(() => parseMapping("sales", text.padEnd(8001))).toThrow("at most 8000 characters");
});
