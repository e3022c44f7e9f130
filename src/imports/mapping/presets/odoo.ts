import type { Preset } from "./preset.ts";

const rules = {
  by_order: true,
  codes_in_brackets: true,
  skip_statuses: [
    "quotation",
    "quotation sent",
    "draft",
    "sent",
    "cancel",
    "new",
    "presupuesto",
    "presupuesto enviado",
  ],
};

/** Orders with their lines, by labels or by technical names; the fields of an order are in the first of its rows. */
export const odooSaleOrders: Preset = {
  name: "odoo-sale-orders",
  kind: "sales",
  signature: [
    "orderreference|name|referenciadelpedido|referenciadepedido",
    "orderlinesproduct*|orderlineproductid*|lineasdelpedidoproducto*|lineasdepedidoproducto*",
    "orderlinesquantity|orderlinesorderedquantity|orderlinesorderedqty|orderlineproductuomqty|lineasdelpedidocantidad|lineasdepedidocantidad",
  ],
  columns: {
    InvoiceNo: "orderreference|name|referenciadelpedido|referenciadepedido",
    StockCode: "orderlinesproductinternalreference|orderlineproductiddefaultcode",
    Barcode: "orderlinesproductbarcode|orderlineproductidbarcode",
    Description:
      "orderlinesproduct|orderlineproductid|orderlinesproductname|orderlineproductidname|orderlinesproductproductvariant|lineasdelpedidoproducto|lineasdepedidoproducto",
    Quantity:
      "orderlinesquantity|orderlinesorderedquantity|orderlinesorderedqty|orderlineproductuomqty|lineasdelpedidocantidad|lineasdepedidocantidad",
    Unit: "orderlinesunitofmeasure|orderlineproductuom",
    UnitPrice:
      "orderlinesunitprice|orderlinepriceunit|lineasdelpedidopreciounitario|lineasdepedidopreciounitario",
    LineDiscount: "orderlinesdiscountpercent|lineasdelpedidodescuentopercent|lineasdepedidodescuentopercent",
    Amount: "orderlinestotal|orderlinepricetotal|lineasdelpedidototal|lineasdepedidototal",
    InvoiceDate: "orderdate|dateorder|fechadelpedido|fechadepedido|creationdate",
    CustomerID: "customer|partnerid|partneridname|customername|cliente",
    Seller: "salesperson|userid|useridname|comercial|vendedor",
    Currency: "currency|currencyid|moneda",
    Status: "status|state|estado",
  },
  without: { UnitPrice: "Amount", LineDiscount: "Amount" },
  rules,
};

/** The orders of the point of sale. */
export const odooPosOrders: Preset = {
  name: "odoo-pos-orders",
  kind: "sales",
  signature: [
    "orderref|receiptnumber|posreference|name",
    "orderlinesproduct*|linesproductid*",
    "orderlinesquantity|linesqty",
    "orderlinessubtotal|orderlinestaxincl|linespricesubtotalincl",
  ],
  columns: {
    InvoiceNo: "receiptnumber|posreference|orderref|name",
    StockCode: "orderlinesproductinternalreference|linesproductiddefaultcode",
    Barcode: "orderlinesproductbarcode|linesproductidbarcode",
    Description: "orderlinesproduct|linesproductid|orderlinesproductname|linesproductidname",
    Quantity: "orderlinesquantity|linesqty",
    Amount: "orderlinessubtotal|orderlinestaxincl|linespricesubtotalincl",
    InvoiceDate: "date|orderdate|dateorder",
    CustomerID: "customer|partnerid|partneridname",
    Seller: "employee|cashier|user|userid|employeeid",
    Currency: "currency|currencyid",
    Status: "status|state",
  },
  rules,
};

export const odooProducts: Preset = {
  name: "odoo-products",
  kind: "products",
  signature: ["internalreference|defaultcode", "name", "salesprice|listprice|lstprice"],
  columns: {
    sku: "internalreference|defaultcode",
    title: "name",
    price: "salesprice|listprice|lstprice",
    cost: "cost|standardprice",
    barcodes: "barcode",
    stock: "quantityonhand|qtyavailable",
    category: "productcategory|categid|categidname|category",
    unit: "unitofmeasure|uomid|uomidname",
  },
};
