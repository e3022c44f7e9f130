// What the last sales of this isolate were priced with. A sale that finds all of it here needs no read: its batch compares every
// fact with the shop as it is at the commit, so nothing outdated is ever charged. A refused sale is read and priced again.
import type { Tenant } from "../platform/context.ts";
import { setBounded } from "../values/bounded-map.ts";
import type { Offered } from "./offer.ts";
import type { Offer, SaleInput, Terms } from "./read-offer.ts";

/** Without the stock, which every sale changes: a CHECK decides whether it is enough. */
type RememberedProduct = Omit<Offered, "stock">;

const MAX_SHOPS = 1000;
const MAX_PRODUCTS = 10_000;

const termsOf = new Map<string, Terms>();
const productsOf = new Map<string, RememberedProduct>();

const productKey = (tenantId: string, productId: string): string => `${tenantId}:${productId}`;

/** What of a sale or an order its offer depends on. */
type RecallInput = { items: { product_id: string }[] } & Partial<
  Pick<SaleInput, "approval" | "sold_at" | "seller_id">
>;

/** Remembers what a sale was priced with, in the place of what was remembered of the same products and shop. */
export function rememberOffer({ id }: Pick<Tenant, "id">, { products, terms }: Offer): void {
  setBounded(termsOf, MAX_SHOPS, id, terms);
  for (const { stock: _, ...product } of products.values())
    setBounded(productsOf, MAX_PRODUCTS, productKey(id, product.id), product);
}

/**
 * The offer of a sale, with its stock as not tracked; or null, if some of it is not remembered or the sale depends on more: an
 * approval, the time of an earlier sale, or a named seller.
 */
export function recallOffer({ id }: Pick<Tenant, "id">, input: RecallInput): Offer | null {
  const terms = termsOf.get(id);
  const isRead = [input.approval, input.sold_at, input.seller_id].some((each) => each !== undefined);
  if (!terms || isRead) return null;
  const products = new Map<string, Offered>();
  for (const { product_id } of input.items) {
    const product = productsOf.get(productKey(id, product_id));
    if (!product) return null;
    products.set(product_id, { ...product, stock: null });
  }
  return { existing: null, products, terms, approver: [] };
}

/** Forgets everything, for tests of a sale that is read. */
export function forgetOffers(): void {
  termsOf.clear();
  productsOf.clear();
}
