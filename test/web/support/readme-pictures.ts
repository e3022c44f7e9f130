// The pictures of the README: small files, so that the repository stays small.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { visit, type Look, type Visitor } from "./browser.ts";
import { openScreen, SCREENS } from "./screens.ts";
import { startStorefront } from "./storefront.ts";

const LOOK: Look = { language: "en", width: 1280, height: 800, scale: 1.5 };
const QUALITY = 80;
const MAX_BYTES = 150 * 1024;

/** Pictures of screens of the web app: the file's name, the screen's, and the theme. */
const OF_SCREENS = [
  ["dashboard-light", "dashboard", "light"],
  ["dashboard-dark", "dashboard", "dark"],
  ["till", "till", "light"],
  ["catalogue", "catalogue", "light"],
] as const;

/** Writes what the window shows as WebP, which Playwright itself does not offer. */
async function take({ context, page }: Visitor, file: string): Promise<void> {
  await page.waitForLoadState("networkidle");
  const session = await context.newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
  const bytes = Buffer.from(data, "base64");
  if (bytes.length > MAX_BYTES) throw new Error(`${file} has ${bytes.length} bytes.`);
  writeFileSync(file, bytes);
  await context.close();
}

/** Writes the pictures of the README into a folder. `url` is the demo shop's. */
export async function takeReadmePictures(browser: Browser, url: string, folder: string): Promise<void> {
  const store = await startStorefront(url);
  try {
    const visitor = await visit(browser, store.url, LOOK);
    await visitor.page.goto("/");
    await take(visitor, join(folder, "storefront.webp"));
  } finally {
    await store.stop();
  }
  for (const [file, name, theme] of OF_SCREENS) {
    const screen = SCREENS.find((screen) => screen.name === name);
    if (screen === undefined) throw new Error(`There is no screen ${name}.`);
    const visitor = await visit(browser, url, { ...LOOK, theme });
    await openScreen(visitor, screen);
    await take(visitor, join(folder, `${file}.webp`));
  }
}
