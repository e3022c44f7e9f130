// The order's page. It loads nothing and has no script; the token in its form is its only credential.
import { html } from "hono/html";
import type { z } from "zod";
import { htmlPage } from "../../platform/html-page.ts";
import { type Language, localeOf } from "../../mail/words.ts";
import { formatsOf as receiptFormats, plainLocale } from "../../sales/receipts/formats.ts";
import { countryCode } from "../../values/countries.ts";
import type { Purchase } from "../schema.ts";
import { orderWords } from "./words.ts";

type PurchaseBody = z.infer<typeof Purchase>;

/** The shop in whose name and colour the page is; `brand_color` is `#rrggbb`. */
export type PageShop = {
  name: string;
  locale: string;
  timezone: string;
  email: string | null;
  phone: string | null;
  brand_color: string | null;
};

const DEFAULT_COLOR = "#1f5f5b";

const style = (color: string) => `
:root { color-scheme: light }
* { box-sizing: border-box }
body { max-width: 42rem; margin: 0 auto; padding: 0 1rem 3rem; color: #222; background: #fff;
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
header { margin-bottom: 1.5rem; padding: 1rem 0; border-top: 6px solid ${color}; font-weight: 700 }
h1 { margin: 0; font-size: 1.5rem }
h2 { margin: 1.5rem 0 .25rem; font-size: 1rem }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .5rem .25rem; text-align: right; vertical-align: top }
th:first-child, td:first-child { text-align: left }
thead th, tbody tr { border-bottom: 1px solid #ccc }
tfoot .total { font-weight: 700 }
small { display: block; color: #595959 }
button { min-height: 44px; padding: .5rem 1rem; border: 2px solid #222; border-radius: 6px; background: #fff;
  color: #222; font: inherit; font-weight: 600 }
.pay { display: inline-block; min-height: 44px; padding: .5rem 1.5rem; border: 2px solid #222; border-radius: 6px;
  background: #222; color: #fff; font-weight: 600; text-decoration: none }
:is(button, .pay):focus-visible { outline: 3px solid #222; outline-offset: 2px }
[role="alert"] { padding: .75rem 1rem; border: 2px solid #8b0000 }
`;

const frame = (
  language: Language,
  shop: string,
  color: string,
  title: string,
  content: ReturnType<typeof html>,
) =>
  htmlPage(
    { language, title, style: style(color), header: html`<header><bdi>${shop}</bdi></header>` },
    content,
  );

/** What is shown where a token leads to no order. */
export function noOrderPage(language: Language) {
  const { noOrder, noOrderHint } = orderWords[language];
  return frame(language, "Mostrador", DEFAULT_COLOR, noOrder, html`<p role="alert">${noOrderHint}</p>`);
}

function formatsOf(language: Language, { locale: shopLocale, timezone }: PageShop, currency: string) {
  const locale = plainLocale(localeOf(language, shopLocale));
  const countries = new Intl.DisplayNames(locale, { type: "region" });
  const times = new Intl.DateTimeFormat(locale, {
    timeZone: timezone,
    dateStyle: "long",
    timeStyle: "short",
  });
  return {
    ...receiptFormats({ currency, timezone }, locale),
    country: (text: string) => {
      const code = countryCode(text);
      return code === null ? text : (countries.of(code) ?? text);
    },
    time: (instant: string) => times.format(new Date(instant)),
  };
}

type Formats = ReturnType<typeof formatsOf>;

/** The tax in the total by its rate, highest first; lines without tax have none. */
function taxesOf({ items }: PurchaseBody): [rate: number, tax: number][] {
  const taxes = new Map<number, number>();
  for (const { tax_rate: rate, tax } of items)
    if (rate !== null) taxes.set(rate, (taxes.get(rate) ?? 0) + tax);
  return [...taxes].toSorted(([one], [other]) => other - one);
}

