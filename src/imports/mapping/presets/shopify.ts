import type { Preset } from "./preset.ts";

/** An order has one row for each item; the fields of the order are in its first row. */
export const shopifyOrders: Preset = {
  name: "shopify-orders",
  kind: "sales",
  signature: ["name", "financialstatus", "createdat", "lineitemquantity", "lineitemname", "lineitemprice"],
  columns: {
    InvoiceNo: "name",
    StockCode: "lineitemsku",
    Description: "lineitemname",
    Quantity: "lineitemquantity",
    UnitPrice: "lineitemprice",
    LineDiscount: "lineitemdiscount",
    InvoiceDate: "createdat",
    CustomerID: "email",
    CustomerName: "billingname|shippingname",
    Country: "shippingcountry|billingcountry",
    Seller: "employee",
    PaymentMethod: "paymentmethod",
    Currency: "currency",
    Status: "financialstatus",
    Discount: "discountamount",
    Shipping: "shipping",
    Tax: "taxes",
    Total: "total",
    RefundedAmount: "refundedamount",
  },
  rules: { by_order: true, skip_statuses: ["voided", "expired", "pending", "authorized"] },
  decimal: "point",
};

/** A product has one row for each variant; its title is in the first. */
export const shopifyProducts: Preset = {
  name: "shopify-products",
  kind: "products",
  signature: ["handle", "title", "variantsku", "variantprice"],
  columns: {
    Handle: "handle",
    title: "title",
    Option: "option1value",
    Option2: "option2value",
    Option3: "option3value",
    sku: "variantsku",
    price: "variantprice",
    cost: "costperitem|variantcost",
    stock: "variantinventoryqty",
    barcodes: "variantbarcode",
    category: "type",
    publisher: "vendor",
  },
  rules: { by_order: true },
  decimal: "point",
};

/** The names of columns since 2024. */
export const shopifyProductsNew: Preset = {
  name: "shopify-products-2024",
  kind: "products",
  signature: ["title", "urlhandle", "option1value", "sku", "price"],
  columns: {
    Handle: "urlhandle",
    title: "title",
    Option: "option1value",
    Option2: "option2value",
    Option3: "option3value",
    sku: "sku",
    price: "price",
    cost: "costperitem",
    stock: "inventoryquantity",
    barcodes: "barcode",
    category: "type|productcategory",
    publisher: "vendor",
  },
  rules: { by_order: true },
  decimal: "point",
};
