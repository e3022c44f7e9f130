import type { Preset } from "./preset.ts";

/** The prices are of the row's quantity and before tax; an item may be cancelled while the order is shipped. */
export const amazonOrders: Preset = {
  name: "amazon-orders",
  kind: "sales",
  signature: ["amazonorderid", "purchasedate", "orderstatus", "itemprice", "quantity"],
  columns: {
    InvoiceNo: "amazonorderid",
    StockCode: "sku",
    Description: "productname",
    Quantity: "quantity",
    Amount: "itemprice",
    Tax: "itemtax",
    Shipping: "shippingprice",
    ShippingTax: "shippingtax",
    InvoiceDate: "purchasedate",
    Country: "shipcountry",
    Currency: "currency",
    Status: "itemstatus",
  },
  rules: { adds_tax: true, skip_statuses: ["cancelled", "pending", "unshipped"] },
  decimal: "point",
};

/** A charge is a sale of one line, in the currency of the account. */
export const stripePayments: Preset = {
  name: "stripe-payments",
  kind: "sales",
  signature: ["id", "createdutc", "amount", "amountrefunded", "convertedamount", "convertedcurrency"],
  columns: {
    InvoiceNo: "id",
    Description: "description",
    InvoiceDate: "createdutc",
    Amount: "convertedamount",
    RefundedAmount: "convertedamountrefunded",
    Currency: "convertedcurrency",
    Status: "status",
    CustomerID: "customerid",
  },
  constants: { Quantity: "1", StockCode: "PAYMENT" },
  rules: { timezone: "UTC", skip_statuses: ["failed", "canceled", "requires_payment_method", "blocked"] },
  decimal: "point",
};
