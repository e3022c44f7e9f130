// The cart. Each form is answered with a redirect, so that reloading the page sends nothing again.
import { Hono, type Context } from "hono";
import { isProblem, Problem, type Mostrador } from "@mostrador/sdk";
import { Page } from "./layout.tsx";
import { CartPage } from "./pages/cart.tsx";
import { clientOf, remember, viewOf, type Env } from "./shop.ts";
import type { Words } from "./words.ts";

/** What a problem says to the visitor. */
export function sentenceOf({ problems }: Words, problem: Problem): string {
  const { slug, status } = problem;
  const sentence = new Map(Object.entries(problems)).get(slug);
  if (sentence !== undefined) return sentence;
  return status === 422 || status === 400 ? problems["invalid-input"] : problems.other;
}

/** Changes the cart and goes to its page, which says what was refused. */
async function change(c: Context<Env>, write: (mostrador: Mostrador) => Promise<unknown>): Promise<Response> {
  const mostrador = clientOf(c);
  try {
    await write(mostrador);
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    const view = await viewOf(c, mostrador);
    return c.html(
      <Page view={view} title={view.words.cart}>
        <CartPage view={view} problem={sentenceOf(view.words, error)} />
      </Page>,
      409,
    );
  }
  remember(c, mostrador);
  return c.redirect("/cart", 303);
}

async function add(mostrador: Mostrador, product: string, quantity: number): Promise<void> {
  const item = { product_id: product, quantity };
  if (mostrador.cart === null) await mostrador.createCart();
  try {
    await mostrador.addCartItem(item);
  } catch (error) {
    if (!isProblem(error, "unknown-cart")) throw error;
    await mostrador.createCart();
    await mostrador.addCartItem(item);
  }
}

type Form = Record<string, string>;

export const cart = new Hono<Env>()
  .get("/cart", async (c) => {
    const view = await viewOf(c, clientOf(c));
    return c.html(
      <Page view={view} title={view.words.cart}>
        <CartPage view={view} />
      </Page>,
    );
  })
  .post("/cart", async (c) => {
    const { product = "", quantity } = await c.req.parseBody<Form>();
    return change(c, (mostrador) => add(mostrador, product, Number(quantity)));
  })
  .post("/cart/:product", async (c) => {
    const { quantity } = await c.req.parseBody<Form>();
    return change(c, (mostrador) =>
      mostrador.setCartItem(c.req.param("product"), { quantity: Number(quantity) }),
    );
  })
  .post("/cart/:product/remove", (c) =>
    change(c, (mostrador) => mostrador.removeCartItem(c.req.param("product"))),
  );
