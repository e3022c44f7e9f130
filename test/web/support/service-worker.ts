import type { Page } from "playwright-core";

/** Waits until the app starts without a network. */
export const installed = (page: Page): Promise<unknown> =>
  page.evaluate(
    `navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller ?? new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", () => resolve(true), { once: true }))).then(() => true)`,
  );
