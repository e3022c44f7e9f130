// Files of made-up people in the layouts of known programs, and what they add up to.

export type SaleLayout = {
  what: string;
  file: string;
  delimiter?: string;
  currency?: string;
  sales: number;
  refunds: number;
  revenue: number;
  first_day: string;
  last_day: string;
  skipped?: number;
  rejects?: string[];
};

type ProductLayout = {
  what: string;
  file: string;
  currency?: string;
  products: number;
  skipped?: number;
  rejects?: string[];
};

const one = (day: string) => ({ first_day: day, last_day: day });

export const SALE_LAYOUTS: Record<string, SaleLayout[]> = {
  "shopify-orders": [
    {
      what: "taxes in the prices, discounts of lines, a cancelled and refunded order, a sale of the till",
      currency: "EUR",
      // #2001: 2 x 12.10 - 2.20 of the line + 4.90 of shipping = 26.90, taxes 4.67 within; #2002: 20, refunded whole; #2003: 9.50.
      file: `Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Billing Country,Shipping Country,Cancelled at,Payment Method,Refunded Amount,Employee,Location,Tax 1 Name,Tax 1 Value
#2001,eva@mail.example,paid,2026-05-04 10:00:00 +0200,fulfilled,EUR,22.00,4.90,4.67,26.90,,2.20,Standard,2026-05-04 09:59:00 +0200,2,Taza,12.10,TAZA,2.20,ES,ES,,Shopify Payments,0.00,,,IVA 21%,4.67
#2002,ana@mail.example,refunded,2026-05-05 10:00:00 +0200,unfulfilled,EUR,20.00,0.00,3.47,20.00,,0.00,Standard,2026-05-05 09:59:00 +0200,1,Plato,15.00,PLATO,0.00,ES,ES,2026-05-06 08:00:00 +0200,Shopify Payments,20.00,,,IVA 21%,3.47
#2002,,,,,,,,,,,,,2026-05-05 09:59:00 +0200,1,Vaso,5.00,VASO,0.00,,,,,,,,,
#2003,,paid,2026-05-06 10:00:00 +0200,fulfilled,EUR,9.50,0.00,0.00,9.50,,0.00,,2026-05-06 09:59:00 +0200,1,Pan,9.50,,0.00,,,,Cash,0.00,Eva,Madrid,,
`,
      sales: 3,
      refunds: 1,
      revenue: 2690 + 2000 - 2000 + 950,
      first_day: "2026-05-04",
      last_day: "2026-05-06",
    },
  ],
  "woocommerce-orders": [
    {
      what: "the quantity that remains",
      file: `Order Number,Order Status,Order Date,Country Code (Billing),Email (Billing),Item #,SKU,Name,Quantity,Quantity (- Refund),Item Cost,Payment Method Title
1,Completed,2026-03-01 09:12,NL,iris@mail.example,1,TEE-1,Tee,3,2,20.00,Credit card
1,Completed,2026-03-01 09:12,NL,iris@mail.example,2,,Mug,1,1,8.00,Credit card
2,Cancelled,2026-03-02 09:12,NL,iris@mail.example,1,TEE-1,Tee,1,1,20.00,Credit card
`,
      sales: 1,
      refunds: 1,
      revenue: 6000 + 800 - 2000,
      ...one("2026-03-01"),
      skipped: 1,
    },
    {
      what: "discount, shipping and tax of the order on each row",
      // 1: 2 x 16.53 + 8.26 - 4.13 + 4 + 8.65 = 49.84; 2: 10 + 2.10 = 12.10.
      file: `Order Number,Order Status,Order Date,First Name (Billing),Email (Billing),Country Code (Billing),Payment Method Title,Cart Discount Amount,Order Subtotal Amount,Order Shipping Amount,Order Refund Amount,Order Total Amount,Order Total Tax Amount,SKU,Item #,Item Name,Quantity,Item Cost
1,Processing,2026-03-01 09:12,Iris,iris@mail.example,NL,iDEAL,4.13,41.32,4.00,0.00,49.84,8.65,TEE,1,Tee,2,16.53
1,Processing,2026-03-01 09:12,Iris,iris@mail.example,NL,iDEAL,4.13,41.32,4.00,0.00,49.84,8.65,MUG,2,Mug,1,8.26
2,Refunded,2026-03-02 10:00,Tom,tom@mail.example,GB,PayPal,0.00,10.00,0.00,12.10,12.10,2.10,MUG,1,Mug,1,10.00
`,
      sales: 2,
      refunds: 1,
      revenue: 4984 + 1210 - 1210,
      first_day: "2026-03-01",
      last_day: "2026-03-02",
    },
  ],
  "woocommerce-order-items": [
    {
      what: "one row an item",
      // 10: 33.06 + 6.94 + 5 of shipping = 45.
      file: `order_id,order_number,date,status,shipping_total,tax_total,discount_total,order_total,refunded_total,order_currency,payment_method,customer_id,billing_email,billing_country,shipping_country,item_name,item_sku,item_quantity,item_subtotal,item_total,item_total_tax
810,10,2026-04-01 12:00:00,completed,5.00,6.94,0.00,45.00,0.00,EUR,stripe,3,bea@mail.example,DE,DE,Tee,TEE,2,33.06,33.06,6.94
811,11,2026-04-02 12:00:00,pending,0.00,0.00,0.00,8.00,0.00,EUR,bacs,3,bea@mail.example,DE,DE,Mug,MUG,1,8.00,8.00,0.00
`,
      sales: 1,
      refunds: 0,
      revenue: 4500,
      ...one("2026-04-01"),
      skipped: 1,
    },
  ],
  "woocommerce-analytics": [
    {
      what: "a refund in a row of its own",
      file: `Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items Sold,Coupon(s),N. Revenue
2026-04-01 12:00:00,77,"€40.00",completed,Bea Roth,new,"2× Tee",2,,40
2026-04-02 12:00:00,78,"€15.00",refunded,Tom Hale,returning,"1× Mug",1,,15
2026-04-05 12:00:00,78,"-€15.00",refunded,Tom Hale,returning,"1× Mug",-1,,-15
`,
      sales: 2,
      refunds: 1,
      revenue: 4000,
      first_day: "2026-04-01",
      last_day: "2026-04-05",
    },
  ],
  "square-item-sales": [
    {
      what: "dollar signs, discounts, tax on top, a refund with the number of its sale",
      currency: "USD",
      // T1: 2 x 4.50 - 1 + 0.66 = 8.66, and 3.25; T2: 12 + 0.99, refunded on the next day.
      file: `Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Payment ID,Device Name,Notes,Details,Event Type,Location,Dining Option,Customer ID,Customer Name,Customer Reference ID,Unit,Count
2026-05-13,10:15:32,Pacific Time (US & Canada),Drinks,Latte,2.0,Regular,LATTE,,$9.00,-$1.00,$8.00,$0.66,T1,P1,Till,,https://squareup.example/1,Payment,Main,To Go,C1,Ann Lee,,ea,2
2026-05-13,10:15:32,Pacific Time (US & Canada),Food,Scone,1.0,Regular,,,$3.25,$0.00,$3.25,$0.00,T1,P1,Till,,https://squareup.example/1,Payment,Main,To Go,C1,Ann Lee,,ea,1
2026-05-14,09:00:00,Pacific Time (US & Canada),Beans,Beans,0.5,Regular,BEANS,,$12.00,$0.00,$12.00,$0.99,T2,P2,Till,,https://squareup.example/2,Payment,Main,,,,,kg,0.5
2026-05-15,09:00:00,Pacific Time (US & Canada),Beans,Beans,-0.5,Regular,BEANS,,($12.00),$0.00,($12.00),($0.99),T2,P3,Till,,https://squareup.example/2,Refund,Main,,,,,kg,-0.5
`,
      sales: 2,
      refunds: 1,
      revenue: 866 + 325,
      first_day: "2026-05-13",
      last_day: "2026-05-15",
    },
    {
      what: "a refund whose quantity has no sign, and days before months",
      currency: "GBP",
      file: `Date,Time,Time Zone,Item,Qty,SKU,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Event Type
13/05/2026,10:15:32,London,Latte,1.0,LATTE,£4.00,£0.00,£4.00,£0.80,T1,Payment
14/05/2026,10:15:32,London,Latte,1.0,LATTE,-£4.00,£0.00,-£4.00,-£0.80,T1,Refund
`,
      sales: 1,
      refunds: 1,
      revenue: 0,
      first_day: "2026-05-13",
      last_day: "2026-05-14",
    },
  ],
  "square-transactions": [
    {
      what: "tips and fees are no revenue",
      currency: "USD",
      // 8.00 + 0.66 and 5.00; refund of 5.00.
      file: `Date,Time,Time Zone,Gross Sales,Discounts,Service Charges,Net Sales,Gift Card Sales,Tax,Tip,Partial Refunds,Total Collected,Source,Card,Card Entry Methods,Cash,Square Gift Card,Other Tender,Other Tender Type,Other Tender Note,Fees,Net Total,Transaction ID,Payment ID,Card Brand,PAN Suffix,Device Name,Staff Name,Staff ID,Details,Description,Event Type,Location
05/13/26,10:15:32,Pacific Time (US & Canada),$9.00,($1.00),$0.00,$8.00,$0.00,$0.66,$1.50,$0.00,$10.16,Register,$10.16,Swiped,$0.00,$0.00,$0.00,,,($0.37),$9.79,T1,P1,Visa,1111,Till,Eva,,https://squareup.example/1,2 x Latte,Payment,Main
05/14/26,11:15:32,Pacific Time (US & Canada),$5.00,$0.00,$0.00,$5.00,$0.00,$0.00,$0.00,$0.00,$5.00,Register,$0.00,,$5.00,$0.00,$0.00,,,$0.00,$5.00,T2,P2,,,Till,Eva,,https://squareup.example/2,Mug,Payment,Main
05/15/26,11:15:32,Pacific Time (US & Canada),($5.00),$0.00,$0.00,($5.00),$0.00,$0.00,$0.00,$0.00,($5.00),Register,$0.00,,($5.00),$0.00,$0.00,,,$0.00,($5.00),T2,P3,,,Till,Eva,,https://squareup.example/2,Mug,Refund,Main
`,
      sales: 2,
      refunds: 1,
      revenue: 866,
      first_day: "2026-05-13",
      last_day: "2026-05-15",
    },
  ],
  "amazon-orders": [
    {
      what: "promotions, a pending and a cancelled order",
      // 20 + 3.80 - 2 + 4.99 - 4.99 = 21.80
      file: `amazon-order-id\tmerchant-order-id\tpurchase-date\tlast-updated-date\torder-status\tsales-channel\tproduct-name\tsku\tasin\titem-status\tquantity\tcurrency\titem-price\titem-tax\tshipping-price\tshipping-tax\titem-promotion-discount\tship-promotion-discount\tship-country
1-1\t\t2026-04-10T09:15:00+00:00\t2026-04-11T09:15:00+00:00\tShipped\tAmazon.de\tMug "Duo"\tMUG\tB1\tShipped\t2\tEUR\t20.00\t3.80\t4.99\t0.00\t2.00\t4.99\tDE
1-2\t\t2026-04-11T09:15:00+00:00\t2026-04-11T09:15:00+00:00\tPending\tAmazon.de\tMug\tMUG\tB1\tUnshipped\t1\tEUR\t\t\t\t\t\t\tDE
1-3\t\t2026-04-12T09:15:00+00:00\t2026-04-12T09:15:00+00:00\tCancelled\tAmazon.de\tMug\tMUG\tB1\tCancelled\t0\t\t\t\t\t\t\t\tDE
`,
      delimiter: "\t",
      sales: 1,
      refunds: 0,
      revenue: 2180,
      ...one("2026-04-10"),
      skipped: 2,
    },
    {
      what: "the report of fulfilled shipments",
      currency: "GBP",
      file: `amazon-order-id\tmerchant-order-id\tshipment-id\tpurchase-date\tshipment-date\tbuyer-email\tsku\tproduct-name\tquantity-shipped\tcurrency\titem-price\titem-tax\tshipping-price\tshipping-tax\tgift-wrap-price\titem-promotion-discount\tship-promotion-discount\tship-country
2-1\t\tS1\t2026-04-10T23:15:00+00:00\t2026-04-11T09:15:00+00:00\tx@marketplace.example\tMUG\tMug\t1\tGBP\t10.00\t2.00\t0.00\t0.00\t0.00\t-1.00\t0.00\tGB
`,
      delimiter: "\t",
      sales: 1,
      refunds: 0,
      revenue: 1100,
      ...one("2026-04-10"),
    },
  ],
  "amazon-order-report": [
    {
      what: "the report of orders",
      file: `order-id\torder-item-id\tpurchase-date\tpayments-date\tbuyer-email\tsku\tproduct-name\tquantity-purchased\tcurrency\titem-price\titem-tax\tshipping-price\tshipping-tax\tship-country
3-1\t31\t2026-04-10T10:15:00+00:00\t2026-04-10T10:15:00+00:00\tx@marketplace.example\tMUG\tMug\t3\tEUR\t30.00\t0.00\t5.00\t0.00\tFR
3-1\t32\t2026-04-10T10:15:00+00:00\t2026-04-10T10:15:00+00:00\tx@marketplace.example\tCUP\tCup\t1\tEUR\t8.00\t0.00\t0.00\t0.00\tFR
`,
      delimiter: "\t",
      sales: 1,
      refunds: 0,
      revenue: 4300,
      ...one("2026-04-10"),
    },
  ],
  "etsy-orders": [
    {
      what: "discount, shipping, sales tax and a refund in part",
      currency: "USD",
      // 71: 40 - 4 + 6 + 3.15 = 45.15; 72: 20 + 5 = 25, of which 15 remain.
      file: `Sale Date,Order ID,Buyer User ID,Full Name,First Name,Last Name,Number of Items,Payment Method,Date Shipped,Street 1,Street 2,Ship City,Ship State,Ship Zipcode,Ship Country,Currency,Order Value,Coupon Code,Coupon Details,Discount Amount,Shipping Discount,Shipping,Sales Tax,Order Total,Status,Card Processing Fees,Order Net,Adjusted Order Total,Adjusted Card Processing Fees,Adjusted Net Order Amount,Buyer,Order Type,Payment Type,InPerson Discount,InPerson Location
06/12/26,71,ann,Ann Lee,Ann,Lee,2,Credit Card,06/13/26,1 Way,,Reno,NV,89501,United States,USD,40.00,TEN,TEN - % off,4.00,0.00,6.00,3.15,45.15,,1.60,43.55,0.00,0.00,0.00,Ann Lee (ann),online,online_cc,,
06/05/26,72,bo,Bo Ek,Bo,Ek,1,Credit Card,06/06/26,2 Way,,Umea,,90325,Sweden,USD,20.00,,,0.00,0.00,5.00,0.00,25.00,,1.00,24.00,15.00,0.60,14.40,Bo Ek (bo),online,online_cc,,
`,
      sales: 2,
      refunds: 1,
      revenue: 4515 + 2500 - 1000,
      first_day: "2026-06-05",
      last_day: "2026-06-12",
    },
  ],
  "etsy-order-items": [
    {
      what: "shipping of the order on each row",
      currency: "USD",
      // 2 x 15 - 3 + 10 + 6 + 2.20 = 45.20
      file: `Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Coupon Details,Discount Amount,Shipping Discount,Order Shipping,Order Sales Tax,Item Total,Currency,Transaction ID,Listing ID,Date Paid,Date Shipped,Ship Name,Ship City,Ship Country,Order ID,Variations,Order Type,Listings Type,Payment Type,InPerson Discount,InPerson Location,VAT Paid by Buyer,SKU
06/12/26,"Mug, blue",ann,2,15.00,TEN,TEN - % off,3.00,0.00,6.00,2.20,30.00,USD,901,501,06/12/26,06/13/26,Ann Lee,Reno,United States,71,Color:Blue,online,listing,online_cc,,,,MUG
06/12/26,Plate,ann,1,10.00,,,0.00,0.00,6.00,2.20,10.00,USD,902,502,06/12/26,06/13/26,Ann Lee,Reno,United States,71,,online,listing,online_cc,,,,
`,
      sales: 1,
      refunds: 0,
      revenue: 4520,
      ...one("2026-06-12"),
    },
  ],
  "ebay-orders": [
    {
      what: "an order of two items, and lines at the end",
      currency: "GBP",
      // A: 12.50 + 3.20; B: 2 x 5 + 4 + 2.50 = 16.50.
      file: `Sales Record Number,Order Number,Buyer Username,Buyer Name,Buyer Email,Ship To Country,Item Number,Item Title,Custom Label,Quantity,Sold For,Shipping And Handling,Seller Collected Tax,eBay Collected Tax,Total Price,Payment Method,Sale Date,Paid On Date
,,,,,,,,,,,,,,,,,
101,11-1,rose_1,Rose Hall,r@members.example,United Kingdom,2001,Teapot,TEAPOT,1,£12.50,£3.20,£0.00,£0.00,£15.70,PayPal,Jun-12-26,Jun-12-26
102,11-2,tom_2,Tom Reed,t@members.example,France,,,,3,£14.00,£2.50,£0.00,£0.00,£16.50,PayPal,Jun-13-26,Jun-13-26
102,11-2,tom_2,Tom Reed,t@members.example,France,2002,Cup,CUP,2,£5.00,,,,,PayPal,Jun-13-26,Jun-13-26
102,11-2,tom_2,Tom Reed,t@members.example,France,2003,Saucer,,1,£4.00,,,,,PayPal,Jun-13-26,Jun-13-26
,,,,,,,,,,,,,,,,,
3,record(s) downloaded,,,,,,,,,,,,,,,,
Seller ID : shop,,,,,,,,,,,,,,,,,
`,
      sales: 2,
      refunds: 0,
      revenue: 1570 + 1650,
      first_day: "2026-06-12",
      last_day: "2026-06-13",
      skipped: 5,
    },
  ],
  "ebay-selling-manager": [
    {
      what: "the older layout",
      currency: "GBP",
      file: `Sales Record Number,User Id,Buyer Fullname,Buyer Country,Item Number,Item Title,Custom Label,Quantity,Sale Price,VAT Rate,Postage and Packaging,Total Price,Payment Method,Sale Date
501,rose_1,Rose Hall,United Kingdom,2001,Teapot,TEAPOT,1,£12.50,,£3.20,£15.70,PayPal,12-Jun-26
502,tom_2,Tom Reed,United Kingdom,2002,Cup,CUP,2,£5.00,,£0.00,£10.00,PayPal,13-Jun-26
`,
      sales: 2,
      refunds: 0,
      revenue: 2570,
      first_day: "2026-06-12",
      last_day: "2026-06-13",
    },
  ],
  "ebay-orders-de": [
    {
      what: "decimal commas and German months",
      delimiter: ";",
      file: `Verkaufsprotokollnummer;Bestellnummer;Nutzername des Käufers;Name des Käufers;Artikelnummer;Artikelbezeichnung;Bestandseinheit;Anzahl;Verkauft für;Verpackung und Versand;Gesamtpreis;Zahlungsmethode;Verkauft am
101;11-1;rosa;Rosa Holz;2001;Kanne;KANNE;2;12,50 €;4,90 €;29,90 €;PayPal;12. Mär 26
102;11-2;tom;Tom Rot;2002;Tasse;TASSE;1;1.250,00 €;0,00 €;1.250,00 €;Überweisung;03. Okt 25
`,
      sales: 2,
      refunds: 0,
      revenue: 2990 + 125_000,
      first_day: "2025-10-03",
      last_day: "2026-03-12",
    },
  ],
  "stripe-payments": [
    {
      what: "new names of columns, a failed charge",
      file: `id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Amount Refunded,Converted Currency,Decline Reason,Description,Fee,Status,Customer ID,Customer Email
ch_1,2026-01-15 23:30,50.00,0.00,eur,true,50.00,0.00,eur,,Order 1,1.00,Paid,cus_1,a@mail.example
ch_2,2026-01-16 10:00,20.00,5.00,eur,true,20.00,5.00,eur,,Order 2,1.00,Partial Refund,cus_1,a@mail.example
ch_3,2026-01-17 10:00,99.00,0.00,eur,false,99.00,0.00,eur,do_not_honor,Order 3,0.00,Failed,cus_2,b@mail.example
`,
      sales: 2,
      refunds: 1,
      revenue: 6500,
      first_day: "2026-01-15",
      last_day: "2026-01-16",
      skipped: 1,
    },
  ],
  "stripe-balance": [
    {
      what: "charges and refunds among payouts and fees",
      file: `balance_transaction_id,created_utc,created,available_on_utc,currency,gross,fee,net,reporting_category,source_id,description,customer_id
txn_1,2026-01-15 10:00:00,2026-01-15 11:00:00,2026-01-17 00:00:00,eur,50.00,1.00,49.00,charge,ch_1,Order 1,cus_1
txn_2,2026-01-16 10:00:00,2026-01-16 11:00:00,2026-01-17 00:00:00,eur,-5.00,0.00,-5.00,refund,re_1,REFUND FOR CHARGE,cus_1
txn_3,2026-01-17 10:00:00,2026-01-17 11:00:00,2026-01-17 00:00:00,eur,-44.00,0.00,-44.00,payout,po_1,STRIPE PAYOUT,
`,
      sales: 1,
      refunds: 1,
      revenue: 4500,
      first_day: "2026-01-15",
      last_day: "2026-01-16",
      skipped: 1,
    },
  ],
  "vend-sales": [
    {
      what: "a return, a voided sale, two lines",
      // 501: 24 + 10; 502: -24.
      file: `Date,Receipt Number,Line Type,Customer Code,Customer Name,Note,Quantity,Subtotal,Sales Tax,Discount,Loyalty,Total,Paid,Details,Register,User,Status,Sku
2026-06-01 10:00:00,501,Sale,RV-1,Rosa Vidal,,3,28.10,5.90,0.00,0.00,34.00,34.00,,Main,Mar,Completed,
2026-06-01 10:00:00,501,Sale Line,,,,2,19.83,4.17,0.00,0.00,24.00,,Mug,Main,Mar,,MUG-1
2026-06-01 10:00:00,501,Sale Line,,,,1,8.26,1.74,2.00,0.00,10.00,,Plate,Main,Mar,,
2026-06-01 10:00:00,501,Payment,,,,0,0.00,0.00,0.00,0.00,0.00,34.00,Cash,Main,Mar,,
2026-06-02 10:00:00,502,Sale,,,,-2,-19.83,-4.17,0.00,0.00,-24.00,-24.00,,Main,Mar,Completed,
2026-06-02 10:00:00,502,Sale Line,,,,-2,-19.83,-4.17,0.00,0.00,-24.00,,Mug,Main,Mar,,MUG-1
2026-06-02 10:00:00,502,Payment,,,,0,0.00,0.00,0.00,0.00,0.00,-24.00,Cash,Main,Mar,,
2026-06-03 10:00:00,503,Sale,,,,1,10.00,2.10,0.00,0.00,12.10,12.10,,Main,Mar,Voided,
2026-06-03 10:00:00,503,Sale Line,,,,1,10.00,2.10,0.00,0.00,12.10,,Mug,Main,Mar,,MUG-1
`,
      sales: 1,
      refunds: 1,
      revenue: 1000,
      first_day: "2026-06-01",
      last_day: "2026-06-02",
      skipped: 6,
    },
  ],
  "prestashop-orders": [
    {
      what: "Spanish, with a refund that the status only mentions",
      delimiter: ";",
      file: `ID;Referencia;Nuevo cliente;Entrega;Cliente;Total;Pago;Estado;Fecha
9;XKBKNABJK;Sí;España;J. Pérez;1.045,50 €;Transferencia bancaria;Pago aceptado;13/05/2026 10:00:00
8;OHSATSERP;No;España;M. Gil;12,10 €;Tarjeta;Entregado;12/05/2026 10:00:00
7;UOYEVOLI;No;España;M. Gil;12,10 €;Tarjeta;Cancelado;11/05/2026 10:00:00
6;FFATNOMMJ;No;España;M. Gil;12,10 €;Tarjeta;Reembolsado;10/05/2026 10:00:00
`,
      sales: 2,
      refunds: 0,
      revenue: 104_550 + 1210,
      first_day: "2026-05-12",
      last_day: "2026-05-13",
      skipped: 1,
      rejects: [
        "Estado is Reembolsado: say in the mapping whether such rows are refunds (refund_statuses) or no sales (skip_statuses)",
      ],
    },
  ],
  "odoo-sale-orders": [
    {
      what: "labels, order fields on the first line, a section and a quotation",
      // S1: 24.20 + 12.10; S3: 60.50.
      file: `Order Reference,Order Date,Customer,Salesperson,Status,Order Lines/Product,Order Lines/Quantity,Order Lines/Unit Price,Order Lines/Discount (%),Order Lines/Subtotal,Order Lines/Total,Total
S00001,2026-05-13 10:00:00,Azure Interior,Mitchell Admin,Sales Order,[DESK-1] Desk,2.00,10.00,0.00,20.00,24.20,36.30
,,,,,,0.00,,,,,
,,,,,Lamp,1.00,20.00,50.00,10.00,12.10,
S00002,2026-05-13 11:00:00,Azure Interior,Mitchell Admin,Quotation,[DESK-1] Desk,1.00,10.00,0.00,10.00,12.10,12.10
S00003,2026-05-14 11:00:00,Deco Addict,Mitchell Admin,Locked,[DESK-1] Desk,5.00,10.00,0.00,50.00,60.50,60.50
`,
      sales: 2,
      refunds: 0,
      revenue: 3630 + 6050,
      first_day: "2026-05-13",
      last_day: "2026-05-14",
      skipped: 2,
    },
    {
      what: "technical names without the total of a line",
      // 2 x 10 + 20 - 50 %
      file: `name,date_order,partner_id,user_id,state,order_line/product_id,order_line/product_uom_qty,order_line/price_unit,order_line/discount (%)
S00001,2026-05-13 10:00:00,Azure Interior,Mitchell Admin,sale,[DESK-1] Desk,2,10,0
,,,,,Lamp,1,20,0
`,
      sales: 1,
      refunds: 0,
      revenue: 4000,
      ...one("2026-05-13"),
    },
  ],
  "odoo-pos-orders": [
    {
      what: "orders of the till, one returned",
      file: `Order Ref,Receipt Number,Date,Customer,Cashier,Status,Order Lines/Product,Order Lines/Quantity,Order Lines/Unit Price,Order Lines/Subtotal w/o Tax,Order Lines/Subtotal,Total
Shop/0001,Order 00001-001-0001,2026-05-13 10:00:00,,Eva,Posted,[MUG] Mug,2,10.00,20.00,24.20,36.30
,,,,,,Plate,1,10.00,10.00,12.10,
Shop/0002,Order 00001-001-0001 REFUND,2026-05-14 10:00:00,,Eva,Paid,[MUG] Mug,-1,10.00,-10.00,-12.10,-12.10
`,
      sales: 1,
      refunds: 1,
      revenue: 2420,
      first_day: "2026-05-13",
      last_day: "2026-05-14",
    },
  ],
  "online-retail-ii": [
    {
      what: "floating customers and month-first dates",
      currency: "GBP",
      file: `Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country
489434,85048,LIGHTS,12,12/1/2009 7:45,6.95,13085.0,United Kingdom
C489449,22087,BUNTING,-12,12/1/2009 10:33,2.95,16321.0,Australia
`,
      sales: 1,
      refunds: 1,
      revenue: 8340 - 3540,
      ...one("2009-12-01"),
    },
  ],
  superstore: [
    {
      what: "without quantities, days before months",
      currency: "USD",
      file: `Row ID,Order ID,Order Date,Ship Date,Ship Mode,Customer ID,Customer Name,Segment,Country,City,State,Postal Code,Region,Product ID,Category,Sub-Category,Product Name,Sales
1,CA-2017-152156,08/11/2017,11/11/2017,Second Class,CG-12520,Claire Gute,Consumer,United States,Henderson,Kentucky,42420,South,FUR-BO-1,Furniture,Bookcases,Bookcase,261.96
2,CA-2017-138688,12/06/2017,16/06/2017,Second Class,DV-13045,Darrin Huff,Corporate,United States,Los Angeles,California,90036,West,OFF-LA-1,Office,Labels,Labels,14.62
`,
      sales: 2,
      refunds: 0,
      revenue: 26_196 + 1462,
      first_day: "2017-06-12",
      last_day: "2017-11-08",
    },
  ],
};

