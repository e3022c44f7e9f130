import { ok } from "node:assert";
import { test } from "node:test";
import { FIRST_CHART, openAs, visit } from "../support/browser.ts";
import type { Journeys } from "../support/journeys.ts";

/** The files that the page names, and its last script, which is the entry. */
async function readPage(url: string): Promise<{ named: string[]; entry: string }> {
  const page = await (await fetch(url, { headers: { accept: "text/html" } })).text();
  const all = (pattern: RegExp): string[] => Array.from(page.matchAll(pattern), ([, path = ""]) => path);
  return {
    named: all(/(?:src|href)="(\/[^"]+)"/g),
    entry: all(/<script[^>]* src="([^"]+)"/g).at(-1) ?? "",
  };
}

export const journeys: Journeys = ({ browser, url }) => {
  void test("the first chart needs the page, the files that it names and the figures, which are requested before the entry has arrived", async () => {
    const { named, entry } = await readPage(url);
    ok(named.includes(entry));
    const visitor = await visit(browser, url);
    const { page, context } = visitor;
    await openAs(visitor, "ines");
    await page.waitForSelector(FIRST_CHART);

    const figures = Promise.withResolvers<void>();
    const chart = Promise.withResolvers<void>();
    await context.route("**/*", async (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname.endsWith("/metrics/overview")) figures.resolve();
      else if (pathname === entry) await figures.promise;
      else if (pathname !== "/" && !named.includes(pathname)) await chart.promise;
      await route.continue();
    });
    await page.goto("/", { waitUntil: "commit" });
    await page.waitForSelector(FIRST_CHART);
    chart.resolve();
    await context.unrouteAll({ behavior: "wait" });
    await context.close();
  });
};
