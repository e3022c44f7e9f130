// Pictures of every screen in both themes and both languages, from the demo shop: `npm run pictures -- [FOLDER]`. Those of the README,
// in docs/pictures: `npm run pictures -- --readme`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findChromium, openBrowser, visit, type Look } from "./support/browser.ts";
import { showAll } from "./support/checks.ts";
import { takeReadmePictures } from "./support/readme-pictures.ts";
import { openScreen, SCREENS } from "./support/screens.ts";
import { startDemoShop } from "./support/server.ts";

const isForReadme = process.argv[2] === "--readme";
const folder = isForReadme ? "docs/pictures" : (process.argv[2] ?? ".pictures");

const LOOKS: Record<string, Look> = {
  "desk-light-es": { theme: "light", language: "es", width: 1440 },
  "desk-dark-en": { theme: "dark", language: "en", width: 1440 },
  "tablet-light-es": { theme: "light", language: "es", width: 1024 },
  "phone-light-es": { theme: "light", language: "es", width: 390, height: 844 },
  "phone-dark-en": { theme: "dark", language: "en", width: 390, height: 844 },
};

const program = findChromium();
if (program === null) throw new Error("Install Chromium, or set CHROMIUM to its path.");
mkdirSync(folder, { recursive: true });
const [shop, browser] = await Promise.all([startDemoShop(), openBrowser(program)]);
try {
  if (isForReadme) await takeReadmePictures(browser, shop.url, folder);
  for (const [look, options] of isForReadme ? [] : Object.entries(LOOKS)) {
    const { page, context } = await visit(browser, shop.url, options);
    await page.goto("/");
    await page.waitForSelector("[name=password]");
    await page.screenshot({ path: join(folder, `sign-in-${look}.png`) });
    await context.close();
    for (const screen of SCREENS) {
      const visitor = await visit(browser, shop.url, options);
      await openScreen(visitor, screen);
      await showAll(visitor.page);
      await visitor.page.screenshot({ path: join(folder, `${screen.name}-${look}.png`), fullPage: true });
      await visitor.context.close();
    }
  }
} finally {
  await browser.close();
  await shop.stop();
}
process.stdout.write(`The pictures are in ${folder}.\n`);