export const PRODUCT_LAYOUTS: Record<string, ProductLayout[]> = {
  "shopify-products": [
    {
      what: "variants of two options, and the row of an image",
      file: `Handle,Title,Body (HTML),Vendor,Type,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Inventory Qty,Variant Price,Variant Barcode,Image Src,Cost per item
shirt,Shirt,<p>x</p>,Atelier,Shirts,Size,S,Color,Red,SH-S-R,4,39.00,'5012345678900,https://img.example/1.jpg,12.50
shirt,,,,,,S,,Blue,SH-S-B,0,39.00,,https://img.example/2.jpg,
shirt,,,,,,,,,,,,,https://img.example/3.jpg,
card,Gift Card,,Atelier,Gift,Title,Default Title,,,GIFT,,25.00,,,
`,
      products: 3,
      skipped: 1,
    },
  ],
  "shopify-products-2024": [
    {
      what: "the new names",
      file: `Title,URL handle,Description,Vendor,Product category,Type,Status,SKU,Barcode,Option1 name,Option1 value,Price,Compare-at price,Cost per item,Inventory tracker,Inventory quantity
Shirt,shirt,Soft,Atelier,Apparel,Shirts,Active,SH-S,5012345678900,Size,S,39.00,45.00,12.00,shopify,4
,shirt,,,,,,SH-M,,,M,39.00,,12.00,shopify,2
`,
      products: 2,
    },
  ],
  "woocommerce-products": [
    {
      what: "variable, variations and simple products",
      file: `ID,Type,SKU,"GTIN, UPC, EAN, or ISBN",Name,Published,"Sale price","Regular price",Stock,Categories,Parent
44,variable,tee,,Tee,1,,,,Clothing,
45,variation,tee-blue,,Tee - Blue,1,,20,3,,tee
46,simple,album,5012345678900,Album,1,12.50,15,,Music,
`,
      products: 2,
      skipped: 1,
    },
    {
      what: "Spanish, with decimal commas",
      file: `ID,Tipo,SKU,Nombre,Publicado,"Precio rebajado","Precio normal",Inventario,Categorías
46,simple,disco,Disco,1,"12,50","15,00",3,Música
47,simple,taza,Taza,1,,"1.250,00",,Hogar
`,
      products: 2,
    },
  ],
  "square-items": [
    {
      what: "variations, and a price that varies",
      currency: "USD",
      file: `Token,Item Name,Variation Name,SKU,Description,Category,GTIN,Price,Current Quantity Main Street,Stock Alert Count Main Street,Default Unit Cost
A1,Latte,Small,LAT-S,,Drinks,,$3.50,,,$1.00
A2,Latte,Large,LAT-L,,Drinks,,$4.50,,,
A3,Mug,Regular,MUG,,Goods,5012345678900,$12.00,7,2,
A4,Donation,Regular,DON,,Goods,,variable,,,
`,
      products: 3,
      rejects: ["Price is not a number: variable"],
    },
  ],
  "vend-products": [
    {
      what: "variants with the stock of an outlet",
      file: `id,handle,sku,name,description,product_category,variant_option_one_name,variant_option_one_value,tags,supply_price,retail_price,tax_name,brand_name,supplier_name,active,track_inventory,inventory_Main_Outlet,reorder_point_Main_Outlet
1,tee,TEE-S,Tee,,Clothing,Size,S,,5.00,20.00,VAT,Atelier,,1,1,4,2
2,tee,TEE-M,Tee,,Clothing,Size,M,,5.00,20.00,VAT,Atelier,,1,1,0,2
`,
      products: 2,
    },
  ],
  "prestashop-catalogue": [
    {
      what: "the list of the back office",
      file: `Product ID,Image,Name,Reference,Category,Price (tax excl.),Price (tax incl.),Quantity,Status,Position
1,,Mug,MUG,Home,€10.00,€12.10,4,1,1
2,,Plate,PLATE,Home,"€1,000.00","€1,210.00",0,1,2
`,
      products: 2,
    },
  ],
  "odoo-products": [
    {
      what: "labels",
      file: `Internal Reference,Name,Sales Price,Cost,Barcode,Quantity On Hand,Unit of Measure,Product Category
DESK,Desk,450.00,300.00,5012345678900,4.00,Units,All / Office
LAMP,Lamp,40.00,15.00,,2.00,Units,All / Office
`,
      products: 2,
    },
  ],
};