function itemTable(language: Language, purchase: PurchaseBody, { money, quantity, rate }: Formats) {
  const words = orderWords[language];
  const sum = (label: string, amount: number, className = "") =>
    html`<tr class="${className}">
      <th scope="row" colspan="3">${label}</th>
      <td>${money(amount)}</td>
    </tr>`;
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${words.item}</th>
        <th scope="col">${words.quantity}</th>
        <th scope="col">${words.price}</th>
        <th scope="col">${words.amount}</th>
      </tr>
    </thead>
    <tbody>
      ${purchase.items.map(
        (item) =>
          html`<tr>
            <td>
              <bdi>${item.description}</bdi>${
                item.refunded > 0 ? html`<small>${words.refunded(quantity(item.refunded))}</small>` : ""
              }
            </td>
            <td>${quantity(item.quantity)}</td>
            <td>${item.unit_price === null ? "" : money(item.unit_price)}</td>
            <td>${money(item.subtotal)}</td>
          </tr>`,
      )}
    </tbody>
    <tfoot>
      ${purchase.discount > 0 ? sum(words.discount, -purchase.discount) : ""}
      ${taxesOf(purchase).map(([each, tax]) => sum(words.taxIncluded(rate(each)), tax))}
      ${sum(words.total, purchase.total, "total")}
    </tfoot>
  </table>`;
}

/** How a pending order is paid. The provider's page gets no referrer, which would contain the token. */
function howToPay(language: Language, { payment, total }: PurchaseBody, { money }: Formats) {
  const words = orderWords[language];
  if (payment.provider === "manual") return html`<p>${words.confirmedByShop}</p>`;
  if (payment.url !== null)
    return html`<p><a class="pay" href="${payment.url}" rel="noreferrer">${words.pay(money(total))}</a></p>
      <p>${words.payHint}</p>`;
  return html`<p>${payment.client_secret === null ? words.payNotNow : words.payWhereOrdered}</p>`;
}

/** The page of an order; `isRefused` if it could not be cancelled. */
export function orderPage(
  language: Language,
  shop: PageShop,
  purchase: PurchaseBody,
  token: string,
  isRefused: boolean,
) {
  const words = orderWords[language];
  const formats = formatsOf(language, shop, purchase.currency);
  const { status, shipping_address: address, payment_method: method } = purchase;
  const isPending = status === "pending";
  const contact = [shop.email, shop.phone].filter((each) => each !== null).join(" · ");
  return frame(
    language,
    shop.name,
    shop.brand_color ?? DEFAULT_COLOR,
    words.order(purchase.number ?? ""),
    html`${isRefused ? html`<p role="alert">${words.notCancellable}</p>` : ""}
      <p role="status"><strong>${words.states[status]}</strong></p>
      ${
        isPending && purchase.hold_expires_at !== null
          ? html`<p>${words.reservedUntil(formats.time(purchase.hold_expires_at))}</p>`
          : ""
      }
      ${isPending ? howToPay(language, purchase, formats) : ""} ${itemTable(language, purchase, formats)}
      ${
        address
          ? html`<h2>${words.address}</h2>
              <address>
                ${[address.name, ...address.lines, `${address.postal_code} ${address.city}`, address.region]
                  .filter((line) => line !== undefined)
                  .map((line) => html`<bdi>${line}</bdi><br />`)}
                ${formats.country(address.country)}
              </address>`
          : ""
      }
      ${
        method === null
          ? ""
          : html`<h2>${words.payment}</h2>
              <p>${words.methods[method] ?? method}</p>`
      }
      ${
        isPending
          ? html`<form method="post" action="/order">
              <input type="hidden" name="token" value="${token}" />
              <h2>${words.cancel}</h2>
              <p>${words.cancelHint}</p>
              <button>${words.cancel}</button>
            </form>`
          : ""
      }
      ${
        contact
          ? html`<h2>${words.questions}</h2>
              <p>${contact}</p>`
          : ""
      }`,
  );
}
