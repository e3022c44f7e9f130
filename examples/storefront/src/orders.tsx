// The checkout of a guest, and the page of their order.
import { Hono, type Context } from "hono";
import { getCookie } from "hono/cookie";
import { Problem } from "@mostrador/sdk";
import { sentenceOf } from "./cart.tsx";
import { Page } from "./layout.tsx";
import { CheckoutPage, NOTHING_ENTERED, type Entered } from "./pages/checkout.tsx";
import { OrderPage } from "./pages/order.tsx";
import { clientOf, languageOf, remember, rememberOrder, viewOf, type Env, type View } from "./shop.ts";

function showCheckout(
  c: Context<Env>,
  view: View,
  entered: Entered,
  problem?: string,
): Response | Promise<Response> {
  const { cart, words } = view;
  if (cart === null || cart.items.length === 0) return c.redirect("/cart", 303);
  return c.html(
    <Page view={view} title={words.checkout}>
      <CheckoutPage
        view={view}
        cart={cart}
        attempt={crypto.randomUUID()}
        entered={entered}
        problem={problem}
      />
    </Page>,
    problem === undefined ? 200 : 409,
  );
}

export const orders = new Hono<Env>()
  .get("/checkout", async (c) => showCheckout(c, await viewOf(c, clientOf(c)), NOTHING_ENTERED))
  .post("/checkout", async (c) => {
    const mostrador = clientOf(c);
    const form = await c.req.parseBody<Record<string, string>>();
    const { name = "", email = "", phone = "", payment = "transfer", attempt, total } = form;
    const order = {
      name: name.trim(),
      email: email.trim(),
      ...(phone.trim() && { phone: phone.trim() }),
      language: languageOf(c),
      payment_method: payment,
      expected_total: Number(total),
    };
    try {
      const { id, order_token } = await mostrador.createPurchase(order, { idempotencyKey: attempt });
      remember(c, mostrador);
      if (order_token !== null) rememberOrder(c, id, order_token);
      return c.redirect(`/orders/${id}`, 303);
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      const view = await viewOf(c, mostrador);
      return showCheckout(c, view, { name, email, phone, payment }, sentenceOf(view.words, error));
    }
  })
  .get("/orders/:id", async (c) => {
    const mostrador = clientOf(c);
    const token = getCookie(c, "order");
    if (token === undefined) return c.notFound();
    const [view, order] = await Promise.all([
      viewOf(c, mostrador),
      mostrador.getPurchase(c.req.param("id"), { order: token }),
    ]);
    return c.html(
      <Page view={view} title={view.words.order(order.number ?? "")}>
        <OrderPage view={view} order={order} />
      </Page>,
    );
  });
