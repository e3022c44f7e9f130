import { deepStrictEqual, match } from "node:assert";
import { test } from "node:test";
import { demoPassword, enter, openAs, visit } from "../support/browser.ts";
import type { Journeys } from "../support/journeys.ts";
import { ring } from "../support/screen-steps.ts";

export const journeys: Journeys = ({ browser, url }) => {
  void test("an anonymous start makes no failing request and shows the sign-in form", async () => {
    const { page, context, faults, refusals } = await visit(browser, url);
    await page.goto("/");
    await page.waitForSelector("[name=password]");
    await page.waitForLoadState("networkidle");
    deepStrictEqual([faults, refusals], [[], []]);
    await context.close();
  });

  void test("a wrong password is said in the language of the page, with the id of the request", async () => {
    const { page, context } = await visit(browser, url);
    await page.goto("/");
    await enter(page, "ines", "wrong-password");
    const alert = page.getByRole("alert");
    match(await alert.innerText(), /El correo o la contraseña no son correctos/);
    match(await alert.innerText(), /Petición [\w-]{8,}/);
    await page.getByRole("button", { name: "English" }).click();
    match(await alert.innerText(), /The e-mail address or the password is wrong/);
    await context.close();
  });

  void test("a field that is left empty is marked and takes the focus", async () => {
    const { page, context } = await visit(browser, url, { language: "en" });
    await page.goto("/");
    await page.fill("[name=tenant]", "demo");
    await page.getByRole("button", { name: "Sign in" }).click();
    deepStrictEqual(await page.getAttribute("[name=email]", "aria-invalid"), "true");
    deepStrictEqual(await page.evaluate("document.activeElement.name"), "email");
    await context.close();
  });

  void test("signing in shows the screen of the URL, and a reload stays signed in", async () => {
    const visitor = await visit(browser, url);
    await visitor.page.goto("/?range=7d");
    await enter(visitor.page);
    await visitor.page.waitForSelector("text=Últimos 7 días");
    await visitor.page.reload();
    await visitor.page.waitForSelector("text=Hola, Inés");
    deepStrictEqual(new URL(visitor.page.url()).search, "?range=7d");
    deepStrictEqual(visitor.faults, []);
    await visitor.context.close();
  });

  void test("an expired access token is renewed once without the person noticing", async () => {
    const visitor = await visit(browser, url);
    await openAs(visitor, "ines");
    await visitor.page.waitForSelector("[role=slider] svg");
    await visitor.context.clearCookies({ name: "mostrador_access" });
    const refreshes: string[] = [];
    visitor.page.on("request", (request) => {
      if (request.url().endsWith("/auth/refresh")) refreshes.push(request.method());
    });
    await visitor.page.reload();
    await visitor.page.waitForSelector("[role=slider] svg");
    deepStrictEqual(refreshes, ["POST"]);
    await visitor.context.close();
  });

  void test("a login that has ended locks the screen, and the password takes it up as it was", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await openAs(visitor, "ines");
    await page.waitForSelector("[role=slider] svg");
    await page.getByRole("button", { name: "Sales", exact: true }).first().click();
    await context.clearCookies();
    await page.getByRole("button", { name: /Last 30 days/ }).click();
    await page.getByRole("button", { name: "Last 7 days" }).click();
    const lock = page.getByRole("dialog", { name: "Your session has ended" });
    await lock.waitFor();
    for (let press = 0; press < 4; press += 1) await page.keyboard.press("Escape");
    deepStrictEqual(await lock.isVisible(), true);
    await page.fill("dialog [name=password]", demoPassword);
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.getByRole("button", { name: /Last 7 days/ }).waitFor();
    deepStrictEqual(
      await page.getByRole("button", { name: "Sales", exact: true }).first().getAttribute("aria-pressed"),
      "true",
    );
    await context.close();
  });

  void test("a form that is sent when the login has ended stays as it was, and is saved after the password", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, faults } = visitor;
    await openAs(visitor, "bruno", "/catalogue/new");
    await page.fill("[name=title]", "Lantern of the night shift");
    await page.fill("[name=sku]", "LANTERN-NIGHT");
    await page.fill("[name=price]", "18.50");
    await context.clearCookies();
    await page.press("[name=price]", "Enter");
    await page.getByRole("dialog", { name: "Your session has ended" }).waitFor();
    await page.locator("dialog [name=password]:focus").waitFor();
    await page.keyboard.type(demoPassword);
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    deepStrictEqual(
      [await page.inputValue("[name=title]"), await page.inputValue("[name=sku]")],
      ["Lantern of the night shift", "LANTERN-NIGHT"],
    );
    await page.press("[name=price]", "Enter");
    await page.waitForURL(/catalogue\/[\w-]{36}$/);
    await page.getByRole("heading", { level: 1, name: "Lantern of the night shift" }).waitFor();
    deepStrictEqual(await page.inputValue("[name=price]"), "18.50");
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("a sale whose login has ended is stored, and gets its number and receipt after the password", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, faults } = visitor;
    await openAs(visitor, "bruno", "/till");
    await ring(page, ["9520000000011"]);
    await page.keyboard.press("F9");
    await page.getByLabel("Cash received").fill("20");
    await context.clearCookies();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Your session has ended" }).waitFor();
    await page.getByText("Sale stored on this device").waitFor();
    await page.fill("dialog [name=password]", demoPassword);
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.getByText("Sale completed").waitFor();
    await page
      .locator("main pre")
      .getByText(/C-\d{6}/)
      .waitFor();
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("signing out in one tab locks the other", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    await openAs(visitor, "ines");
    const other = await visitor.context.newPage();
    await other.goto("/");
    await other.waitForSelector("#content h1");
    await visitor.page.getByRole("button", { name: "Sign out" }).click();
    await visitor.page.waitForSelector("[name=tenant]");
    await other.getByRole("dialog", { name: "Your session has ended" }).waitFor();
    await visitor.context.close();
  });
};
