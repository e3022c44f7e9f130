import { amazonOrderReport, amazonOrders } from "./amazon.ts";
import { ebayOrders, ebayOrdersGerman, ebaySellingManager } from "./ebay.ts";
import { etsyItems, etsyOrders } from "./etsy.ts";
import { instacart } from "./instacart.ts";
import { mostradorProducts, mostradorSaleLines } from "./mostrador.ts";
import { odooPosOrders, odooProducts, odooSaleOrders } from "./odoo.ts";
import { olistItems } from "./olist.ts";
import { onlineRetail2 } from "./online-retail.ts";
import { prestashopCatalogue, prestashopOrders, prestashopProducts } from "./prestashop.ts";
import { shopifyOrders, shopifyProducts, shopifyProductsNew } from "./shopify.ts";
import { squareItems, squareItemSales, squareTransactions } from "./square.ts";
import { stripeBalance, stripePayments } from "./stripe.ts";
import { superstore } from "./superstore.ts";
import { vendProducts, vendSales } from "./vend.ts";
import { wooAnalytics, wooOrderItems, wooOrders, wooProducts } from "./woocommerce.ts";

export const presets = [
  mostradorSaleLines,
  mostradorProducts,
  shopifyOrders,
  shopifyProducts,
  shopifyProductsNew,
  wooOrders,
  wooOrderItems,
  wooAnalytics,
  wooProducts,
  squareItemSales,
  squareTransactions,
  squareItems,
  amazonOrders,
  amazonOrderReport,
  etsyOrders,
  etsyItems,
  ebayOrders,
  ebaySellingManager,
  ebayOrdersGerman,
  stripePayments,
  stripeBalance,
  vendSales,
  vendProducts,
  prestashopProducts,
  prestashopCatalogue,
  prestashopOrders,
  odooSaleOrders,
  odooPosOrders,
  odooProducts,
  onlineRetail2,
  superstore,
  olistItems,
  instacart,
];
