import type { Preset } from "./preset.ts";

export const olistItems: Preset = {
  name: "olist-order-items",
  kind: "sales",
  signature: ["orderid", "orderitemid", "productid", "sellerid", "shippinglimitdate", "freightvalue"],
  columns: { InvoiceNo: "orderid", StockCode: "productid", UnitPrice: "price" },
  constants: { Quantity: "1" },
  refusal:
    "Olist's order items have no date of the sale (shipping_limit_date is a deadline): join them with order_purchase_timestamp of the orders file.",
};
