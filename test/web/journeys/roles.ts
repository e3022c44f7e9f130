import { deepStrictEqual } from "node:assert";
import { test } from "node:test";
import { openAs, visit } from "../support/browser.ts";
import type { Journeys } from "../support/journeys.ts";

const STAFF = [
  "/",
  "/till",
  "/till/shift",
  "/sales",
  "/orders",
  "/orders/new",
  "/customers",
  "/catalogue",
  "/catalogue/new",
  "/catalogue/labels",
  "/catalogue/count",
  "/account",
];
const ADMINS = [
  "/staff",
  "/imports",
  "/figures",
  "/figures/tax",
  "/webhooks",
  "/keys",
  "/audit",
  "/health",
  "/settings",
  "/settings/taxes",
  "/welcome",
];

export const journeys: Journeys = ({ browser, url }) => {
  void test("an EMPLOYEE opens every screen of staff, no screen of administrators, and causes no refusal", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, faults, refusals } = visitor;
    await openAs(visitor, "bruno");
    const forbidden: string[] = [];
    for (const path of [...STAFF, ...ADMINS]) {
      await page.goto(path);
      await page.waitForSelector("#content h1");
      // What a screen requests has been answered, so that a refusal would be seen.
      await page.waitForLoadState("networkidle");
      if ((await page.locator("#content h1").innerText()) === "Your role does not include this screen")
        forbidden.push(path);
    }
    deepStrictEqual(forbidden, ADMINS);
    deepStrictEqual([faults, refusals], [[], []]);
    await context.close();
  });

  void test("a CUSTOMER sees no screen of the shop at any URL, and signs out by the keyboard", async () => {
    const { page, context, faults, refusals } = await visit(browser, url, { language: "en" });
    const account = { tenant: "demo", email: "walks.roles@customers.example", password: "a-long-password" };
    const registered = await context.request.post("/api/v1/auth/register", {
      data: { ...account, first_name: "Marta", last_name: "Rueda" },
    });
    deepStrictEqual(registered.ok(), true, await registered.text());
    const entered = await context.request.post("/api/v1/auth/login", { data: account });
    deepStrictEqual(entered.ok(), true, await entered.text());
    for (const path of [...STAFF, ...ADMINS]) {
      await page.goto(path);
      await page.getByRole("heading", { name: "This is a customer's account" }).waitFor();
      deepStrictEqual(await page.getByRole("navigation").count(), 0, path);
    }
    deepStrictEqual([faults, refusals], [[], []]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[name=tenant]");
    await context.close();
  });
};
