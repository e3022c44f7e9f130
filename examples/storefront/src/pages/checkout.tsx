import type { Cart } from "@mostrador/sdk";
import { amount, money } from "../formats.ts";
import type { View } from "../shop.ts";

/** What the visitor has entered, to be shown again if the order is refused. */
export type Entered = { name: string; email: string; phone: string; payment: string };

export const NOTHING_ENTERED: Entered = { name: "", email: "", phone: "", payment: "transfer" };

function Payment({ view: { words }, chosen }: { view: View; chosen: string }) {
  const options = [
    ["transfer", words.transfer, words.transferHint],
    ["cash", words.cash, words.cashHint],
  ] as const;
  return (
    <fieldset>
      <legend>{words.payment}</legend>
      {options.map(([value, name, hint]) => (
        <label class="option">
          <input type="radio" name="payment" value={value} checked={value === chosen} />
          <span>
            {name}
            <span class="muted">{hint}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** `attempt` identifies the order: submitting the form twice places it once. */
export function CheckoutPage({
  view,
  cart,
  attempt,
  entered,
  problem,
}: {
  view: View;
  cart: Cart;
  attempt: string;
  entered: Entered;
  problem?: string | undefined;
}) {
  const { words } = view;
  return (
    <>
      <h1>{words.checkout}</h1>
      {problem !== undefined && (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
      <div class="columns">
        <form class="card details" method="post" action="/checkout">
          <input type="hidden" name="attempt" value={attempt} />
          <input type="hidden" name="total" value={String(cart.total)} />
          <h2>{words.yourDetails}</h2>
          <label class="field">
            <span class="label">{words.name}</span>
            <input name="name" autocomplete="name" required maxlength={200} value={entered.name} />
          </label>
          <label class="field">
            <span class="label">{words.email}</span>
            <input
              type="email"
              name="email"
              autocomplete="email"
              required
              value={entered.email}
              aria-describedby="email-hint"
            />
            <span class="muted" id="email-hint">
              {words.emailHint}
            </span>
          </label>
          <label class="field">
            <span class="label">{words.phone}</span>
            <input type="tel" name="phone" autocomplete="tel" value={entered.phone} />
          </label>
          <Payment view={view} chosen={entered.payment} />
          <button class="button">{words.placeOrder(money(view, cart.total, cart.currency))}</button>
        </form>
        <aside class="card summary">
          <ul class="plain">
            {cart.items.map((item) => (
              <li>
                <span>
                  {words.units(amount(view, item.quantity, item.unit))} {item.title}
                </span>
                <span class="amount">{money(view, item.subtotal, cart.currency)}</span>
              </li>
            ))}
          </ul>
          <p class="total">
            <span>{words.total}</span>
            <strong>{money(view, cart.total, cart.currency)}</strong>
          </p>
          <a class="quiet" href="/cart">
            {words.backToCart}
          </a>
        </aside>
      </div>
    </>
  );
}
