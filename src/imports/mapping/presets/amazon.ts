import type { Preset } from "./preset.ts";

const columns = {
  StockCode: "sku",
  Description: "productname",
  Quantity: "quantity|quantityshipped|quantitypurchased",
  Amount: "itemprice",
  Tax: "itemtax",
  Discount: "itempromotiondiscount",
  Shipping: "shippingprice",
  ShippingTax: "shippingtax",
  ShippingDiscount: "shippromotiondiscount",
  InvoiceDate: "purchasedate",
  Country: "shipcountry",
  Currency: "currency",
};

/** The prices are of the row's quantity and before tax; an item may be cancelled while the order is shipped. */
export const amazonOrders: Preset = {
  name: "amazon-orders",
  kind: "sales",
  signature: ["amazonorderid", "purchasedate", "itemprice", "quantity|quantityshipped"],
  columns: { ...columns, InvoiceNo: "amazonorderid", Status: "itemstatus|orderstatus" },
  rules: { adds_tax: true, skip_statuses: ["cancelled", "pending", "unshipped"] },
  decimal: "point",
};

/** The report of orders to ship, which has other names for the number and the quantity. */
export const amazonOrderReport: Preset = {
  name: "amazon-order-report",
  kind: "sales",
  signature: ["orderid", "orderitemid", "purchasedate", "quantitypurchased", "itemprice"],
  columns: { ...columns, InvoiceNo: "orderid" },
  rules: { adds_tax: true },
  decimal: "point",
};
