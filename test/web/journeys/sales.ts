import { deepStrictEqual, match, ok } from "node:assert";
import { test } from "node:test";
import { openAs, visit } from "../support/browser.ts";
import type { Journeys } from "../support/journeys.ts";

export const journeys: Journeys = ({ browser, url }) => {
  void test("a sale is found by its number, one line of it is refunded by the keyboard, and the refund and its receipt are shown", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, faults } = visitor;
    await openAs(visitor, "ines", "/sales");
    await page.getByRole("searchbox").fill("C-000001");
    await page.waitForURL(/number=C-000001/);
    await page.getByText("1 listed").waitFor();
    await page.getByRole("link", { name: "C-000001" }).press("Enter");
    await page.getByRole("heading", { level: 1, name: "Sale C-000001" }).waitFor();
    await page.getByRole("button", { name: "Refund", exact: true }).press("Enter");
    const dialog = page.getByRole("dialog", { name: "Refund C-000001" });
    const amount = dialog.getByRole("button", { name: /^Refund €/ });
    deepStrictEqual(await amount.isDisabled(), true);
    await dialog
      .getByRole("button", { name: /^One unit more of/ })
      .first()
      .press("Enter");
    await dialog.getByRole("checkbox", { name: "Back to stock" }).first().press("Space");
    await dialog.getByRole("combobox", { name: "Paid back by" }).selectOption("card");
    await dialog.getByRole("textbox", { name: "Reason" }).fill("Defect");
    const text = await amount.innerText();
    await dialog.getByRole("textbox", { name: "Reason" }).press("Enter");
    await dialog.waitFor({ state: "detached" });

    const refunds = page.getByRole("region", { name: "Refunds" });
    await refunds
      .getByRole("listitem")
      .filter({ hasText: text.replace("Refund €", "-€") })
      .getByRole("link")
      .click();
    await page.getByRole("heading", { level: 1, name: /^Refund R-/ }).waitFor();
    await page.getByText("The goods did not go back to stock").waitFor();
    await page.getByRole("button", { name: "Receipt" }).click();
    match(await page.locator("dialog pre").innerText(), /Librería Mostrador/);
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("what goes back to stock and what does not make two refunds, and a lost answer refunds nothing twice", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await openAs(visitor, "ines", "/sales?number=C-000006");
    await page.getByRole("link", { name: "C-000006" }).click();
    await page.getByRole("button", { name: "Refund", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Refund C-000006" });
    // One of one that stays away, and one of two that goes back to stock.
    for (const more of await dialog.getByRole("button", { name: /^One unit more of/ }).all())
      await more.click();
    await dialog.getByRole("checkbox", { name: "Back to stock" }).first().uncheck();
    await dialog.getByRole("combobox", { name: "Paid back by" }).selectOption("card");
    await dialog.getByRole("textbox", { name: "Reason" }).fill("Exchange");
    await dialog.getByText("Two refunds will be made").waitFor();
    let requests = 0;
    // The first answer of each refund is lost after the shop has made it.
    await page.route("**/refunds", async (route) => {
      requests += 1;
      await route.fetch();
      await route.abort();
    });
    await dialog.getByRole("button", { name: /^Refund €/ }).click();
    await dialog.getByRole("alert").waitFor();
    ok(requests > 0);
    await page.unroute("**/refunds");
    await dialog.getByRole("button", { name: /^Refund €/ }).click();
    await dialog.waitFor({ state: "detached" });
    const refunds = page.getByRole("region", { name: "Refunds" });
    await refunds.getByRole("listitem").nth(1).waitFor();
    deepStrictEqual(await refunds.getByRole("listitem").count(), 2);
    deepStrictEqual(await page.getByText("1 refunded", { exact: true }).count(), 2);
    await context.close();
  });

  void test("filters of sales are in the URL, survive a reload, and are cleared together", async () => {
    const visitor = await visit(browser, url);
    const { page, context } = visitor;
    await openAs(visitor, "ines", "/sales");
    await page.getByRole("combobox", { name: "Tipo" }).selectOption("refund");
    await page.getByRole("combobox", { name: "Canal" }).selectOption("counter");
    await page.waitForURL(/channel=counter/);
    await page.reload();
    await page.waitForSelector("main tbody th");
    deepStrictEqual(await page.getByRole("combobox", { name: "Tipo" }).inputValue(), "refund");
    const numbers = await page.locator("main tbody th a").allInnerTexts();
    ok(numbers.length > 0 && numbers.every((number) => number.startsWith("R-")), numbers.join());
    await page.getByRole("button", { name: "Quitar los filtros" }).click();
    await page.waitForURL(`${url}/sales`);
    await context.close();
  });

  void test("the next page of sales is added to the list, and the CSV has the separators of the language", async () => {
    const visitor = await visit(browser, url);
    const { page, context } = visitor;
    await openAs(visitor, "ines", "/sales");
    await page.getByText("50 en la lista").waitFor();
    await page.getByRole("button", { name: "Mostrar más" }).click();
    await page.getByText("100 en la lista").waitFor();
    const [request] = await Promise.all([
      page.waitForRequest((one) => one.url().includes("format=csv")),
      page.getByRole("button", { name: "CSV de ventas" }).click(),
      page.waitForEvent("download"),
    ]);
    const query = new URL(request.url()).searchParams;
    deepStrictEqual([query.get("decimal"), query.get("delimiter")], ["comma", "semicolon"]);
    await context.close();
  });
};
