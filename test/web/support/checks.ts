// Checks that every screen must pass.
import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails on what axe-core finds, naming each rule and element. */
export async function expectAccessible(page: Page): Promise<void> {
  // Not as a script of the page, which its Content-Security-Policy would refuse.
  await page.evaluate(axe);
  const { violations } = await page.evaluate<Pick<AxeResults, "violations">>("axe.run()");
  deepStrictEqual(
    violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`),
    ),
    [],
  );
}

/** Fails if the page, or a dialog in front of it, scrolls sideways. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const boxes = await page.evaluate<[content: number, visible: number][]>(
    `[document.documentElement, ...document.querySelectorAll("dialog[open]")].map(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth])`,
  );
  for (const [content, visible] of boxes)
    deepStrictEqual(content <= visible, true, `${content} px of content in ${visible} px at ${page.url()}`);
}

const MIN_EDGE_PX = 12;

/** Fails on a table that reaches both edges of its card, and has content at the right edge. A table in a region scrolls. */
export async function expectTableEdges(page: Page): Promise<void> {
  const atEdge = await page.evaluate<string[]>(`[...document.querySelectorAll("main section table tr")]
    .filter((row) => row.checkVisibility() && !row.closest("[role=region]"))
    .map((row) => [row.closest("section").getBoundingClientRect(), [...row.cells].filter((cell) => cell.checkVisibility()).at(-1)])
    .filter(([card, cell]) => cell && cell.getBoundingClientRect().right > card.right - ${MIN_EDGE_PX})
    .map(([card, cell]) => {
      const content = document.createRange();
      content.selectNodeContents(cell);
      return [card.right - content.getBoundingClientRect().right, cell];
    })
    .filter(([space, cell]) => space < ${MIN_EDGE_PX} && cell.textContent !== "")
    .map(([space, cell]) => space + " px beside " + cell.textContent)`);
  deepStrictEqual(atEdge, []);
}

const MIN_TARGET_PX = 44;

/** Fails on what fingers have to press and is smaller than 44 px in a direction. A link within a sentence is no such target. */
export async function expectTouchTargets(page: Page): Promise<void> {
  const small = await page.evaluate<
    string[]
  >(`[...document.querySelectorAll("a, button, input, select, summary")]
    .filter((one) => one.tabIndex >= 0 && one.checkVisibility() && !one.matches(".skip"))
    .map((one) => [one, (one.closest("label") ?? one).getBoundingClientRect()])
    .filter(([, { width, height }]) => Math.min(width, height) < ${MIN_TARGET_PX} - 0.5)
    .map(([one, { width, height }]) => one.outerHTML.slice(0, 120) + " " + width + " x " + height)`);
  deepStrictEqual(small, []);
}

/** Scrolls through the page, so that what loads when it is seen has loaded. */
export async function showAll(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += 400) {
      scrollTo(0, y);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    scrollTo(0, 0);
  })()`);
  await page.waitForLoadState("networkidle");
  await page.locator("main .skeleton").first().waitFor({ state: "detached" });
}

export const WIDTHS = [360, 768, 1280, 1920] as const;
