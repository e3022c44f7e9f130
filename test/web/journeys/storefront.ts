import { deepStrictEqual, match } from "node:assert";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { callApi } from "../support/api.ts";
import { openAs, visit, type Visitor } from "../support/browser.ts";
import { expectAccessible, expectNoSidewaysScroll, expectTouchTargets, WIDTHS } from "../support/checks.ts";
import type { Journeys } from "../support/journeys.ts";
import { expectFocus, expectTabStops, press, type } from "../support/keyboard.ts";
import type { Shop } from "../support/server.ts";
import { startStorefront } from "../support/storefront.ts";

const LOOKS = [
  ["es", "light"],
  ["en", "dark"],
] as const;

/** Puts a product into the cart, found by what is typed; `look` sees its page before. */
async function fillCart(page: Page, text: string, look = async (): Promise<void> => {}): Promise<void> {
  await page.goto("/");
  await page.getByRole("searchbox").pressSequentially(text);
  await page.locator(".panel a").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator(".buy").waitFor();
  await look();
  await page.locator(".buy button").click();
  await page.waitForURL("**/cart");
}

async function placeOrder(page: Page, name: string): Promise<string> {
  await page.goto("/checkout");
  await page.fill("[name=name]", name);
  await page.fill("[name=email]", `${name.toLowerCase()}@lectores.example`);
  await page.locator(".details button").click();
  await page.waitForURL("**/orders/*");
  const [number = ""] = /A-\d+/.exec(await page.locator("#order").innerText()) ?? [];
  return number;
}

