// The page to which the links in mails about an order lead, until the web app has it.
import type { Context } from "hono";
import type { App } from "../../http/app-context.ts";
import { router } from "../../http/validation.ts";
import { type Language, languageOf } from "../../mail/words.ts";
import type { OrderLinkCtx } from "../../platform/context.ts";
import { Problem } from "../../platform/problem.ts";
import { cancelPurchase } from "../cancel.ts";
import { getPurchase } from "../history.ts";
import { findOrderLink, type LinkShop, readOrderToken, unknownOrder } from "../order-tokens.ts";
import { noOrderPage, orderPage, orderPagePolicy } from "./page.ts";

export const orderPages = router();

const MAX_TOKEN = 200;
const MAX_FORM_BYTES = 1024;

/** The context and the shop of a token. One round trip. @throws Problem unknown-order */
async function openLink(c: Context<App>, text: string): Promise<{ ctx: OrderLinkCtx; shop: LinkShop }> {
  const { base } = c.var;
  const token = readOrderToken(base, text);
  const found = await findOrderLink(base, token);
  if (!found?.isValid) throw unknownOrder();
  return { ctx: { ...base, tenant: found.shop, actor: null, orderId: token.saleId }, shop: found.shop };
}

/** The language that the browser prefers, if the page has it, else that of the shop. */
function languageFor(c: Context<App>, shopLocale: string): Language {
  const preferred = /^\s*(en|es)\b/i.exec(c.req.header("accept-language") ?? "")?.[1];
  return languageOf(preferred ?? shopLocale);
}

// The token must reach nobody else: no referrer, no cache, nothing loaded.
const headers = {
  "content-type": "text/html; charset=UTF-8",
  "content-security-policy": orderPagePolicy,
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

const respond = async (page: ReturnType<typeof noOrderPage>, status = 200): Promise<Response> =>
  new Response((await page).toString(), { status, headers });

/** Responds with the page of the token's order, after `change`, whose refusal the page shows. */
async function showOrder(
  c: Context<App>,
  token: string,
  change: (ctx: OrderLinkCtx) => Promise<unknown> = () => Promise.resolve(),
): Promise<Response> {
  try {
    const { ctx, shop } = await openLink(c, token);
    const isRefused = await change(ctx).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Problem && error.slug === "not-cancellable") return true;
        throw error;
      },
    );
    const purchase = await getPurchase(ctx, ctx.orderId);
    const page = orderPage(languageFor(c, shop.locale), shop, purchase, token, isRefused);
    return await respond(page, isRefused ? 409 : 200);
  } catch (error) {
    if (!(error instanceof Problem) || !["unknown-order", "not-found"].includes(error.slug)) throw error;
    return respond(noOrderPage(languageFor(c, "en")), 404);
  }
}

async function tokenOfForm(c: Context<App>): Promise<string> {
  const isForm = (c.req.header("content-type") ?? "").startsWith("application/x-www-form-urlencoded");
  const isSmall = Number(c.req.header("content-length") ?? "0") <= MAX_FORM_BYTES;
  const text = isForm && isSmall ? await c.req.text() : "";
  return (new URLSearchParams(text.slice(0, MAX_FORM_BYTES)).get("token") ?? "").slice(0, MAX_TOKEN);
}

orderPages.get("/order", (c) => showOrder(c, (c.req.query("token") ?? "").slice(0, MAX_TOKEN)));

orderPages.post("/order", async (c) =>
  showOrder(c, await tokenOfForm(c), (ctx) => cancelPurchase(ctx, ctx.orderId)),
);
