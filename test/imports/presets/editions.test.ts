// The names that the columns of a known program have in its editions and languages, and the statuses with which it lists what was not sold.
import { describe, expect, it } from "vitest";
import { NO_MAPPING } from "../../../src/imports/mapping/caller.ts";
import { resolveColumns } from "../../../src/imports/mapping/resolve.ts";
import { dryRunOf } from "../../support/layouts.ts";
import { newShop } from "../../support/shops.ts";

/** Each header with the fields of its columns, `Field=Column` or `Field+Other=Column`; a column that is ignored has no field. */
const EDITIONS: Record<string, string[]> = {
  "shopify-orders": [
    "InvoiceNo=Name,CustomerID=Email,Status=Financial Status,Currency=Currency,Shipping=Shipping,Tax=Taxes,Total=Total,Discount=Discount Amount,InvoiceDate=Created at,Quantity=Lineitem quantity,Description=Lineitem name,UnitPrice=Lineitem price,StockCode=Lineitem sku,LineDiscount=Lineitem discount,=Billing Country,Country=Shipping Country,CustomerName=Billing Name,=Shipping Name,PaymentMethod=Payment Method,RefundedAmount=Refunded Amount,Seller=Employee",
    "InvoiceNo=Name,Status=Financial Status,InvoiceDate=Created at,Quantity=Lineitem quantity,Description=Lineitem name,UnitPrice=Lineitem price,Country=Billing Country,CustomerName=Shipping Name",
  ],
  "woocommerce-orders": [
    "InvoiceNo=Order Number,Status=Order Status,InvoiceDate=Order Date,Description=Name,UnitPrice=Item Cost,Quantity=Quantity,KeptQuantity=Quantity (- Refund),=Order Total Amount,=Order Refund Amount",
    "InvoiceNo=Order Number,Status=Order Status,InvoiceDate=Order Date,Description=Item Name,UnitPrice=Item Cost,Quantity=Quantity,Total=Order Total Amount,RefundedAmount=Order Refund Amount",
  ],
  "woocommerce-order-items": [
    "InvoiceNo=order_number,InvoiceDate=date,Status=status,Shipping=shipping_total,Tax=tax_total,Total=order_total,RefundedAmount=refunded_total,Currency=order_currency,PaymentMethod=payment_method,CustomerID=customer_id,Country=billing_country,Description=item_name,StockCode=item_sku,Quantity=item_quantity,Amount=item_total",
    "InvoiceNo=order_number,InvoiceDate=order_date,Status=order_status,Total=order_total,PaymentMethod=payment_method_title,=payment_method,CustomerID=billing_email,=customer_id,Country=shipping_country,=billing_country,StockCode=item_sku,Quantity=item_quantity,Amount=item_total",
  ],
  "amazon-orders": [
    "InvoiceNo=amazon-order-id,InvoiceDate=purchase-date,=order-status,Status=item-status,StockCode=sku,Description=product-name,Quantity=quantity,Amount=item-price,Tax=item-tax,Shipping=shipping-price,ShippingTax=shipping-tax,Discount=item-promotion-discount,ShippingDiscount=ship-promotion-discount,Country=ship-country,Currency=currency",
    "InvoiceNo=amazon-order-id,InvoiceDate=purchase-date,Status=order-status,StockCode=sku,Quantity=quantity-shipped,Amount=item-price",
  ],
  "etsy-orders": [
    "InvoiceDate=Sale Date,InvoiceNo=Order ID,CustomerID=Buyer,=Buyer User ID,CustomerName=Full Name,=Number of Items,PaymentMethod=Payment Method,=Payment Type,Amount=Order Value,Total=Order Total",
    "InvoiceDate=Sale Date,InvoiceNo=Order ID,CustomerID=Buyer User ID,CustomerName=Full Name,=Number of Items,PaymentMethod=Payment Type,Amount=Order Value,Total=Order Total",
  ],
  "ebay-orders": [
    "InvoiceNo=Order Number,CustomerID=Buyer Username,CustomerName=Buyer Name,Description=Item Title,StockCode=Custom Label,Quantity=Quantity,UnitPrice=Sold For,Shipping=Shipping And Handling,Tax=Seller Collected Tax,CollectedTax=eBay Collected Tax,Total=Total Price,PaymentMethod=Payment Method,InvoiceDate=Sale Date,Country=Ship To Country,=Buyer Country",
    "InvoiceNo=Order Number,CustomerID=Buyer Username,Description=Item Title,StockCode=Custom Label (SKU),Quantity=Quantity,UnitPrice=Sold For,Shipping=Postage And Packaging,InvoiceDate=Sale Date,Country=Post To Country",
  ],
  "ebay-selling-manager": [
    "InvoiceNo=Sales Record Number,CustomerID=User Id,CustomerName=Buyer Fullname,Country=Buyer Country,Description=Item Title,StockCode=Custom Label,Quantity=Quantity,UnitPrice=Sale Price,Shipping=Postage and Packaging,Tax=US Tax,Total=Total Price,InvoiceDate=Sale Date",
    "InvoiceNo=Sales Record Number,CustomerID=Buyer Username,CustomerName=Buyer Name,Country=Ship To Country,Description=Item Title,Quantity=Quantity,UnitPrice=Sale Price,Shipping=Shipping and Handling,Tax=Sales Tax,Total=Total Price,InvoiceDate=Sale Date",
  ],
  "ebay-orders-de": [
    "InvoiceNo=Bestellnummer,CustomerID=Nutzername des Käufers,Description=Artikelbezeichnung,StockCode=Bestandseinheit,Quantity=Anzahl,UnitPrice=Verkauft für,Shipping=Verpackung und Versand,Total=Gesamtpreis,PaymentMethod=Zahlungsmethode,InvoiceDate=Verkauft am,Country=Versand an Land,=Land des Käufers",
    "InvoiceNo=Bestellnummer,Description=Artikelbezeichnung,StockCode=Bestandseinheit (SKU),Quantity=Anzahl,UnitPrice=Verkauft für,InvoiceDate=Verkauft am,Country=Land des Käufers",
  ],
  "square-item-sales": [
    "InvoiceDate=Date,Time=Time,Description=Item,Quantity=Qty,Barcode=GTIN,StockCode=SKU,Amount=Gross Sales,Discount=Discounts,=Net Sales,Tax=Tax,InvoiceNo=Transaction ID,Status=Event Type,Unit=Unit,Seller=Employee,CustomerID=Customer ID,CustomerName=Customer Name",
  ],
  "stripe-payments": [
    "InvoiceNo=id,InvoiceDate=Created (UTC),=Amount,=Amount Refunded,Amount=Converted Amount,RefundedAmount=Converted Amount Refunded,Currency=Converted Currency,Description=Description,Status=Status,CustomerID+CustomerEmail=Customer Email",
    "InvoiceNo=id,InvoiceDate=Created date (UTC),=Amount,=Amount Refunded,Amount=Converted Amount,Currency=Converted Currency,CustomerID=Customer ID,CustomerEmail=Customer Email",
  ],
  "odoo-sale-orders": [
    "InvoiceNo=Order Reference,StockCode=Order Lines/Product/Internal Reference,Barcode=Order Lines/Product/Barcode,Description=Order Lines/Product,Quantity=Order Lines/Quantity,Unit=Order Lines/Unit of Measure,UnitPrice=Order Lines/Unit Price,LineDiscount=Order Lines/Discount (%),InvoiceDate=Order Date,CustomerID=Customer,Seller=Salesperson,Currency=Currency,Status=Status",
    "InvoiceNo=name,StockCode=order_line/product_id/default_code,Barcode=order_line/product_id/barcode,Description=order_line/product_id,Quantity=order_line/product_uom_qty,Unit=order_line/product_uom,=order_line/price_unit,Amount=order_line/price_total,InvoiceDate=date_order,CustomerID=partner_id,Seller=user_id,Currency=currency_id,Status=state",
    "InvoiceNo=Referencia del pedido,Description=Líneas del pedido/Producto,Quantity=Líneas del pedido/Cantidad,=Líneas del pedido/Precio unitario,=Líneas del pedido/Descuento (%),Amount=Líneas del pedido/Total,InvoiceDate=Fecha del pedido,CustomerID=Cliente,Seller=Comercial,Currency=Moneda,Status=Estado",
    "InvoiceNo=Referencia de pedido,Description=Líneas de pedido/Producto,Quantity=Líneas de pedido/Cantidad,UnitPrice=Líneas de pedido/Precio unitario,LineDiscount=Líneas de pedido/Descuento (%),InvoiceDate=Fecha de pedido,Seller=Vendedor",
  ],
  "odoo-pos-orders": [
    "=Order Ref,InvoiceNo=Receipt Number,StockCode=Order Lines/Product/Internal Reference,Description=Order Lines/Product,Quantity=Order Lines/Quantity,Amount=Order Lines/Subtotal,InvoiceDate=Date,CustomerID=Customer,Seller=Employee,Status=Status",
    "InvoiceNo=pos_reference,StockCode=lines/product_id/default_code,Barcode=lines/product_id/barcode,Description=lines/product_id,Quantity=lines/qty,Amount=lines/price_subtotal_incl,InvoiceDate=date_order,CustomerID=partner_id,Seller=user_id,Status=state",
  ],
  "prestashop-orders": [
    "=ID,InvoiceNo=Reference,=New client,Country=Delivery,CustomerID=Customer,Amount=Total,PaymentMethod=Payment,Status=Status,InvoiceDate=Date",
    "=ID,InvoiceNo=Referencia,=Nuevo cliente,Country=Entrega,CustomerID=Cliente,Amount=Total,PaymentMethod=Pago,Status=Estado,InvoiceDate=Fecha",
    "=ID,InvoiceNo=Référence,=Nouveau client,Country=Livraison,CustomerID=Client,Amount=Total,PaymentMethod=Paiement,Status=État,InvoiceDate=Date",
  ],
  superstore: [
    "InvoiceNo=Order ID,InvoiceDate=Order Date,=Ship Date,=Ship Mode,CustomerID=Customer ID,CustomerName=Customer Name,Country=Country,StockCode=Product ID,Description=Product Name,Amount=Sales,Quantity=Quantity",
    "InvoiceNo=Order ID,InvoiceDate=Order Date,=Ship Date,=Ship Mode,Country=Country/Region,StockCode=Product ID,Amount=Sales",
  ],
};

