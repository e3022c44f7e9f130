import type { Preset } from "./preset.ts";

const common = {
  InvoiceNo: "orderid",
  InvoiceDate: "saledate",
  CustomerID: "buyer|buyeruserid|fullname",
  CustomerName: "fullname",
  Country: "shipcountry",
  Currency: "currency",
  PaymentMethod: "paymentmethod|paymenttype",
};

/** A row for each order. After a refund the adjusted total is what remains of the order. */
export const etsyOrders: Preset = {
  name: "etsy-orders",
  kind: "sales",
  signature: ["saledate", "orderid", "numberofitems", "ordervalue", "ordertotal"],
  columns: {
    ...common,
    Amount: "ordervalue",
    Discount: "discountamount",
    Shipping: "shipping",
    ShippingDiscount: "shippingdiscount",
    Tax: "salestax",
    Total: "ordertotal",
    KeptTotal: "adjustedordertotal",
    Status: "status",
  },
  constants: { Quantity: "1", StockCode: "ORDER" },
  rules: { by_order: true },
  dates: "mdy",
  decimal: "point",
};

/** A row for each item, on which shipping and sales tax of the order are repeated. */
export const etsyItems: Preset = {
  name: "etsy-order-items",
  kind: "sales",
  signature: ["saledate", "itemname", "quantity", "price", "itemtotal", "orderid"],
  columns: {
    ...common,
    StockCode: "sku",
    Description: "itemname",
    Quantity: "quantity",
    UnitPrice: "price",
    LineDiscount: "discountamount",
    Shipping: "ordershipping",
    ShippingDiscount: "shippingdiscount",
    Tax: "ordersalestax",
  },
  rules: { by_order: true, adds_tax: true },
  dates: "mdy",
  decimal: "point",
};
