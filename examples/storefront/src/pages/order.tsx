import type { Purchase, SaleLine } from "@mostrador/sdk";
import { amount, money } from "../formats.ts";
import type { View } from "../shop.ts";

const STEPS = {
  pending: ["pending"],
  completed: ["completed"],
  cancelled: ["cancelled"],
  refunded: ["completed", "refunded"],
} as const;

function Steps({ view: { words }, status }: { view: View; status: Purchase["status"] }) {
  const steps = STEPS[status];
  return (
    <ol class="steps">
      <li class="done">{words.received}</li>
      {steps.map((step) => (
        <li class={step === "pending" ? "" : "done"} aria-current={step === status ? "step" : undefined}>
          {words.states[step]}
        </li>
      ))}
    </ol>
  );
}

function Line({ view, line, currency }: { view: View; line: SaleLine; currency: string }) {
  return (
    <li>
      <span>
        {view.words.units(amount(view, line.quantity, line.unit))} {line.description}
        {line.refunded > 0 && (
          <span class="badge warn">{view.words.refundedUnits(amount(view, line.refunded, line.unit))}</span>
        )}
      </span>
      <span class="amount">{money(view, line.subtotal, currency)}</span>
    </li>
  );
}

function Collect({ view: { words, shop } }: { view: View }) {
  if (!shop?.address) return null;
  const { lines, postal_code, city } = shop.address;
  return (
    <address>
      <span class="muted">{words.collectAt}</span>
      {[shop.name, ...lines, `${postal_code} ${city}`].map((line) => (
        <span>{line}</span>
      ))}
    </address>
  );
}

/** The order and its payment. While it is pending, the script replaces #order with its newest state. */
export function OrderPage({ view, order }: { view: View; order: Purchase }) {
  const { words, locale, shop } = view;
  const { status, currency, hold_expires_at: hold } = order;
  const format = new Intl.DateTimeFormat(locale, {
    dateStyle: "medium",
    timeStyle: "short",
    ...(shop && { timeZone: shop.timezone }),
  });
  return (
    <article id="order" class="order" data-status={status}>
      <header>
        <p class="muted">{words.order(order.number ?? "")}</p>
        <h1>{words.thanks}</h1>
      </header>
      <div class="card">
        <Steps view={view} status={status} />
        <p role="status">
          {words.stateTexts[status]}
          {status === "pending" && hold !== null && ` ${words.heldUntil(format.format(new Date(hold)))}`}
        </p>
        {order.payment.url !== null && (
          <a class="button" href={order.payment.url}>
            {words.payment}
          </a>
        )}
      </div>
      <div class="card">
        <ul class="plain">
          {order.items.map((line) => (
            <Line view={view} line={line} currency={currency} />
          ))}
        </ul>
        <p class="total">
          <span>{words.total}</span>
          <strong>{money(view, order.total, currency)}</strong>
        </p>
        <Collect view={view} />
      </div>
      <a class="button secondary" href="/">
        {words.keepShopping}
      </a>
    </article>
  );
}
