import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { callApi } from "../support/api.ts";
import { openAs, visit } from "../support/browser.ts";
import { expectAccessible } from "../support/checks.ts";
import type { Journeys } from "../support/journeys.ts";

type Products = { data: { id: string; price: number }[] };

/** Sells one of a product in cash, and returns its price in minor units. */
async function sellOne(page: Page): Promise<number> {
  const { data } = await callApi<Products>(page, "/products?in_stock=true&limit=1");
  const [product] = data;
  ok(product);
  await callApi(page, "/sales", {
    method: "POST",
    body: { items: [{ product_id: product.id, quantity: 1 }] },
  });
  return product.price;
}

const euros = (minor: number): string => `€${(minor / 100).toFixed(2)}`;

export const journeys: Journeys = ({ browser, url }) => {
  void test("a shift by the keyboard alone: opening cash by coins, a break that locks the till, cash out, a count before the expected cash is shown, and the Z report", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, faults, refusals } = visitor;
    await openAs(visitor, "carmen", "/till/shift");
    await page.getByRole("heading", { name: "Start your shift" }).waitFor();
    await page.getByRole("button", { name: "Coins and notes" }).press("Enter");
    await page.getByRole("textbox", { name: "How many of €50.00" }).focus();
    // Enter goes on to the next coin.
    await page.keyboard.type("2");
    await page.keyboard.press("Enter");
    await page.keyboard.type("1");
    await page.getByRole("status").filter({ hasText: "€120.00" }).waitFor();
    await page.getByRole("textbox", { name: "Name of this till" }).fill("Till 7");
    await page.keyboard.press("Enter");
    const state = page.getByRole("region", { name: "Your shift" });
    await state.getByText("Till 7").waitFor();
    await state.getByText("€120.00").waitFor();

    await page.getByRole("button", { name: "Unpaid break" }).press("Enter");
    const lock = page.getByRole("dialog", { name: "On a break" });
    await lock.waitFor();
    deepStrictEqual(await lock.getByRole("button").count(), 1);
    await expectAccessible(page);
    for (let press = 0; press < 4; press += 1) await page.keyboard.press("Escape");
    ok(await lock.isVisible());
    await page.reload();
    await lock.waitFor();
    await page.keyboard.press("Enter");
    await lock.waitFor({ state: "detached" });
    await state.getByText("Unpaid", { exact: true }).waitFor();

    const price = await sellOne(page);
    const cash = page.getByRole("region", { name: "Cash in and out" });
    await cash.getByRole("button", { name: "Cash out" }).press("Enter");
    await cash.getByRole("textbox", { name: "Amount" }).fill("20");
    await page.keyboard.press("Enter");
    await cash.getByText("Give the reason.").waitFor();
    await cash.getByRole("textbox", { name: "Reason" }).fill("Courier");
    await page.keyboard.press("Enter");
    await page.getByText("Cash out of €20.00 recorded.").waitFor();
    const moves = page.getByRole("region", { name: "Movements of the shift" });
    await moves.getByRole("listitem").filter({ hasText: "Courier" }).getByText("-€20.00").waitFor();
    await moves.getByText("Carmen Iriarte").waitFor();

    const expected = 12_000 + price - 2000;
    await page.getByRole("button", { name: "Count and end" }).press("Enter");
    const end = page.getByRole("region", { name: "End the shift" });
    await end.getByRole("button", { name: "Amount" }).press("Enter");
    await end.getByRole("textbox", { name: "Counted" }).fill(String((expected - 50) / 100));
    ok(!(await page.locator("body").innerText()).includes(euros(expected)));
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "End the shift" }).press("Enter");

    const ended = page.getByRole("region", { name: "Shift ended" });
    await ended.getByText("€0.50 is missing.").waitFor();
    deepStrictEqual(await ended.getByRole("definition").allInnerTexts(), [
      euros(expected - 50),
      euros(expected),
      "-€0.50",
    ]);
    await page.getByRole("heading", { name: /^Z \d+$/ }).waitFor();
    deepStrictEqual(refusals, []);

    await page.emulateMedia({ media: "print" });
    ok(await page.locator(".paper").getByText(euros(expected)).isVisible());
    ok(!(await page.getByRole("region", { name: "Shift ended" }).isVisible()));
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("a receipt is found at the till by its number, and my latest sale is voided in its shift", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, faults } = visitor;
    await openAs(visitor, "carmen", "/till/shift");
    await page.getByRole("textbox", { name: "Opening cash" }).fill("100");
    await page.keyboard.press("Enter");
    const finder = page.getByRole("button", { name: "Refund or void" });
    await finder.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Refund or void a sale" });
    await dialog.getByRole("textbox", { name: "Receipt number" }).fill("c999999");
    await page.keyboard.press("Enter");
    await dialog.getByText("No receipt has this number.").waitFor();
    await expectAccessible(page);
    await dialog.getByRole("textbox", { name: "Receipt number" }).fill("1");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Sale C-000001" }).waitFor();
    await page.getByRole("button", { name: "Refund", exact: true }).waitFor();

    await sellOne(page);
    await page.goto("/till/shift");
    await finder.press("Enter");
    await dialog.getByRole("link").first().press("Enter");
    await page.getByRole("button", { name: "Void" }).press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Void" }).press("Enter");
    await page.getByText("The sale is void.").waitFor();
    await callApi(page, "/shifts/end", { method: "POST", body: { counted_cash: 10_000 } });
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("a break ends without a network, so that the till can sell, and is recorded once there is one", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await openAs(visitor, "carmen", "/till/shift");
    await page.getByRole("button", { name: "Start the shift" }).click();
    await page.getByRole("button", { name: "Paid break", exact: true }).click();
    const lock = page.getByRole("dialog", { name: "On a break" });
    await lock.waitFor();
    await context.setOffline(true);
    await lock.getByRole("button", { name: "End the break" }).click();
    await lock.waitFor({ state: "detached" });
    await page.getByText("It is recorded as soon as there is a connection.").waitFor();
    type Shift = { breaks: { end_at: string | null }[] };
    await context.setOffline(false);
    await page.getByRole("button", { name: "Online" }).waitFor();
    await page
      .getByRole("region", { name: "Your shift" })
      .getByRole("listitem")
      .filter({ hasText: "0 h 00 min" })
      .waitFor();
    const { breaks } = await callApi<Shift>(page, "/shifts/current");
    deepStrictEqual(
      breaks.map(({ end_at }) => end_at === null),
      [false],
    );
    await callApi(page, "/shifts/end", { method: "POST", body: {} });
    await context.close();
  });
};
