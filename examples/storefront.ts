// A storefront in 30 lines (Hono): products, a cart whose token is in a cookie, and the checkout of a guest. A whole one is in storefront/.
import { Hono, type Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { html } from "hono/html";
import { formatMoney, Mostrador, type MostradorOptions, type Product } from "@mostrador/sdk";

const label = (each: Product) => `${each.title} ${formatMoney(each.price, each.currency, "en")}`;
const form = (action: string, text: string, fields = html``) =>
  html`<form method="post" action="${action}">${fields}<button>${text}</button></form>`;

export function storefront(options: MostradorOptions) {
  const shopOf = (c: Context) => new Mostrador({ ...options, cart: getCookie(c, "cart") });
  const app = new Hono();
  app.get("/", async (c) => {
    const { data } = await shopOf(c).listProducts({ in_stock: true });
    return c.html(html`${data.map((each) => form(`/cart/${each.id}`, label(each)))}`);
  });
  app.post("/cart/:id", async (c) => {
    const shop = shopOf(c);
    if (!shop.cart) setCookie(c, "cart", (await shop.createCart()).cart_token, { httpOnly: true });
    const cart = await shop.addCartItem({ product_id: c.req.param("id"), quantity: 1 });
    const fields = html`<input name="name" /><input name="email" />`;
    return c.html(form("/order", `Buy for ${formatMoney(cart.total, cart.currency, "en")}`, fields));
  });
  app.post("/order", async (c) => {
    const { name, email } = await c.req.parseBody<{ name: string; email: string }>();
    const { number } = await shopOf(c).createPurchase({ name, email, payment_method: "card" });
    return c.html(html`<p>Thank you, ${name}: order ${number}.</p>`);
  });
  return app;
}
