import type { Preset } from "./preset.ts";

/** The file from which products are imported into PrestaShop. */
export const prestashopProducts: Preset = {
  name: "prestashop-products",
  kind: "products",
  signature: ["productid", "active01", "pricetaxexcluded|pricetaxincluded", "reference", "quantity"],
  columns: {
    sku: "reference",
    title: "name",
    price: "pricetaxincluded|pricetaxexcluded",
    cost: "wholesaleprice|costprice",
    stock: "quantity",
    low_stock_threshold: "lowstocklevel",
    category: "categoriesxyz",
    barcodes: "ean13",
    description: "description",
    publisher: "manufacturer|brand",
  },
};

/** The list of products as the back office exports it, in English and Spanish. */
export const prestashopCatalogue: Preset = {
  name: "prestashop-catalogue",
  kind: "products",
  signature: [
    "productid|iddeproducto|idproducto",
    "name|nombre",
    "reference|referencia",
    "pricetaxexcl|precioimpexcl|preciosiniva|preciobase",
    "quantity|cantidad",
  ],
  columns: {
    sku: "reference|referencia",
    title: "name|nombre",
    price:
      "pricetaxincl|finalprice|precioimpincl|preciofinal|pricetaxexcl|precioimpexcl|preciosiniva|preciobase",
    category: "category|categoria",
    stock: "quantity|cantidad",
  },
};

/** The list of orders as the back office exports it, in English, Spanish and French: a line for each order. */
export const prestashopOrders: Preset = {
  name: "prestashop-orders",
  kind: "sales",
  signature: [
    "id",
    "reference|referencia",
    "newclient|nuevocliente|nouveauclient",
    "customer|cliente|client",
    "total",
    "payment|pago|paiement",
    "status|estado|etat",
    "date|fecha",
  ],
  columns: {
    InvoiceNo: "reference|referencia",
    InvoiceDate: "date|fecha",
    Amount: "total",
    CustomerID: "customer|cliente|client",
    Country: "delivery|entrega|livraison",
    PaymentMethod: "payment|pago|paiement",
    Status: "status|estado|etat",
  },
  constants: { Quantity: "1", StockCode: "ORDER" },
  rules: {
    skip_statuses: [
      "payment error",
      "awaiting bank wire payment",
      "awaiting check payment",
      "awaiting cash on delivery validation",
      "error de pago",
      "en espera de pago por transferencia bancaria",
      "en espera de pago por cheque",
      "pago por transferencia bancaria pendiente",
      "erreur de paiement",
      "en attente de virement bancaire",
      "en attente du paiement par chèque",
    ],
  },
};
