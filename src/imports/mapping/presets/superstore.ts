import type { Preset } from "./preset.ts";

/** The column Sales is the amount of the row, after its discount. Some editions have no quantity. */
export const superstore: Preset = {
  name: "superstore",
  kind: "sales",
  signature: ["orderid", "orderdate", "shipdate", "shipmode", "productid", "sales"],
  columns: {
    InvoiceNo: "orderid",
    StockCode: "productid",
    Description: "productname",
    Quantity: "quantity",
    InvoiceDate: "orderdate",
    Amount: "sales",
    CustomerID: "customerid",
    CustomerName: "customername",
    Country: "country|countryregion",
  },
  constants: { Quantity: "1" },
};
