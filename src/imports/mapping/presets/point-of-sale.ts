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
    Status: "status",
    LineType: "linetype",
  },
  rules: { by_order: true, line_types: ["sale line"], skip_statuses: ["voided", "parked", "open", "layby"] },
};

export const prestashopProducts: Preset = {
  name: "prestashop-products",
  kind: "products",
  signature: ["productid", "active01", "pricetaxexcluded", "reference", "quantity"],
  columns: {
    sku: "reference",
    title: "name",
    price: "pricetaxexcluded",
    stock: "quantity",
    low_stock_threshold: "lowstocklevel",
    category: "categoriesxyz",
    barcodes: "ean13",
    description: "description",
    publisher: "manufacturer",
  },
};
