// The page to which the links in mails about an order lead, until the web app has it.
import type { Context } from "hono";
import type { App } from "../../http/app-context.ts";
import { pageResponse, preferredLanguage, readForm } from "../../http/pages.ts";
import { router } from "../../http/validation.ts";
import { type Language, languageOf } from "../../mail/words.ts";
import type { OrderLinkCtx } from "../../platform/context.ts";
import { Problem } from "../../platform/problem.ts";
import { cancelPurchase } from "../cancel.ts";
import { getPurchase } from "../history.ts";
import { findOrderLink, type LinkShop, readOrderToken, unknownOrder } from "../order-tokens.ts";
import { noOrderPage, orderPage } from "./page.ts";

export const orderPages = router();

const MAX_TOKEN = 200;

/** The context and the shop of a token. One round trip. @throws Problem unknown-order */
async function openLink(c: Context<App>, text: string): Promise<{ ctx: OrderLinkCtx; shop: LinkShop }> {
  const { base } = c.var;
  const token = readOrderToken(base, text);
  const found = await findOrderLink(base, token);
  if (!found?.isValid) throw unknownOrder();
  return { ctx: { ...base, tenant: found.shop, actor: null, orderId: token.saleId }, shop: found.shop };
}

/** The language that the browser prefers, if the page has it, else that of the shop. */
const languageFor = (c: Context<App>, shopLocale: string): Language =>
  languageOf(preferredLanguage(c) ?? shopLocale);

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
    return await pageResponse(page, isRefused ? 409 : 200);
  } catch (error) {
    if (!(error instanceof Problem) || !["unknown-order", "not-found"].includes(error.slug)) throw error;
    return pageResponse(noOrderPage(languageFor(c, "en")), 404);
  }
}

const tokenOfForm = async (c: Context<App>): Promise<string> =>
  ((await readForm(c))["token"] ?? "").slice(0, MAX_TOKEN);

orderPages.get("/order", (c) => showOrder(c, (c.req.query("token") ?? "").slice(0, MAX_TOKEN)));

orderPages.post("/order", async (c) =>
  showOrder(c, await tokenOfForm(c), (ctx) => cancelPurchase(ctx, ctx.orderId)),
);
