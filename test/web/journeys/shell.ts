import { deepStrictEqual } from "node:assert";
import { test } from "node:test";
import { openAs, visit } from "../support/browser.ts";
import type { Journeys } from "../support/journeys.ts";

export const journeys: Journeys = ({ browser, url }) => {
  void test("the palette finds a command by a part of its name, without accents", async () => {
    const visitor = await visit(browser, url);
    const { page } = visitor;
    await openAs(visitor, "ines", "/nowhere");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").waitFor();
    await page.keyboard.type("pan");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${url}/`);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("tema oscuro");
    await page.keyboard.press("Enter");
    deepStrictEqual(await page.evaluate("document.documentElement.dataset.theme"), "dark");
    await visitor.context.close();
  });

  void test("G and a letter go to a screen, and ? lists the keys", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page } = visitor;
    await openAs(visitor, "ines", "/nowhere");
    await page.keyboard.press("g");
    await page.keyboard.press("d");
    await page.waitForURL(`${url}/`);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    await visitor.context.close();
  });

  void test("keys of a single character can be turned off on a device, and on again", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page } = visitor;
    await openAs(visitor, "ines", "/nowhere");
    await page.keyboard.press("?");
    const keys = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await keys.getByText("Go to Dashboard").waitFor();
    await keys.getByLabel("Keys of a single character").uncheck();
    await keys.getByText("Go to Dashboard").waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await page.reload();
    await page.locator("main h1").waitFor();
    for (const key of ["?", "g", "d"]) await page.keyboard.press(key);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").waitFor();
    deepStrictEqual(new URL(page.url()).pathname, "/nowhere");
    deepStrictEqual(await keys.count(), 0);
    await page.goto("/account");
    await page.getByLabel("Keys of a single character").check();
    await page.locator("main h1").click();
    await page.keyboard.press("g");
    await page.keyboard.press("d");
    await page.waitForURL(`${url}/`);
    await visitor.context.close();
  });

  void test("the language changes the screen and not its URL, and is remembered", async () => {
    const visitor = await visit(browser, url);
    const { page } = visitor;
    await openAs(visitor, "ines", "/?range=90d");
    await page.getByRole("button", { name: "English" }).first().click();
    await page.waitForSelector("text=Hello, Inés");
    deepStrictEqual(await page.evaluate("document.documentElement.lang"), "en");
    await page.reload();
    await page.waitForSelector("text=Hello, Inés");
    deepStrictEqual(new URL(page.url()).search, "?range=90d");
    await visitor.context.close();
  });
};