export const journeys: Journeys = ({ browser, url }) => {
  void describe("the storefront", () => {
    let store: Shop | undefined;
    before(async () => {
      store = await startStorefront(url);
    });
    after(() => store?.stop());
    const visitStore = (look: Parameters<typeof visit>[2] = {}): Promise<Visitor> =>
      visit(browser, store?.url ?? "", look);

    void test("an order is searched, placed, confirmed and refunded, and its page shows each payment state", async () => {
      const visitor = await visitStore({ language: "en" });
      const { page } = visitor;
      await fillCart(page, "taza");
      await page.getByRole("spinbutton", { name: "Quantity of Taza de la librería" }).fill("3");
      await page.keyboard.press("Enter");
      await page.locator(".summary").getByText("€29.85").waitFor();
      const number = await placeOrder(page, "Greta");
      match(number, /^A-\d+$/);
      await page.getByText("Awaiting payment").waitFor();

      const back = await visit(browser, url, { language: "en" });
      await openAs(back, "ines", "/orders");
      await back.page.getByRole("link", { name: number }).click();
      await back.page.getByRole("button", { name: "Confirm the payment" }).click();
      const confirm = back.page.getByRole("dialog", { name: "Confirm the payment" });
      await confirm.getByText("€29.85 has been received").waitFor();
      await confirm.getByRole("button", { name: "Confirm the payment" }).click();
      await confirm.waitFor({ state: "detached" });
      // Without a reload.
      await page.getByRole("status").getByText("We have received your payment.").waitFor();

      await back.page.getByRole("button", { name: "Refund", exact: true }).click();
      const refund = back.page.getByRole("dialog", { name: `Refund ${number}` });
      await refund.getByRole("button", { name: "Everything" }).click();
      await refund.getByRole("textbox", { name: "Reason" }).fill("Changed their mind");
      await refund.getByRole("button", { name: "Refund €29.85" }).click();
      await refund.waitFor({ state: "detached" });
      await page.reload();
      await page.getByRole("status").getByText("We have returned your money.").waitFor();
      deepStrictEqual([visitor.faults, visitor.refusals, back.faults], [[], [], []]);
      await Promise.all([visitor.context.close(), back.context.close()]);
    });

    void test("an order is placed by the keyboard alone", async () => {
      const visitor = await visitStore({ language: "en", width: 360, height: 740 });
      const { page } = visitor;
      await page.goto("/");
      await type(page.getByRole("searchbox"), "taza");
      await page.locator(".panel a").first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Escape");
      await page.getByRole("searchbox").and(page.locator(":focus")).waitFor();
      await page.keyboard.type(" ");
      await page.locator(".panel a").first().waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await type(page.getByRole("spinbutton", { name: "Quantity" }), "2");
      await press(page.getByRole("button", { name: "Add to cart" }));
      const quantity = page.getByRole("spinbutton", { name: "Quantity of Taza" });
      await press(quantity, "ArrowUp");
      await page.locator(".summary").getByText("€29.85").waitFor();
      await page.getByRole("link", { name: "3" }).waitFor();
      await quantity.and(page.locator(":focus")).waitFor();
      await press(page.getByRole("link", { name: "Check out" }));
      await type(page.getByRole("textbox", { name: "Name" }), "Ibai");
      await type(page.getByRole("textbox", { name: "E-mail" }), "ibai@lectores.example");
      await press(page.getByRole("radio").first(), "ArrowDown");
      await expectFocus(page);
      await press(page.getByRole("button", { name: /^Place/ }));
      await page.waitForURL("**/orders/*");
      await page.getByText("Awaiting payment").waitFor();
      deepStrictEqual([visitor.faults, visitor.refusals], [[], []]);
      await visitor.context.close();
    });

    void test("every page is accessible in both themes, fits screens from 360 px and text of twice the size, and is reached by fingers and Tab", async () => {
      for (const [language, theme] of LOOKS) {
        const visitor = await visitStore({ language, theme });
        const { page } = visitor;
        const check = async (): Promise<void> => {
          await expectAccessible(page);
          for (const width of WIDTHS) {
            await page.setViewportSize({ width, height: 740 });
            await expectNoSidewaysScroll(page);
            await expectTouchTargets(page);
          }
          await page.evaluate("document.documentElement.style.fontSize = '200%'");
          for (const width of [1280, 360]) {
            await page.setViewportSize({ width, height: 740 });
            await expectNoSidewaysScroll(page);
          }
          await page.evaluate("document.documentElement.style.fontSize = ''");
          if (theme === "light") await expectTabStops(page);
        };
        await page.goto("/cart");
        await check();
        await fillCart(page, "bolsa", check);
        await check();
        await page.goto("/checkout");
        await check();
        await page.goto("/");
        await check();
        await page.goto("/?q=cassa");
        await check();
        await fillCart(page, "granel");
        await placeOrder(page, "Hugo");
        await check();
        deepStrictEqual([visitor.faults, visitor.refusals], [[], []]);
        await page.goto("/products/none");
        await check();
        await visitor.context.close();
      }
    });

    void test("an order is placed without scripts, once however often the form is sent", async () => {
      const context = await browser.newContext({
        baseURL: store?.url ?? "",
        javaScriptEnabled: false,
        locale: "es-ES",
      });
      const page = await context.newPage();
      await page.goto("/?q=marcapaginas");
      await page.locator(".product").first().click();
      await page.getByRole("spinbutton", { name: "Cantidad" }).fill("2");
      await page.getByRole("button", { name: "Añadir a la cesta" }).click();
      await page.getByRole("link", { name: "Tramitar el pedido" }).click();
      const form = {
        name: "Irene",
        email: "irene@lectores.example",
        attempt: await page.locator("[name=attempt]").inputValue(),
        total: await page.locator("[name=total]").inputValue(),
      };
      const send = async (): Promise<string> =>
        (await context.request.post("/checkout", { form, headers: { origin: store?.url ?? "" } })).url();
      const first = await send();
      match(first, /\/orders\/[\w-]{36}$/);
      deepStrictEqual(await send(), first);
      await page.goto(first);
      await page.getByRole("status").getByText("Lo hemos recibido.").waitFor();
      await page.getByText("7,00 €").first().waitFor();
      await context.close();
    });

    void test("an order shows itself only to the browser that placed it, and a form of another site changes nothing", async () => {
      const visitor = await visitStore({ language: "en" });
      await fillCart(visitor.page, "taza");
      await placeOrder(visitor.page, "Julia");
      const stranger = await visitStore({ language: "en" });
      await stranger.page.goto(visitor.page.url());
      await stranger.page.getByRole("heading", { name: "This page does not exist" }).waitFor();
      const foreign = {
        headers: { origin: "https://elsewhere.example" },
        form: { product: "x", quantity: "1" },
      };
      deepStrictEqual((await visitor.context.request.post("/cart", foreign)).status(), 403);
      await Promise.all([visitor.context.close(), stranger.context.close()]);
    });

    void test("what is no longer in stock is said in the cart, and what was entered at the checkout stays", async () => {
      const admin = await visit(browser, url);
      await openAs(admin, "ines", "/");
      const product = await callApi<{ id: string }>(admin.page, "/products", {
        method: "POST",
        body: { sku: "LAST-ONE", title: "Last of its kind", price: 1000, stock: 2 },
      });
      const visitor = await visitStore({ language: "en" });
      const { page } = visitor;
      await page.goto(`/products/${product.id}`);
      await page.getByText("2 left").waitFor();
      await page.getByRole("spinbutton", { name: "Quantity" }).fill("2");
      await page.getByRole("button", { name: "Add to cart" }).click();
      await page.waitForURL("**/cart");
      await page.goto("/checkout");
      await page.fill("[name=name]", "Karim");
      await page.fill("[name=email]", "karim@lectores.example");
      await callApi(admin.page, "/sales", {
        method: "POST",
        headers: { "idempotency-key": "the-last-one" },
        body: { items: [{ product_id: product.id, quantity: 1 }] },
      });
      await page.locator(".details button").click();
      await page.getByRole("alert").getByText("Someone was faster").waitFor();
      deepStrictEqual(await page.inputValue("[name=name]"), "Karim");
      await page.goto("/cart");
      await page.getByText("Only 1 left: reduce the quantity.").waitFor();
      deepStrictEqual(await page.getByRole("link", { name: "Check out" }).count(), 0);
      await Promise.all([visitor.context.close(), admin.context.close()]);
    });
  });
};
