// What each request has: a client of the API for its visitor, the language, and what all pages show.
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { isProblem, Mostrador, type Cart, type Shop } from "@mostrador/sdk";
import { LANGUAGES, type Language, type Words } from "./words.ts";

export type Env = {
  Bindings: {
    MOSTRADOR_URL: string;
    /** Of the server; visitors never see it. */
    MOSTRADOR_KEY: string;
    /** Of the scripts in the pages. */
    PUBLISHABLE_KEY: string;
    /** The Worker of Mostrador, if it is in the same account. */
    MOSTRADOR?: { fetch: typeof fetch };
  };
};

type Request = Context<Env>;

const CART_SECONDS = 30 * 86_400;
const ORDER_SECONDS = 90 * 86_400;
const YEAR_SECONDS = 365 * 86_400;

const cookie = (c: Request, maxAge: number, path = "/") =>
  ({
    path,
    maxAge,
    httpOnly: true,
    sameSite: "Lax",
    // Browsers keep no Secure cookie of a plain address.
    secure: new URL(c.req.url).protocol === "https:",
  }) as const;

/** A client that acts for this visitor: it has their cart, and sees what they have just written. */
export function clientOf(c: Request): Mostrador {
  const { MOSTRADOR_URL: url, MOSTRADOR_KEY: apiKey, MOSTRADOR: worker } = c.env;
  const mostrador = new Mostrador({
    url,
    apiKey,
    cart: getCookie(c, "cart"),
    ...(worker && { fetch: (input, init) => worker.fetch(input, init) }),
  });
  mostrador.bookmark = getCookie(c, "bookmark") ?? null;
  return mostrador;
}

/** Stores what the next request of this visitor needs. */
export function remember(c: Request, mostrador: Mostrador): void {
  if (mostrador.cart !== null) setCookie(c, "cart", mostrador.cart, cookie(c, CART_SECONDS));
  if (mostrador.bookmark !== null) setCookie(c, "bookmark", mostrador.bookmark, cookie(c, 60));
}

/** The token of an order is in a cookie that only its page gets, and in no address. */
export function rememberOrder(c: Request, id: string, token: string): void {
  setCookie(c, "order", token, cookie(c, ORDER_SECONDS, `/orders/${id}`));
}

/** The visitor's cart; null if they have none, or it has expired. */
export async function cartOf(mostrador: Mostrador): Promise<Cart | null> {
  if (mostrador.cart === null) return null;
  try {
    return await mostrador.getCart();
  } catch (error) {
    if (!isProblem(error, "unknown-cart")) throw error;
    mostrador.cart = null;
    return null;
  }
}

const isLanguage = (text: string | undefined): text is Language => text !== undefined && text in LANGUAGES;

/** The language that the visitor has chosen, or else the first of their browser that the shop has. */
export function languageOf(c: Request): Language {
  const chosen = getCookie(c, "language");
  if (isLanguage(chosen)) return chosen;
  const accepted = (c.req.header("accept-language") ?? "").split(",").map((part) => part.trim().slice(0, 2));
  return accepted.find(isLanguage) ?? "es";
}

/** Stores the language of the query `lang`, and goes to the same page without it. */
export function switchLanguage(c: Request): Response | null {
  const url = new URL(c.req.url);
  const language = url.searchParams.get("lang") ?? undefined;
  if (!isLanguage(language)) return null;
  setCookie(c, "language", language, cookie(c, YEAR_SECONDS));
  url.searchParams.delete("lang");
  return c.redirect(`${url.pathname}${url.search}`, 303);
}

/** What every page shows beside its content. */
export type View = {
  language: Language;
  locale: string;
  words: Words;
  shop: Shop | null;
  cart: Cart | null;
  url: URL;
  /** For the script of the page. */
  api: { url: string; key: string };
};

export async function viewOf(c: Request, mostrador: Mostrador): Promise<View> {
  const [shop, cart] = await Promise.all([mostrador.getShop(), cartOf(mostrador)]);
  return { ...plainViewOf(c), shop, cart };
}

/** A view without the shop, for when the API does not respond. */
export function plainViewOf(c: Request): View {
  const language = languageOf(c);
  const { MOSTRADOR_URL: url, PUBLISHABLE_KEY: key } = c.env;
  return {
    language,
    ...LANGUAGES[language],
    shop: null,
    cart: null,
    url: new URL(c.req.url),
    api: { url, key },
  };
}
