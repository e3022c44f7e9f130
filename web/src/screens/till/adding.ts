// Adds products to the cart: from a scan or a code without a request, and what is found by words.
import { isProblem, type Me } from "@mostrador/sdk";
import { mostrador } from "../../client.ts";
import { wordsNow } from "../../i18n/words.ts";
import { isReachable, noting } from "../../offline/connection.ts";
import { toastError, toastWarning } from "../../parts/toasts.tsx";
import { addProduct, EMPTY_CART, MAX_LINES, priceOfPacket } from "./cart.ts";
import type { Copy } from "./catalogue-copy.ts";
import type { Found, TillProduct } from "./catalogue.ts";
import { taxRateOf, type Terms } from "./terms.ts";
import { setTill, till } from "./till-state.ts";
import { tillWords } from "./words.ts";

/** The cart that a product can be added to: the next one after a sale, none while there are payments. */
function openCart() {
  const { cart, paying, done } = till();
  if (done) return EMPTY_CART;
  return paying && paying.payments.length > 0 ? null : cart;
}

type Place = {
  me: Me;
  terms: Terms;
  copy: Copy | null;
  /** A quantity must be entered, because nothing says what the product weighs. */
  onWeigh: (product: TillProduct) => void;
};

export type Adding = {
  addProduct: (product: TillProduct, quantity?: number) => void;
  /** False if no product of the copy has this code. */
  addCode: (code: string) => boolean;
  /** Asks the shop for a code that the copy does not have. */
  addUnknown: (code: string) => Promise<void>;
};

export function createAdding({ me: { shop }, terms, copy, onWeigh }: Place): Adding {
  const put = (product: TillProduct, quantity: number, unitPrice: number): void => {
    const w = wordsNow(tillWords);
    const cart = openCart();
    if (!cart) return toastWarning(w.finishPayment);
    const added = addProduct(cart, product, { quantity, unitPrice, taxRate: taxRateOf(product, terms) });
    if (added.cart.lines.length > MAX_LINES) return toastWarning(w.tooManyLines);
    setTill({ cart: added.cart, selected: added.key, paying: null, done: null });
  };

  const addFound = ({ product, scale }: Found): void => {
    if (!product.is_active) return toastWarning(`${product.title}: ${wordsNow(tillWords).hidden}`);
    if (scale && "price" in scale) {
      const { quantity, unitPrice } = priceOfPacket(product, scale.price, shop.allow_price_override ?? true);
      return put(product, quantity, unitPrice);
    }
    if (scale) return put(product, scale.quantity, product.price);
    if (product.unit !== "piece")
      return openCart() ? onWeigh(product) : toastWarning(wordsNow(tillWords).finishPayment);
    return put(product, 1000, product.price);
  };

  const addCode = (code: string): boolean => {
    const found = copy?.catalogue.findCode(code, shop.scale_codes ?? [], shop.currency);
    if (found) addFound(found);
    return Boolean(found);
  };

  return {
    addProduct: (product, quantity) =>
      quantity === undefined ? addFound({ product }) : put(product, quantity, product.price),
    addCode,
    addUnknown: async (code) => {
      const say = (): void => toastWarning(wordsNow(tillWords).unknownCode(code));
      if (!copy) return toastWarning(wordsNow(tillWords).loadingCatalogue);
      if (!isReachable()) return say();
      try {
        // It may be newer than the copy.
        await copy.put(await noting(mostrador.lookUpProduct({ code })));
        if (!addCode(code)) say();
      } catch (error) {
        if (isProblem(error, "unknown-code") || !isReachable()) say();
        else toastError(error);
      }
    },
  };
}
