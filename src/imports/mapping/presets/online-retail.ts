import type { Preset } from "./preset.ts";

/** The second edition of Online Retail, with other names for three columns. */
export const onlineRetail2: Preset = {
  name: "online-retail-ii",
  kind: "sales",
  signature: [
    "invoice",
    "stockcode",
    "description",
    "quantity",
    "invoicedate",
    "price",
    "customerid",
    "country",
  ],
  columns: {
    InvoiceNo: "invoice",
    StockCode: "stockcode",
    Description: "description",
    Quantity: "quantity",
    InvoiceDate: "invoicedate",
    UnitPrice: "price",
    CustomerID: "customerid",
    Country: "country",
  },
  rules: { refund: "online-retail" },
  dates: "mdy",
  decimal: "point",
};
