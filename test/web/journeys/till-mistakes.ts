// A busy till: what a seller or a scanner does that is not to be sold.
import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { callApi } from "../support/api.ts";
import { openAs, visit, type Visitor } from "../support/browser.ts";
import type { Journeys } from "../support/journeys.ts";
import { scan } from "../support/scanner.ts";

const BAG = "9520000000011";
const MUG = "9520000000028";
const NO_PRODUCT = "9520000009991";

type Product = { id: string; stock: number };

const linesOf = (page: Page) => page.getByRole("list", { name: "Lines of the sale" }).getByRole("listitem");

async function openTill(visitor: Visitor): Promise<void> {
  await openAs(visitor, "dario", "/till");
  await visitor.page.getByRole("combobox", { name: "Scan or search for a product" }).waitFor();
  await visitor.page.waitForLoadState("networkidle");
}

export const journeys: Journeys = ({ browser, url }) => {
  void test("of thirty scans in a row each product counts, and a code of no product is a warning that disturbs none", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, faults } = visitor;
    await openTill(visitor);
    for (let index = 0; index < 30; index += 1)
      await scan(page, index === 14 ? NO_PRODUCT : index % 2 === 0 ? BAG : MUG);
    const lines = linesOf(page);
    await lines.filter({ hasText: "Taza de la librería" }).getByText("15", { exact: true }).waitFor();
    await lines.filter({ hasText: "Bolsa de tela" }).getByText("14", { exact: true }).waitFor();
    deepStrictEqual(await lines.count(), 2);
    const warning = page.getByRole("status").filter({ hasText: `No product has the code ${NO_PRODUCT}` });
    await warning.locator("svg.text-warn").waitFor();
    deepStrictEqual(await page.getByRole("combobox").inputValue(), "");
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("a line with more than there is in stock says so before the payment", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await openTill(visitor);
    const { stock } = await callApi<Product>(page, `/products/lookup?code=${MUG}`);
    await scan(page, MUG);
    const line = linesOf(page).first();
    await line.waitFor();
    deepStrictEqual(await line.getByText("in stock").count(), 0);
    await page.keyboard.press("Enter");
    await page
      .getByRole("dialog")
      .getByLabel("Quantity")
      .fill(String(stock + 1));
    await page.keyboard.press("Enter");
    await line.getByText(`Only ${stock} in stock`).waitFor();
    await page.keyboard.press("-");
    await line.getByText("in stock").waitFor({ state: "detached" });
    await context.close();
  });

  void test("a refusal for lack of stock says in the cart how much there is, also if it was sold elsewhere a moment ago", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await openTill(visitor);
    const product = { sku: "LAST-ON-THE-SHELF", title: "The last one", price: 500, stock: 1 };
    const { id } = await callApi<{ id: string }>(page, "/products", { method: "POST", body: product });
    await page.reload();
    await page.waitForLoadState("networkidle");
    await scan(page, product.sku);
    const line = linesOf(page).first();
    await line.waitFor();
    await page.keyboard.press("F10");
    await page.getByLabel("Amount").waitFor();
    const sale = { items: [{ product_id: id, quantity: 1 }], payment_method: "card" };
    await callApi(page, "/sales", { method: "POST", body: sale });
    await page.keyboard.press("Enter");
    await page.getByText("There is not enough stock.").waitFor();
    await line.getByText("Only 0 in stock").waitFor();
    await context.close();
  });

  void test("a scan during a break sells nothing", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await openTill(visitor);
    await callApi(page, "/shifts/start", { method: "POST", body: { opening_cash: 0 } });
    try {
      await callApi(page, "/shifts/current/breaks/start", { method: "POST", body: { paid: true } });
      await page.reload();
      const lock = page.getByRole("dialog", { name: "On a break" });
      await lock.waitFor();
      await page.waitForLoadState("networkidle");
      await scan(page, BAG);
      ok(await lock.isVisible());
      await lock.getByRole("button").click();
      await lock.waitFor({ state: "detached" });
      await scan(page, MUG);
      await linesOf(page).filter({ hasText: "Taza de la librería" }).waitFor();
      deepStrictEqual(await linesOf(page).count(), 1);
    } finally {
      await callApi(page, "/shifts/end", { method: "POST", body: { counted_cash: 0 } });
    }
    await context.close();
  });
};
