// A storefront on the SDK: pages that a Worker renders, in which everything up to an order works without scripts.
import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { isProblem, Problem } from "@mostrador/sdk";
import { cart } from "./cart.tsx";
import { catalogue } from "./catalogue.tsx";
import { Page } from "./layout.tsx";
import { orders } from "./orders.tsx";
import { Empty } from "./parts.tsx";
import { plainViewOf, switchLanguage, type Env } from "./shop.ts";

const app = new Hono<Env>();

app.use(async (c, next) => {
  const api = new URL(c.env.MOSTRADOR_URL).origin;
  const secure = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      fontSrc: ["'self'"],
      // Covers are at the API, or anywhere else.
      imgSrc: ["'self'", api, "https:"],
      connectSrc: ["'self'", api],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: "DENY",
  });
  await secure(c, next);
  c.header("cache-control", "private, no-store");
});
app.use(csrf());
app.use(async (c, next) => switchLanguage(c) ?? next());

app.route("/", catalogue);
app.route("/", cart);
app.route("/", orders);

app.notFound((c) => {
  const view = plainViewOf(c);
  const { notFound: title, notFoundText: text } = view.words;
  return c.html(
    <Page view={view} title={title}>
      <Empty view={view} title={title} text={text} />
    </Page>,
    404,
  );
});

const isMissing = (error: unknown): boolean =>
  isProblem(error, "not-found", "unknown-order") || (error instanceof Problem && error.status === 422);

app.onError((error, c) => {
  if (isMissing(error)) return c.notFound();
  if (error instanceof HTTPException) return error.getResponse();
  // oxlint-disable-next-line no-console -- the log of the Worker
  console.error(error);
  const view = plainViewOf(c);
  const { unavailable: title, unavailableText: text } = view.words;
  return c.html(
    <Page view={view} title={title}>
      <Empty view={view} title={title} text={text} />
    </Page>,
    503,
  );
});

export default app;
