// Public data sets that people try first.
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

/** The column Sales is the amount of the row, after its discount. */
export const superstore: Preset = {
  name: "superstore",
  kind: "sales",
  signature: ["rowid", "orderid", "orderdate", "shipdate", "productid", "sales", "quantity", "profit"],
  columns: {
    InvoiceNo: "orderid",
    StockCode: "productid",
    Description: "productname",
    Quantity: "quantity",
    InvoiceDate: "orderdate",
    Amount: "sales",
    CustomerID: "customerid",
    Country: "country",
  },
};

export const olistItems: Preset = {
  name: "olist-order-items",
  kind: "sales",
  signature: ["orderid", "orderitemid", "productid", "sellerid", "shippinglimitdate", "freightvalue"],
  columns: { InvoiceNo: "orderid", StockCode: "productid", UnitPrice: "price" },
  constants: { Quantity: "1" },
  refusal:
    "Olist's order items have no date of the sale (shipping_limit_date is a deadline): join them with order_purchase_timestamp of the orders file.",
};

export const instacart: Preset = {
  name: "instacart-order-products",
  kind: "sales",
  signature: ["orderid", "productid", "addtocartorder", "reordered"],
  columns: { InvoiceNo: "orderid", StockCode: "productid" },
  refusal: "Instacart's order products have neither a date nor a price, so there is nothing to add up.",
};