const PRODUCT_EDITIONS: Record<string, string[]> = {
  "woocommerce-products": [
    "Type=Type,sku=SKU,barcodes=GTIN UPC EAN or ISBN,title=Name,description=Description,stock=Stock,low_stock_threshold=Low stock amount,price=Sale price,RegularPrice=Regular price,category=Categories,cost=Cost of goods",
    "Type=Tipo,sku=SKU,title=Nombre,description=Descripción,stock=Inventario,low_stock_threshold=Cantidad de poco inventario,price=Precio rebajado,RegularPrice=Precio normal,category=Categorías",
    "Type=Typ,sku=Artikelnummer,title=Name,description=Beschreibung,stock=Lager,price=Angebotspreis,RegularPrice=Regulärer Preis,category=Kategorien",
    "Type=Type,sku=UGS,title=Nom,description=Description,stock=Stock,price=Tarif promo,RegularPrice=Tarif régulier",
  ],
  "prestashop-products": [
    '=Product ID,=Active (0/1),title=Name,category="Categories (x,y,z...)",=Price tax excluded,price=Price tax included,cost=Cost price,sku=Reference,publisher=Brand,barcodes=EAN13,stock=Quantity,low_stock_threshold=Low stock level',
    "=Product ID,=Active (0/1),title=Name,price=Price tax excluded,cost=Wholesale price,sku=Reference,publisher=Manufacturer,stock=Quantity",
  ],
  "prestashop-catalogue": [
    "=Product ID,title=Name,sku=Reference,category=Category,=Price (tax excl.),price=Price (tax incl.),stock=Quantity",
    "=Product ID,title=Name,sku=Reference,=Price (tax excl.),price=Final price,stock=Quantity",
    "=ID de producto,title=Nombre,sku=Referencia,category=Categoría,=Precio (imp. excl.),price=Precio (imp. incl.),stock=Cantidad",
    "=ID producto,title=Nombre,sku=Referencia,=Precio base,price=Precio final,stock=Cantidad",
    "=ID producto,title=Nombre,sku=Referencia,price=Precio sin IVA,stock=Cantidad",
  ],
  "square-items": [
    "=Token,title=Item Name,Option=Variation Name,sku=SKU,description=Description,category=Reporting Category,=Categories,barcodes=GTIN,price=Price,cost=Default Unit Cost,stock=Current Quantity Madrid,low_stock_threshold=Stock Alert Count Madrid",
    "=Token,title=Item Name,Option=Variation Name,sku=SKU,category=Categories,price=Price,cost=Unit Cost",
  ],
  "vend-products": [
    "Handle=handle,sku=sku,title=name,Option=variant_option_one_value,Option2=variant_option_two_value,Option3=variant_option_three_value,description=description,price=retail_price,cost=supply_price,category=product_category,=type,publisher=brand_name,stock=inventory_Main_Outlet,low_stock_threshold=reorder_point_Main_Outlet",
  ],
  "odoo-products": [
    "sku=Internal Reference,title=Name,price=Sales Price,cost=Cost,barcodes=Barcode,stock=Quantity On Hand,category=Product Category,unit=Unit of Measure",
    "sku=default_code,title=name,price=list_price,cost=standard_price,stock=qty_available,category=categ_id,unit=uom_id",
    "sku=default_code,title=name,price=lst_price,category=categ_id/name,unit=uom_id/name",
  ],
  "shopify-products": [
    "Handle=Handle,title=Title,publisher=Vendor,category=Type,Option=Option1 Value,Option2=Option2 Value,Option3=Option3 Value,sku=Variant SKU,stock=Variant Inventory Qty,price=Variant Price,barcodes=Variant Barcode,cost=Cost per item",
  ],
  "shopify-products-2024": [
    "title=Title,Handle=URL handle,publisher=Vendor,category=Type,=Product category,Option=Option1 value,Option2=Option2 value,Option3=Option3 value,sku=SKU,barcodes=Barcode,price=Price,cost=Cost per item,stock=Inventory quantity",
    "title=Title,Handle=URL handle,category=Product category,Option=Option1 value,sku=SKU,price=Price",
  ],
};

