import { instacart, olistItems, onlineRetail2, superstore } from "./datasets.ts";
import { amazonOrders, stripePayments } from "./marketplaces.ts";
import { prestashopProducts, vendSales } from "./point-of-sale.ts";
import { shopifyOrders, shopifyProducts } from "./shopify.ts";
import { wooOrders, wooProducts } from "./woocommerce.ts";

export const presets = [
  shopifyOrders,
  shopifyProducts,
  wooOrders,
  wooProducts,
  amazonOrders,
  stripePayments,
  vendSales,
  prestashopProducts,
  onlineRetail2,
  superstore,
  olistItems,
  instacart,
];
