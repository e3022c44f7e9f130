// A person without a mouse: Tab reaches each control, and on the way the focus is neither lost nor out of sight.
import { deepStrictEqual } from "node:assert";
import type { Locator, Page } from "playwright-core";

const MAX_TABS = 80;

/** Milliseconds between keys at the till, where faster ones that end with Enter are those of a scanner. */
export const SLOWLY = 60;

/** Where the focus is: "lost" if a control that had it is gone, otherwise what is wrong with how it is shown, or "". */
const FOCUS = `(() => {
  const at = document.activeElement;
  if (!at || at === document.body) return window.hadFocus ? "lost" : "";
  window.hadFocus = true;
  if (!at.matches(":focus-visible")) return "not marked: " + at.outerHTML.slice(0, 200);
  const shown = [at.closest("label"), at].find((one) => one && getComputedStyle(one).outlineStyle !== "none" && one.checkVisibility());
  if (!shown) return at.matches("main") ? "" : "without an outline: " + at.outerHTML.slice(0, 200);
  const { left, right, top, bottom } = shown.getBoundingClientRect();
  const [x, y] = [(Math.max(left, 0) + Math.min(right, innerWidth)) / 2, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2];
  const above = document.elementFromPoint(x, y);
  return above && (shown.contains(above) || above.contains(shown)) ? "" : "covered by " + (above?.outerHTML.slice(0, 100) ?? "nothing") + ": " + at.outerHTML.slice(0, 200);
})()`;

export async function expectFocus(page: Page): Promise<void> {
  deepStrictEqual(await page.evaluate(FOCUS), "");
}

/** Presses Tab, or Shift+Tab towards what stands before, until an element has the focus. @throws Error if it never has */
async function tabTo(target: Locator): Promise<void> {
  const page = target.page();
  await target.waitFor({ state: "attached" });
  for (let presses = 0; presses < MAX_TABS; presses += 1) {
    await expectFocus(page);
    const way = await target.evaluate((element) => {
      const at = element.ownerDocument.activeElement;
      if (at === element) return "here";
      return at && at.compareDocumentPosition(element) & 2 ? "Shift+Tab" : "Tab";
    });
    if (way === "here") return;
    await page.keyboard.press(way);
    // Beyond the last control is the browser.
    await page.evaluate("window.hadFocus = document.activeElement !== document.body");
  }
  throw new Error(`Tab does not reach ${String(target)}.`);
}

/** Goes to a control and presses a key on it. */
export async function press(target: Locator, key = "Enter"): Promise<void> {
  await tabTo(target);
  await target.page().keyboard.press(key);
}

/** Goes to a field and types, in place of what it has. */
export async function type(target: Locator, text: string): Promise<void> {
  await press(target, "Control+a");
  await target.page().keyboard.type(text);
}

/** Goes to a list of options, and down to one of them. @throws Error if it has no such option */
export async function choose(target: Locator, option: string): Promise<void> {
  await press(target, "Home");
  const { keyboard } = target.page();
  const chosen = target.locator("option:checked");
  for (let count = await target.locator("option").count(); count > 0; count -= 1) {
    if ((await chosen.innerText()) === option) return;
    await keyboard.press("ArrowDown");
  }
  throw new Error(`${String(target)} has no option ${option}.`);
}

const MAX_STOPS = 400;

/** Goes through all controls of the page with Tab: each has the focus in sight once, and no one holds it. */
export async function expectTabStops(page: Page): Promise<void> {
  await page.evaluate("document.activeElement?.blur(); window.hadFocus = false; scrollTo(0, 0)");
  const faults: string[] = [];
  for (let stops = 0; stops < MAX_STOPS; stops += 1) {
    await page.keyboard.press("Tab");
    const [fault, isOver] = await page.evaluate<[string, boolean]>(
      `[${FOCUS}, document.activeElement === document.body]`,
    );
    if (isOver) {
      deepStrictEqual(faults, []);
      return;
    }
    if (fault !== "") faults.push(fault);
  }
  throw new Error(`Tab does not come out of ${page.url()}.`);
}
