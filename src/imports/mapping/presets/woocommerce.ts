import type { Preset } from "./preset.ts";

export const wooOrders: Preset = {
  name: "woocommerce-orders",
  kind: "sales",
  signature: ["ordernumber", "orderstatus", "orderdate", "itemcost", "quantityrefund"],
  columns: {
    InvoiceNo: "ordernumber",
    StockCode: "sku",
    Description: "name",
    Quantity: "quantity",
    KeptQuantity: "quantityrefund",
    UnitPrice: "itemcost",
    InvoiceDate: "orderdate",
    CustomerID: "emailbilling",
    Country: "countrycodebilling",
    Status: "orderstatus",
  },
  rules: { skip_statuses: ["cancelled", "failed", "pending payment", "on hold", "draft"] },
};

export const wooProducts: Preset = {
  name: "woocommerce-products",
  kind: "products",
  signature: ["type", "sku", "name", "regularprice", "saleprice", "taxstatus"],
  columns: {
    Type: "type",
    sku: "sku",
    title: "name",
    price: "saleprice",
    RegularPrice: "regularprice",
    stock: "stock",
    category: "categories",
    description: "description",
    barcodes: "gtinupceanorisbn",
  },
};
