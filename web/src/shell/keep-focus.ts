// Holds the focus on the screen. A browser drops it when the control that has it is removed or disabled: the keyboard then begins at the top
// of the page again, and a screen reader falls silent.
import { router } from "../router.tsx";

const CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex]";
const SECTION = "section, dialog, [popover], main";
const MAX_NAMES = 8;

const canTake = (control: HTMLElement): boolean =>
  control.matches(":not(:disabled, [type=hidden], [tabindex='-1'])") && control.checkVisibility();

const controlsIn = (root: ParentNode): HTMLElement[] => [...root.querySelectorAll<HTMLElement>(CONTROLS)];

const nameOf = (control: HTMLElement): string =>
  [
    control.tagName,
    control.getAttribute("aria-label") ?? control.textContent,
    control.getAttribute("name"),
  ].join();

let last: HTMLElement | null = null;
let isByTouch = false;
/** A screen has come whose heading is not there yet. */
let isArriving = false;
/** The names of controls that were removed while they had the focus, the latest first. */
let gone: string[] = [];

function focus(target: HTMLElement, options: FocusOptions = {}): void {
  if (!target.matches(CONTROLS)) target.tabIndex = -1;
  target.focus(options);
}

/** Begins at the heading of the screen, once it is there. */
function arrive(): void {
  const heading = document.querySelector("h1");
  const target = heading ?? document.querySelector("main");
  // The router scrolls, also back to where a person was.
  if (target) focus(target, { preventScroll: true });
  isArriving = heading === null;
}

/** The removal that took a node off the page, and what was removed; undefined if it is still there. */
function removalOf(records: MutationRecord[], node: Node): [MutationRecord, Node] | undefined {
  for (const record of records)
    for (const removed of record.removedNodes)
      if (removed.contains(node))
        return record.target.isConnected ? [record, removed] : removalOf(records, record.target);
  return undefined;
}

/** The same control of the next or the previous row, where a row of a list was removed. */
function twinOf({ nextSibling, previousSibling }: MutationRecord, row: Node, control: HTMLElement) {
  if (!(row instanceof HTMLElement) || !row.matches("li, tr")) return undefined;
  const rows = [nextSibling, previousSibling].filter((one) => one instanceof HTMLElement);
  const other = rows.find(({ isConnected, tagName }) => isConnected && tagName === row.tagName);
  const controls = other ? controlsIn(other).filter(canTake) : [];
  return controls[controlsIn(row).indexOf(control)] ?? controls[0];
}

/** The nearest control in as small a part of the section as has one: the next one after `start`, or the previous one. */
function nearest(section: Element, parent: Element, start: Node | null): HTMLElement | undefined {
  const controls = controlsIn(parent).filter(canTake);
  if (controls.length === 0 && parent !== section && parent.parentElement)
    return nearest(section, parent.parentElement, parent);
  const isAfter = (control: HTMLElement): boolean =>
    start === null ||
    ((start.compareDocumentPosition(control) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0 &&
      !start.contains(control));
  return controls.find(isAfter) ?? controls.at(-1);
}

function refugeOf(records: MutationRecord[], control: HTMLElement): HTMLElement | undefined {
  const [removal, removed] = removalOf(records, control) ?? [];
  const parent = removal?.target ?? control.parentNode;
  const section = parent instanceof Element ? parent.closest(SECTION) : null;
  if (!(parent instanceof HTMLElement) || !(section instanceof HTMLElement) || parent.tagName === "MAIN")
    return undefined;
  const twin = removal && removed && twinOf(removal, removed, control);
  if (twin) return twin;
  const isSectionGone = !control.isConnected && control.closest(SECTION) !== null;
  const candidates = controlsIn(isSectionGone ? parent : section).filter(canTake);
  // A panel that another one has replaced for a while.
  for (const name of removal ? gone : []) {
    const again = candidates.find((candidate) => nameOf(candidate) === name);
    if (again) return again;
  }
  if (!isSectionGone) {
    const before = removal ? removal.previousSibling : control;
    return nearest(section, parent, before?.isConnected ? before : null) ?? section;
  }
  // The panel that has come in the place of another one.
  const added = records.flatMap(({ target, addedNodes }) => (target === parent ? [...addedNodes] : []));
  const isAdded = (element: HTMLElement): boolean => added.some((node) => node.contains(element));
  return (
    [...parent.querySelectorAll<HTMLElement>("section")].find(isAdded) ??
    candidates.find(isAdded) ??
    (section.tagName === "MAIN" ? undefined : section)
  );
}

function remember(target: EventTarget | null): void {
  if (last?.isConnected === false) gone = [nameOf(last), ...gone].slice(0, MAX_NAMES);
  last = target instanceof HTMLElement && target !== document.body ? target : null;
  if (!last?.matches("main")) isArriving = false;
}

function restore(records: MutationRecord[]): void {
  const control = last;
  if (isArriving && document.activeElement?.matches("body, main")) return arrive();
  if (!control || (control.isConnected && !control.matches(":disabled"))) return;
  remember(null);
  // A field that takes the focus would open the keyboard of the screen.
  if (isByTouch) return;
  const refuge = refugeOf(records, control);
  if (refuge) focus(refuge);
  else arrive();
}

remember(document.activeElement);
addEventListener("focusin", ({ target }) => remember(target));
addEventListener("focusout", ({ target, relatedTarget }) => {
  // A click beside all controls, and not the removal of this one.
  if (relatedTarget === null)
    queueMicrotask(() => {
      if (last === target && last?.isConnected && !last.matches(":disabled")) last = null;
    });
});
addEventListener("pointerdown", ({ pointerType }) => (isByTouch = pointerType === "touch"), {
  capture: true,
});
addEventListener("keydown", () => (isByTouch = false), { capture: true });
new MutationObserver(restore).observe(document.body, {
  subtree: true,
  childList: true,
  attributeFilter: ["disabled"],
});

// A screen begins at its heading, unless one of its fields takes the focus, or a link that both screens share had it.
router.subscribe("onRendered", ({ pathChanged, fromLocation }) => {
  if (pathChanged && fromLocation && !document.activeElement?.closest("main, dialog")) arrive();
});
