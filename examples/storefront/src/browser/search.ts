// Search as you type: the browser asks the API itself, with the publishable key.
import { formatMoney, Mostrador, type SearchHit } from "@mostrador/sdk";
import { paletteOf } from "../palette.ts";

const PAUSE_MS = 120;
const SHOWN = 6;

function element(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

function link(href: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const anchor = element("a", className, ...children);
  anchor.setAttribute("href", href);
  return anchor;
}

function rowOf({ id, sku, title, author, price, currency }: SearchHit): HTMLElement {
  const cover = element("span", `cover tiny ${paletteOf(sku)}`);
  const text = element("span", "suggestion-text", element("span", "product-title", title));
  if (author !== null) text.append(element("span", "muted", author));
  const amount = element("span", "amount", formatMoney(price, currency, document.documentElement.lang));
  return element("li", "", link(`/products/${id}`, "suggestion", cover, text, amount));
}

export function suggestProducts(): void {
  const form = document.querySelector<HTMLFormElement>("#search");
  const field = document.querySelector<HTMLInputElement>("#q");
  const { api, key, suggestions = "", nothing = "", all = "" } = document.body.dataset;
  if (form === null || field === null || !api || !key) return;
  const mostrador = new Mostrador({ url: api, apiKey: key, retries: 0 });
  const panel = element("div", "panel");
  panel.setAttribute("role", "region");
  panel.setAttribute("aria-label", suggestions);
  panel.setAttribute("aria-live", "polite");
  panel.hidden = true;
  form.append(panel);

  const show = (q: string, hits: SearchHit[]) => {
    const list = element("ul", "plain", ...hits.map(rowOf));
    const more = link(`/?q=${encodeURIComponent(q)}`, "suggestion all", all);
    panel.replaceChildren(...(hits.length > 0 ? [list, more] : [element("p", "muted", nothing)]));
    panel.hidden = false;
  };
  let search = new AbortController();
  const update = async () => {
    search.abort();
    search = new AbortController();
    const { signal } = search;
    const q = field.value.trim();
    if (q === "") {
      panel.hidden = true;
      return;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSE_MS);
    });
    if (signal.aborted) return;
    // A search that fails leaves the form, which works by itself.
    const found = await mostrador.searchProducts({ q, limit: SHOWN }, { signal }).catch(() => null);
    if (found !== null && !signal.aborted) show(q, found.data);
  };
  field.addEventListener("input", () => void update());
  form.addEventListener("focusout", ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && form.contains(relatedTarget))) panel.hidden = true;
  });
  form.addEventListener("keydown", (event) => {
    const links = [...panel.querySelectorAll("a")];
    const at = links.findIndex((each) => each === document.activeElement);
    const moveTo = (target: HTMLElement | undefined) => {
      event.preventDefault();
      target?.focus();
    };
    if (event.key === "Escape" && !panel.hidden) {
      panel.hidden = true;
      moveTo(field);
    }
    if (event.key === "ArrowDown" && !panel.hidden) moveTo(links[at + 1]);
    if (event.key === "ArrowUp" && at >= 0) moveTo(links[at - 1] ?? field);
  });
}
