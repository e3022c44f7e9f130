import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { openAs, visit } from "../support/browser.ts";
import { installed } from "../support/service-worker.ts";
import { startProxy } from "../support/proxy.ts";
import type { Journeys } from "../support/journeys.ts";

const mark = (page: Page): Promise<unknown> => page.evaluate("globalThis.mark = true");
const isMarked = (page: Page): Promise<unknown> => page.evaluate("globalThis.mark === true");

export const journeys: Journeys = ({ browser, url }) => {
  void test("a new version is offered, and changes only the tab that accepts it; the service worker stores no answer of the API", async () => {
    const proxy = await startProxy(url);
    const visitor = await visit(browser, proxy.url, { language: "en", hasServiceWorker: true });
    const { page, context, faults } = visitor;
    await openAs(visitor, "ines", "/sales");
    await installed(page);
    const other = await context.newPage();
    await other.goto("/orders");
    await other.waitForSelector("main tbody th");
    await Promise.all([mark(page), mark(other)]);

    proxy.change((path, text) =>
      path === "/sw.js" ? text.replace(/VERSION = "\w+"/, 'VERSION = "newer"') : text,
    );
    await page.evaluate(
      "navigator.serviceWorker.getRegistration().then((found) => found.update()).then(() => true)",
    );
    const offer = (tab: Page) => tab.getByRole("button", { name: "A new version is ready: Update" });
    await offer(page).waitFor();
    await page.getByRole("link", { name: "Customers" }).click();
    await page.waitForSelector("main tbody th");
    deepStrictEqual(await isMarked(page), true);

    await Promise.all([page.waitForEvent("load"), offer(page).click()]);
    deepStrictEqual(await isMarked(page), false);
    await page.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
    await page.getByRole("button", { name: "Online" }).waitFor();
    deepStrictEqual(await offer(page).count(), 0);
    // The other tab goes on in its version, with screens that it has not yet loaded.
    await other.getByRole("link", { name: "Audit" }).click();
    await other.waitForSelector("main section tbody tr");
    deepStrictEqual(await isMarked(other), true);

    const stored = await page.evaluate<string[]>(
      `caches.keys().then((names) => Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).then((lists) => lists.flat())`,
    );
    ok(stored.includes("/"));
    deepStrictEqual(
      stored.filter((path) => !/^\/(app\/[\w.-]+|icon\.svg)?$/.test(path)),
      [],
    );
    deepStrictEqual(faults, []);
    await context.close();
    proxy.stop();
  });

  void test("without a network the app opens on any of its screens, and what is not of the app stays unanswered", async () => {
    const visitor = await visit(browser, url, { language: "en", hasServiceWorker: true });
    const { page, context } = visitor;
    await openAs(visitor, "bruno", "/till/shift");
    await installed(page);
    await context.setOffline(true);
    for (const path of ["/", "/sales", "/catalogue/count"]) {
      await page.goto(path);
      await page.getByRole("button", { name: "Offline" }).waitFor();
    }
    for (const path of ["/docs", "/api/v1/shop", "/reset-password"])
      ok(
        await page.goto(path).then(
          () => false,
          () => true,
        ),
        path,
      );
    await context.close();
  });
};