const editions = (kind: "sales" | "products", all: Record<string, string[]>) =>
  Object.entries(all).flatMap(([preset, headers]) =>
    headers.map((header, at) => ({ kind, preset, edition: at + 1, header })),
  );

describe("the columns of a known program", () => {
  it.each([...editions("sales", EDITIONS), ...editions("products", PRODUCT_EDITIONS)])(
    "are known: edition $edition of $preset",
    ({ kind, preset, header }) => {
      const columns = (header.match(/(?:"[^"]*"|[^,"])+/g) ?? []).map((text) => text.replaceAll('"', ""));
      const pairs = columns.map((text) => [
        text.slice(0, text.indexOf("=")),
        text.slice(text.indexOf("=") + 1),
      ]);
      const names = pairs.map(([, name]) => name ?? "");
      const resolved = resolveColumns(kind, names, [], ",", NO_MAPPING);
      const found = Object.fromEntries([...resolved.columns].map(([field, at]) => [field, names[at]]));
      expect({ preset: resolved.preset, found }).toEqual({
        preset,
        found: Object.fromEntries(
          pairs
            .flatMap(([fields = "", name]) => fields.split("+").map((field) => [field, name]))
            .filter(([field]) => field !== ""),
        ),
      });
    },
  );
});

/** The header of each program, and a row of an order of a number and a status. */
const STATUSES: Record<
  string,
  { header: string; row: (n: number, status: string) => string; unsold: string }
