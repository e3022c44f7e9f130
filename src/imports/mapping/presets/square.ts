import type { Preset } from "./preset.ts";

const rules = {
  adds_tax: true,
  names_as_codes: true,
  refund_statuses: ["refund"],
  shares_numbers: true,
};

/** The sales of items: an amount before discounts and tax for each row, of which refunds have the number of their sale. */
export const squareItemSales: Preset = {
  name: "square-item-sales",
  kind: "sales",
  signature: ["date", "item", "qty", "grosssales", "netsales", "transactionid"],
  columns: {
    InvoiceNo: "transactionid",
    StockCode: "sku",
    Barcode: "gtin",
    Description: "item",
    Quantity: "qty",
    Amount: "grosssales",
    Discount: "discounts",
    Tax: "tax",
    InvoiceDate: "date",
    Time: "time",
    Status: "eventtype",
    Unit: "unit",
    Seller: "employee",
    CustomerID: "customerid|customername",
    CustomerName: "customername",
  },
  rules,
};

/** A row for each transaction, with tips and fees that are no revenue. */
export const squareTransactions: Preset = {
  name: "square-transactions",
  kind: "sales",
  signature: ["date", "grosssales", "netsales", "totalcollected", "transactionid"],
  columns: {
    InvoiceNo: "transactionid",
    Description: "description",
    Amount: "netsales",
    Tax: "tax",
    InvoiceDate: "date",
    Time: "time",
    Status: "eventtype",
    Seller: "staffname",
    CustomerID: "customerid|customername",
    CustomerName: "customername",
  },
  constants: { Quantity: "1", StockCode: "SALE" },
  rules: { ...rules, names_as_codes: false },
};

/** The library of items, with a row for each variation. */
export const squareItems: Preset = {
  name: "square-items",
  kind: "products",
  signature: ["token", "itemname", "variationname", "sku", "price"],
  columns: {
    sku: "sku",
    title: "itemname",
    Option: "variationname",
    description: "description",
    category: "reportingcategory|category|categories",
    barcodes: "gtin",
    price: "price",
    cost: "defaultunitcost|unitcost",
    stock: "currentquantity*",
    low_stock_threshold: "stockalertcount*",
  },
};
