import type { Cart, CartItem } from "@mostrador/sdk";
import { amount, money, price } from "../formats.ts";
import { Cover, Empty, QuantityField } from "../parts.tsx";
import type { View } from "../shop.ts";

function warningOf(view: View, item: CartItem, currency: string): string | null {
  const { words } = view;
  if (item.unavailable) return words.noLongerSold;
  if (!item.available) return words.notAvailable(amount(view, item.in_stock ?? 0, item.unit));
  return item.price_changed ? words.priceChanged(money(view, item.price_when_added, currency)) : null;
}

function Line({ view, item, currency }: { view: View; item: CartItem; currency: string }) {
  const { words } = view;
  const warning = warningOf(view, item, currency);
  const action = `/cart/${item.product_id}`;
  return (
    <li class="line">
      <Cover of={item} />
      <div class="line-text">
        <a href={`/products/${item.product_id}`}>{item.title}</a>
        <span class="muted">{price(view, item.unit_price, currency, item.unit)}</span>
        {warning !== null && <span class="warning">{warning}</span>}
        <div class="line-forms">
          <form method="post" action={action} data-submit-on-change>
            <QuantityField label={words.quantityOf(item.title)} unit={item.unit} value={item.quantity} />
            <button class="button secondary small">{words.update}</button>
          </form>
          <form method="post" action={`${action}/remove`}>
            <button class="quiet" aria-label={words.removeOf(item.title)}>
              {words.remove}
            </button>
          </form>
        </div>
      </div>
      <strong class="amount">{money(view, item.subtotal, currency)}</strong>
    </li>
  );
}

const canBuy = ({ items }: Cart): boolean => items.every((item) => item.available && !item.unavailable);

export function CartPage({ view, problem }: { view: View; problem?: string | undefined }) {
  const { words, cart } = view;
  if (cart === null || cart.items.length === 0)
    return <Empty view={view} title={words.cartIsEmpty} text={words.cartIsEmptyText} />;
  return (
    <>
      <h1>{words.cart}</h1>
      {problem !== undefined && (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
      <div class="columns">
        <ul class="card lines">
          {cart.items.map((item) => (
            <Line view={view} item={item} currency={cart.currency} />
          ))}
        </ul>
        <aside class="card summary">
          <p class="total">
            <span>{words.total}</span>
            <strong>{money(view, cart.total, cart.currency)}</strong>
          </p>
          <p class="muted">{words.taxIncluded(money(view, cart.tax, cart.currency))}</p>
          {canBuy(cart) && (
            <a class="button" href="/checkout">
              {words.checkout}
            </a>
          )}
        </aside>
      </div>
    </>
  );
}