> = {
  "shopify-orders": {
    header: "Name,Financial Status,Created at,Lineitem quantity,Lineitem name,Lineitem price",
    row: (n, status) => `#${n},${status},2026-05-13 10:00:00 +0200,1,Tee,5.00`,
    unsold: "voided,expired,pending,authorized",
  },
  "woocommerce-orders": {
    header: "Order Number,Order Status,Order Date,Item Name,Item Cost,Quantity",
    row: (n, status) => `${n},${status},2026-05-13 10:00:00,Tee,5.00,1`,
    unsold: "Cancelled,Failed,Pending,Pending payment,On hold,Draft,Checkout draft,Trash",
  },
  "amazon-orders": {
    header: "amazon-order-id,purchase-date,item-status,sku,product-name,quantity,item-price",
    row: (n, status) => `${n},2026-05-13T10:00:00+00:00,${status},TEE,Tee,1,5.00`,
    unsold: "Cancelled,Pending,Unshipped",
  },
  "stripe-payments": {
    header: "id,Created date (UTC),Amount,Amount Refunded,Converted Amount,Converted Currency,Status",
    row: (n, status) => `ch_${n},2026-05-13 10:00,5.00,0.00,5.00,eur,${status}`,
    unsold:
      "Failed,Canceled,requires_payment_method,requires_action,requires_confirmation,requires_capture,Uncaptured,Incomplete,Blocked",
  },
  "stripe-balance": {
    header: "balance_transaction_id,created_utc,currency,gross,reporting_category",
    row: (n, status) => `txn_${n},2026-05-13 10:00:00,eur,5.00,${status}`,
    unsold:
      "payout,payout_reversal,fee,topup,transfer,transfer_reversal,other_adjustment,network_cost,platform_earning",
  },
  "vend-sales": {
    header: "Date,Receipt Number,Line Type,Sales Tax,Total,Details,Quantity,SKU,Status",
    row: (n, status) => `2026-05-13 10:00:00,${n},Sale Line,0.00,5.00,Tee,1,TEE,${status}`,
    unsold: "voided,parked,open,layby,saved",
  },
  "odoo-sale-orders": {
    header: "name,order_line/product_id,order_line/product_uom_qty,order_line/price_total,date_order,state",
    row: (n, status) => `S${n},[TEE] Tee,1,5.00,2026-05-13 10:00:00,${status}`,
    unsold: "Quotation,Quotation Sent,draft,sent,cancel,new,Presupuesto,Presupuesto enviado",
  },
  "prestashop-orders": {
    header: "ID,Reference,New client,Customer,Total,Payment,Status,Date",
    row: (n, status) => `${n},R${n},0,B. Roth,5.00,Card,${status},2026-05-13 10:00:00`,
    unsold:
      "Payment error,Awaiting bank wire payment,Awaiting check payment,Awaiting Cash On Delivery validation,Error de pago,En espera de pago por transferencia bancaria,En espera de pago por cheque,Pago por transferencia bancaria pendiente,Erreur de paiement,En attente de virement bancaire,En attente du paiement par chèque",
  },
};

it.each(Object.entries(STATUSES))(
  "orders of %s that were not sold are skipped",
  async (preset, { header, row, unsold }) => {
    const shop = await newShop({ currency: "EUR", timezone: "UTC" });
    const rows = ["", ...unsold.split(",")].map((status, at) => row(at + 1, status));
    const { body, text } = await dryRunOf(shop, `${[header, ...rows].join("\n")}\n`);
    expect(body, text).toMatchObject({
      preset,
      sales: 1,
      refunds: 0,
      rows_skipped: rows.length - 1,
      rejects: [],
    });
  },
);
