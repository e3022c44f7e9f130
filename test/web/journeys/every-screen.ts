import { deepStrictEqual, match, ok } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, test } from "node:test";
import type { Page } from "playwright-core";
import { visit } from "../support/browser.ts";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  expectTableEdges,
  showAll,
  WIDTHS,
} from "../support/checks.ts";
import type { Journeys } from "../support/journeys.ts";
import { expectTabStops } from "../support/keyboard.ts";
import { openScreen, routeOf, SCREENS, type ScreenToCheck } from "../support/screens.ts";

const ROUTER = join(import.meta.dirname, "../../../web/src/router.tsx");

/** The paths of the router's routes. */
function routes(): string[] {
  const source = readFileSync(ROUTER, "utf8");
  const paths = [...source.matchAll(/createRoute\(\{[^}]*?\bpath: "([^"]+)"/g)].flatMap(
    ([, path]) => path ?? [],
  );
  deepStrictEqual(paths.length, source.split("createRoute({").length - 1, "each route has a literal path");
  return paths;
}

/** Light and Spanish, then dark and English: colours depend on the theme and names on the language, so each of them is checked once. */
async function expectAccessibleInEachLook(page: Page): Promise<void> {
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: "dark" });
  // By the script of the page, because a dialog in front covers the button.
  await page.locator('button[lang]:visible:has-text("English")').dispatchEvent("click");
  await page.waitForSelector("html[lang=en]", { state: "attached" });
  await expectAccessible(page);
}

/** The page must be at the route that the screen is listed for. */
function expectRoute(screen: ScreenToCheck, path: string): void {
  const route = routeOf(screen);
  if (route === null) return;
  const pattern = route.replaceAll("/{-$tab}", "(/[a-z]+)?").replaceAll("$id", "[\\w-]{36}");
  match(path, new RegExp(`^${pattern}$`));
}

async function expectFits(page: Page): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoSidewaysScroll(page);
    await expectTableEdges(page);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.evaluate("document.documentElement.style.fontSize = '200%'");
  await expectNoSidewaysScroll(page);
}

/** The sum of the layout shifts since the page was opened. */
const layoutShift = (page: Page): Promise<number> =>
  page.evaluate<number>(`new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(sum), 300);
  })`);

export const journeys: Journeys = ({ browser, url }) => {
  void test("each route of the app is among the screens that are checked", () => {
    const checked = new Set(SCREENS.map(routeOf));
    deepStrictEqual(
      routes().filter((route) => !checked.has(route)),
      [],
    );
  });

  void test("the sign-in form is accessible in each look, and fits every width and text of twice the size", async () => {
    const { page, context, faults } = await visit(browser, url);
    await page.goto("/");
    await page.waitForSelector("[name=password]");
    await expectAccessibleInEachLook(page);
    await expectFits(page);
    deepStrictEqual(faults, []);
    await context.close();
  });

  const check = async (screen: ScreenToCheck): Promise<void> => {
    const visitor = await visit(browser, url);
    const { page, context, faults } = visitor;
    await openScreen(visitor, screen);
    expectRoute(screen, new URL(page.url()).pathname);
    await page.waitForLoadState("networkidle");
    const shift = await layoutShift(page);
    ok(shift <= 0.05, `layout shift of ${shift}`);
    await showAll(page);
    await expectAccessibleInEachLook(page);
    await page.setViewportSize({ width: 360, height: 740 });
    await expectTabStops(page);
    await expectFits(page);
    deepStrictEqual(faults, []);
    await context.close();
  };

  // Two at a time. The shifts and carts of a seller are shared by their screens, so these follow each other.
  const [ofAdmin, ofSellers] = [
    SCREENS.filter(({ person }) => person === "ines"),
    SCREENS.filter(({ person }) => person !== "ines"),
  ];
  const half = Math.ceil(SCREENS.length / 2);
  const queues = [ofAdmin.slice(0, half), [...ofAdmin.slice(half), ...ofSellers]];
  void describe("every screen", { concurrency: queues.length }, () => {
    for (const queue of queues)
      void describe(`${queue[0]?.name} and others`, { concurrency: 1 }, () => {
        for (const screen of queue)
          void it(`the screen ${screen.name} stays where it is while it loads, is accessible in each look, shows the focus wherever Tab takes it, and fits every width and text of twice the size`, () =>
            check(screen));
      });
  });
};
