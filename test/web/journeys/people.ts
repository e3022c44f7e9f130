import { deepStrictEqual } from "node:assert";
import { test } from "node:test";
import { openAs, visit } from "../support/browser.ts";
import type { Journeys } from "../support/journeys.ts";

export const journeys: Journeys = ({ browser, url }) => {
  void test("an EMPLOYEE has no staff screen in the menu, and its URL says clearly that it is not for them", async () => {
    const visitor = await visit(browser, url);
    const { page, context, refusals } = visitor;
    await openAs(visitor, "bruno", "/staff");
    await page.getByRole("heading", { level: 1, name: "Esta pantalla no es para tu rol" }).waitFor();
    const menu = page.getByRole("navigation", { name: "Menú principal" }).first();
    deepStrictEqual(await menu.getByRole("link").allInnerTexts(), [
      "Mi día",
      "Caja",
      "Ventas",
      "Pedidos",
      "Catálogo",
      "Clientes",
      "Mi cuenta",
    ]);
    // Nothing was requested that the API would refuse.
    deepStrictEqual(refusals, []);
    await context.close();
  });

  void test("an EMPLOYEE sees a sale without sellers to choose and without the audit log, and a customer without merging or erasing", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, refusals } = visitor;
    await openAs(visitor, "bruno", "/sales");
    await page.waitForSelector("main tbody th");
    deepStrictEqual(await page.getByRole("combobox", { name: "Seller" }).count(), 0);
    await page.locator("main tbody th a").first().click();
    await page.waitForSelector("main dl");
    deepStrictEqual(await page.getByRole("link", { name: "View in the audit log" }).count(), 0);
    await page.goto("/customers");
    await page.locator("main tbody th a").first().click();
    await page.getByRole("button", { name: "Edit" }).waitFor();
    deepStrictEqual(await page.getByRole("button", { name: /Merge|Erase/ }).count(), 0);
    deepStrictEqual(refusals, []);
    await context.close();
  });

  void test("two records of one customer are merged after a confirmation, and the page is then that of the other one", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, faults } = visitor;
    await openAs(visitor, "ines", "/customers");
    await page.getByRole("button", { name: "New customer" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("B. Núñez");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("heading", { level: 1, name: "B. Núñez" }).waitFor();
    await page.getByRole("button", { name: "Merge" }).click();
    const dialog = page.getByRole("dialog", { name: "Merge into another customer" });
    const search = dialog.getByRole("combobox", { name: "Customer that remains" });
    await search.fill("begoña");
    await dialog.getByRole("option", { name: /Begoña Núñez/ }).waitFor();
    await search.press("Enter");
    const merge = dialog.getByRole("button", { name: "Merge into Begoña Núñez" });
    deepStrictEqual(await merge.isDisabled(), true);
    await dialog.getByRole("checkbox").check();
    await merge.click();
    await page.getByRole("heading", { level: 1, name: "Begoña Núñez" }).waitFor();
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("a change of a customer that someone else has made in the meantime is shown before it is replaced", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await openAs(visitor, "ines", "/customers?q=bego");
    await page.locator("main tbody th a").first().click();
    await page.getByRole("button", { name: "Edit" }).click();
    const dialog = page.getByRole("dialog", { name: "Edit the customer" });
    const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    await context.request.patch(`${url}/api/v1/customers/${id}`, {
      headers: { origin: url },
      data: { note: "Collects on Fridays" },
    });
    await dialog.getByRole("textbox", { name: "Note" }).fill("Collects on Mondays");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByRole("alert").getByText("Collects on Fridays").waitFor();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("Collects on Mondays").waitFor();
    await context.close();
  });

  void test("an account is disabled and enabled, and a person is invited and the invitation withdrawn", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, faults } = visitor;
    await openAs(visitor, "ines", "/staff");
    await page.getByRole("button", { name: "Manage Carmen Iriarte" }).click();
    const person = page.getByRole("dialog", { name: "Manage Carmen Iriarte" });
    await person.getByRole("button", { name: "Disable the account" }).click();
    await person.getByRole("button", { name: "Enable the account" }).click();
    await person.getByRole("button", { name: "Disable the account" }).waitFor();
    await page.keyboard.press("Escape");
    await person.waitFor({ state: "detached" });

    await page.getByRole("button", { name: "Invite" }).click();
    const invite = page.getByRole("dialog", { name: "Invite a person" });
    await invite.getByRole("button", { name: "Invite" }).click();
    await invite.getByRole("alert").waitFor();
    deepStrictEqual(
      await invite.getByRole("textbox", { name: "E-mail" }).getAttribute("aria-invalid"),
      "true",
    );
    await invite.getByRole("textbox", { name: "First name" }).fill("Noa");
    await invite.getByRole("textbox", { name: "Last name" }).fill("Lago");
    await invite.getByRole("textbox", { name: "E-mail" }).fill("noa@mostrador.example");
    await invite.getByRole("button", { name: "Invite" }).click();
    await invite.waitFor({ state: "detached" });
    await page.getByText("Noa Lago").waitFor();
    await page.getByRole("button", { name: "Withdraw" }).click();
    await page.getByText("Noa Lago").waitFor({ state: "detached" });
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("a shift is corrected in the shop's time, with a reason", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await openAs(visitor, "ines", "/staff?tab=shifts");
    await page
      .getByRole("button", { name: /^Correct:/ })
      .first()
      .click();
    const dialog = page.getByRole("dialog", { name: /^Correct the shift/ });
    await dialog.getByRole("textbox", { name: "Time of the start" }).fill("25:00");
    await dialog.getByText("Type a time such as 09:30").waitFor();
    const [day] = await dialog.getByRole("combobox", { name: "Day of the start" }).locator("option").all();
    await dialog
      .getByRole("combobox", { name: "Day of the start" })
      .selectOption((await day?.getAttribute("value")) ?? "");
    await dialog.getByRole("textbox", { name: "Time of the start" }).fill("23:50");
    await dialog.getByRole("textbox", { name: "Reason" }).fill("They opened the evening before");
    await dialog.getByRole("button", { name: "Save" }).click();
    // Their account is younger than that, and the API says which field is wrong.
    await dialog.getByRole("alert").waitFor();
    deepStrictEqual(
      await dialog.getByRole("textbox", { name: "Time of the start" }).getAttribute("aria-invalid"),
      "true",
    );
    await context.close();
  });
};
