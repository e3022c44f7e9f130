import type { Child } from "hono/jsx";
import { html } from "hono/html";
import { formatQuantity } from "@mostrador/sdk";
import type { View } from "./shop.ts";

const Search = ({ view: { words, url } }: { view: View }) => (
  <search>
    <form class="search" action="/" id="search">
      <label class="hidden" for="q">
        {words.search}
      </label>
      <input
        type="search"
        id="q"
        name="q"
        value={url.pathname === "/" ? (url.searchParams.get("q") ?? "") : ""}
        placeholder={words.searchHint}
        autocomplete="off"
        maxlength={100}
      />
      {/* Enter in the field presses it: what is not seen takes no focus. */}
      <button class="hidden" tabindex={-1}>
        {words.search}
      </button>
    </form>
  </search>
);

function LanguageLink({ view: { language, words, url } }: { view: View }) {
  const other = language === "es" ? "en" : "es";
  const params = new URLSearchParams(url.search);
  params.set("lang", other);
  return (
    <a class="quiet" href={`${url.pathname}?${params}`} lang={other} hreflang={other}>
      {words.otherLanguage}
    </a>
  );
}

function CartLink({ view: { words, cart, locale } }: { view: View }) {
  const units = formatQuantity(cart?.units ?? 0, locale);
  return (
    <a class="cart-link" href="/cart" aria-label={words.cartOf(units)}>
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <path d="M3 7.5h14l-1.2 8.2a1.5 1.5 0 0 1-1.5 1.3H5.7a1.5 1.5 0 0 1-1.5-1.3zM6.5 7.5l2-4.5m5 4.5-2-4.5" />
      </svg>
      <span class="count">{units}</span>
    </a>
  );
}

/** A whole page. The script reads from #search what it needs to search by itself. */
export function Page({ view, title, children }: { view: View; title?: string | undefined; children: Child }) {
  const { words, shop, language, api } = view;
  const name = shop?.name ?? "Mostrador";
  return html`<!doctype html>${(
      <html lang={language}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>{title === undefined ? name : `${title} · ${name}`}</title>
          <link rel="icon" href="/icon.svg" type="image/svg+xml" />
          <link rel="stylesheet" href="/style.css" />
          <script type="module" src="/main.js"></script>
        </head>
        <body
          data-api={api.url}
          data-key={api.key}
          data-suggestions={words.suggestions}
          data-nothing={words.nothingFound}
          data-all={words.allResults}
        >
          <a class="skip" href="#content">
            {words.skip}
          </a>
          <header>
            <a class="brand" href="/">
              <img src="/icon.svg" alt="" width="32" height="32" />
              <span>{name}</span>
            </a>
            <Search view={view} />
            <nav>
              <LanguageLink view={view} />
              <CartLink view={view} />
            </nav>
          </header>
          <main id="content" tabindex={-1}>
            {children}
          </main>
          <footer>
            <p>{[name, shop?.phone, shop?.email].filter(Boolean).join(" · ")}</p>
          </footer>
        </body>
      </html>
    )}`;
}
