import type { Preset } from "./preset.ts";

const skip_statuses = [
  "cancelled",
  "failed",
  "pending",
  "pending payment",
  "on hold",
  "draft",
  "checkout draft",
  "trash",
];

/**
 * Advanced Order Export: prices before tax, and the amounts of the order on each row. With the quantity that remains after refunds, the
 * total is that after refunds too.
 */
export const wooOrders: Preset = {
  name: "woocommerce-orders",
  kind: "sales",
  signature: ["ordernumber", "orderstatus", "orderdate", "itemcost", "quantity"],
  columns: {
    InvoiceNo: "ordernumber",
    StockCode: "sku",
    Description: "itemname|name",
    Quantity: "quantity",
    KeptQuantity: "quantityrefund",
    UnitPrice: "itemcost",
    InvoiceDate: "orderdate",
    CustomerID: "emailbilling",
    CustomerName: "fullnamebilling",
    Country: "countrycodebilling",
    PaymentMethod: "paymentmethodtitle",
    Status: "orderstatus",
    Discount: "cartdiscountamount",
    Shipping: "ordershippingamount",
    Tax: "ordertotaltaxamount",
    Total: "ordertotalamount",
    RefundedAmount: "orderrefundamount",
  },
  without: { Total: "KeptQuantity", RefundedAmount: "KeptQuantity" },
  rules: { by_order: true, adds_tax: true, skip_statuses },
};

/** Customer/Order CSV Export, one row an item. The total of an item is after its discount and before tax. */
export const wooOrderItems: Preset = {
  name: "woocommerce-order-items",
  kind: "sales",
  signature: ["ordernumber", "status|orderstatus", "itemsku", "itemquantity", "itemtotal", "ordertotal"],
  columns: {
    InvoiceNo: "ordernumber",
    StockCode: "itemsku",
    Description: "itemname",
    Quantity: "itemquantity",
    Amount: "itemtotal",
    InvoiceDate: "date|orderdate",
    CustomerID: "billingemail|customerid",
    CustomerName: "billingfullname",
    Country: "shippingcountry|billingcountry",
    PaymentMethod: "paymentmethodtitle|paymentmethod",
    Currency: "ordercurrency",
    Status: "status|orderstatus",
    Shipping: "shippingtotal",
    Tax: "taxtotal",
    Total: "ordertotal",
    RefundedAmount: "refundedtotal",
  },
  rules: { by_order: true, skip_statuses },
};

/** The report of orders of WooCommerce itself, with net revenue. */
export const wooAnalytics: Preset = {
  name: "woocommerce-analytics",
  kind: "sales",
  signature: [
    "date",
    "order",
    "status",
    "customertype",
    "products",
    "itemssold",
    "netsales|nrevenue|netrevenue",
  ],
  columns: {
    InvoiceNo: "order",
    InvoiceDate: "date",
    Description: "products",
    Amount: "netsales|nrevenue|netrevenue",
    CustomerID: "customer",
    Status: "status",
  },
  constants: { Quantity: "1", StockCode: "ORDER" },
  rules: { sale_statuses: ["refunded"], skip_statuses, shares_numbers: true },
};

/** The export of products, in English, Spanish, German and French. */
export const wooProducts: Preset = {
  name: "woocommerce-products",
  kind: "products",
  signature: [
    "type|tipo|typ",
    "sku|artikelnummer|ugs",
    "name|nombre|nom",
    "regularprice|precionormal|regularerpreis|tarifregulier",
    "saleprice|preciorebajado|angebotspreis|tarifpromo",
  ],
  columns: {
    Type: "type|tipo|typ",
    sku: "sku|artikelnummer|ugs",
    title: "name|nombre|nom",
    price: "saleprice|preciorebajado|angebotspreis|tarifpromo",
    RegularPrice: "regularprice|precionormal|regularerpreis|tarifregulier",
    cost: "costofgoods|costofgoodssold",
    stock: "stock|inventario|lager|lagerbestand",
    category: "categories|categorias|kategorien",
    description: "description|descripcion|beschreibung",
    barcodes: "gtinupceanorisbn|gtinupceanoisbn|gtinupceanoderisbn|gtinupceanouisbn",
    low_stock_threshold: "lowstockamount|cantidaddepocoinventario",
  },
};
