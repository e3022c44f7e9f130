import type { Preset } from "./preset.ts";

export const instacart: Preset = {
  name: "instacart-order-products",
  kind: "sales",
  signature: ["orderid", "productid", "addtocartorder", "reordered"],
  columns: { InvoiceNo: "orderid", StockCode: "productid" },
  refusal: "Instacart's order products have neither a date nor a price, so there is nothing to add up.",
};
