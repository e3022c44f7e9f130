import type { Preset } from "./preset.ts";

/** An order of several items has a row of its own with its amounts, before the rows of the items. Lines at the end are no orders. */
export const ebayOrders: Preset = {
  name: "ebay-orders",
  kind: "sales",
  signature: ["ordernumber", "buyerusername", "itemtitle", "quantity", "soldfor", "saledate"],
  columns: {
    InvoiceNo: "ordernumber",
    StockCode: "customlabel|customlabelsku",
    Description: "itemtitle",
    Quantity: "quantity",
    UnitPrice: "soldfor",
    Shipping: "shippingandhandling|postageandpackaging",
    Tax: "sellercollectedtax",
    CollectedTax: "ebaycollectedtax",
    Total: "totalprice",
    PaymentMethod: "paymentmethod",
    InvoiceDate: "saledate",
    CustomerID: "buyerusername",
    CustomerName: "buyername",
    Country: "shiptocountry|buyercountry|posttocountry",
  },
  rules: { by_order: true },
};

/** The layout of Selling Manager and File Exchange. */
export const ebaySellingManager: Preset = {
  name: "ebay-selling-manager",
  kind: "sales",
  signature: ["salesrecordnumber", "itemtitle", "quantity", "saleprice", "saledate", "totalprice"],
  columns: {
    InvoiceNo: "salesrecordnumber",
    StockCode: "customlabel",
    Description: "itemtitle",
    Quantity: "quantity",
    UnitPrice: "saleprice",
    Shipping: "postageandpackaging|shippingandhandling",
    Tax: "ustax|salestax|sellercollectedtax",
    Total: "totalprice",
    PaymentMethod: "paymentmethod",
    InvoiceDate: "saledate",
    CustomerID: "userid|buyerusername",
    CustomerName: "buyerfullname|buyername",
    Country: "buyercountry|shiptocountry",
  },
  rules: { by_order: true },
};

export const ebayOrdersGerman: Preset = {
  name: "ebay-orders-de",
  kind: "sales",
  signature: ["bestellnummer", "artikelbezeichnung", "anzahl", "verkauftfur", "verkauftam"],
  columns: {
    InvoiceNo: "bestellnummer",
    StockCode: "bestandseinheit|bestandseinheitsku",
    Description: "artikelbezeichnung",
    Quantity: "anzahl",
    UnitPrice: "verkauftfur",
    Shipping: "verpackungundversand",
    Tax: "vomverkaufererhobenesteuer",
    CollectedTax: "vonebayerhobenesteuer",
    Total: "gesamtpreis",
    PaymentMethod: "zahlungsmethode",
    InvoiceDate: "verkauftam",
    CustomerID: "nutzernamedeskaufers",
    Country: "versandanland|landdeskaufers",
  },
  rules: { by_order: true },
};
