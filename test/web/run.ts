// The web app in a real browser, against the Worker with the demo shop: `node test/web/run.ts [NAME ...]` runs all journeys, or those whose
// file names contain a NAME. `npm test` runs it by check.ts, as a step of its own, because it needs a server and a browser.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { ok } from "node:assert";
import { filesOfPage, PAGE_FILES, readBudgets } from "./budgets.ts";
import { findChromium, openBrowser } from "./support/browser.ts";
import { startDemoShop } from "./support/server.ts";
import type { Journeys } from "./support/journeys.ts";

const names = process.argv.slice(2);
const folder = join(import.meta.dirname, "journeys");
const files = readdirSync(folder)
  .toSorted()
  .filter((file) => names.length === 0 || names.some((name) => file.includes(name)));
if (files.length === 0) throw new Error(`No journey is named ${names.join(" or ")}.`);

for (const { name, size, limit } of readBudgets())
  void test(`${name} is at most ${limit / 1024} KB (gzip)`, (t) => {
    t.diagnostic(`${(size / 1024).toFixed(1)} KB`);
    ok(size <= limit, `${name} is ${(size / 1024).toFixed(1)} KB`);
  });

void test(`the page and its files are at most ${PAGE_FILES}`, (t) => {
  const files = filesOfPage();
  t.diagnostic(`${files.length} files`);
  ok(files.length <= PAGE_FILES, files.join("\n"));
});

const program = findChromium();
if (program === null) {
  process.stdout.write(
    "NOT RUN: the journeys of the web app need Chromium. Install it (apt-get install chromium), or set CHROMIUM to its path.\n",
  );
  // In CI, where it is installed, its absence is a failure.
  if (process.env["REQUIRE_CHROMIUM"]) process.exitCode = 1;
} else {
  const [shop, browser] = await Promise.all([startDemoShop(), openBrowser(program)]);
  after(async () => {
    await browser.close();
    await shop.stop();
  });
  const modules: { journeys: Journeys }[] = await Promise.all(
    files.map((file) => import(join(folder, file))),
  );
  // All are declared at once: where those that are declared have ended, the browser is closed.
  for (const { journeys } of modules) journeys({ browser, url: shop.url });
}
