import type { Preset } from "./preset.ts";

/** Lightspeed X-Series, formerly Vend. A sale has a row of its own, one for each line and one for each payment. */
export const vendSales: Preset = {
  name: "vend-sales",
  kind: "sales",
  signature: ["date", "receiptnumber", "linetype", "salestax", "total", "details"],
  columns: {
    InvoiceNo: "receiptnumber",
    StockCode: "sku",
    Description: "details",
    Quantity: "quantity",
    Amount: "total",
    InvoiceDate: "date",
    CustomerID: "customercode",
    CustomerName: "customername",
    Seller: "user",
    Status: "status",
    LineType: "linetype",
  },
  rules: {
    by_order: true,
    line_types: ["sale line"],
    skip_statuses: ["voided", "parked", "open", "layby", "saved"],
  },
};

/** A variant has a row of its own, with the handle of its product. */
export const vendProducts: Preset = {
  name: "vend-products",
  kind: "products",
  signature: ["handle", "sku", "name", "supplyprice", "retailprice"],
  columns: {
    Handle: "handle",
    sku: "sku",
    title: "name",
    Option: "variantoptiononevalue",
    Option2: "variantoptiontwovalue",
    Option3: "variantoptionthreevalue",
    description: "description",
    price: "retailprice",
    cost: "supplyprice",
    category: "productcategory|type",
    publisher: "brandname",
    stock: "inventory*",
    low_stock_threshold: "reorderpoint*",
  },
  decimal: "point",
};
