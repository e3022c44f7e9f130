// Every screen, for checks and pictures. A screen that is added to the app is added here.
import type { Page } from "playwright-core";
import { openAs, type Visitor } from "./browser.ts";
import { DIALOGS } from "./dialogs.ts";
import { countDrawer, openFirst, openShift, openWebhook, ring, rowsOf } from "./screen-steps.ts";

export type ScreenToCheck = {
  name: string;
  path: string;
  /** The route of the app that it is of, where it is not that of the path; null for none. */
  route?: string | null;
  /** Who looks at it; null before anyone has signed in. */
  person: "ines" | "bruno" | "carmen" | "dario" | null;
  /** Waits until the screen is complete. */
  ready: (page: Page) => Promise<unknown>;
};

/** Opens a screen and waits until it is complete. */
export async function openScreen(visitor: Visitor, { person, path, ready }: ScreenToCheck): Promise<void> {
  if (person === null) await visitor.page.goto(path);
  else await openAs(visitor, person, path);
  await ready(visitor.page);
}

/** The route of a screen, as the router writes it; null for a screen of none. */
export const routeOf = ({ path, route }: ScreenToCheck): string | null =>
  route === undefined ? path.replace(/\?.*$/, "") : route;

/** The route of screens that are tabs of one. */
function withTab(path: string): { route?: string } {
  const [, screen] = /^\/(settings|figures)\b/.exec(path) ?? [];
  return screen === undefined ? {} : { route: `/${screen}/{-$tab}` };
}

export const SCREENS: readonly ScreenToCheck[] = [
  {
    name: "dashboard",
    path: "/",
    person: "ines",
    ready: (page) => page.waitForSelector("[role=slider] svg"),
  },
  {
    name: "my-day",
    path: "/",
    person: "bruno",
    ready: (page) => page.waitForSelector("main dl"),
  },
  { name: "sales", path: "/sales", person: "ines", ready: rowsOf },
  {
    name: "sale",
    path: "/sales?number=C-000006",
    route: "/sales/$id",
    person: "ines",
    ready: (page) => openFirst(page, "main tbody th a"),
  },
  {
    name: "till",
    path: "/till",
    person: "bruno",
    ready: (page) => ring(page, ["9520000000011", "9520000000028", "2100042003354"]),
  },
  {
    name: "till-payment",
    path: "/till",
    person: "bruno",
    ready: async (page) => {
      await ring(page, ["9520000000011"]);
      await page.keyboard.press("F9");
      await page.waitForSelector("main form input");
    },
  },
  {
    name: "till-receipt",
    path: "/till",
    person: "bruno",
    ready: async (page) => {
      await ring(page, ["9520000000011"]);
      await page.keyboard.press("F9");
      await page.waitForSelector("main form input");
      await page.keyboard.press("Enter");
      await page.waitForSelector("main pre");
    },
  },
  {
    name: "shift-start",
    path: "/till/shift",
    person: "dario",
    ready: (page) => page.waitForSelector("main form [name=device]"),
  },
  { name: "shift-open", path: "/till/shift", person: "carmen", ready: openShift },
  { name: "shift-count", path: "/till/shift", person: "carmen", ready: countDrawer },
  {
    name: "shift-ended",
    path: "/till/shift",
    person: "carmen",
    ready: async (page) => {
      await countDrawer(page);
      await page.locator("main form [type=submit]").click();
      await page.locator("dialog button").last().click();
      await page.waitForSelector("main dl dd");
      await page.waitForSelector("dialog", { state: "detached" });
    },
  },
  { name: "orders", path: "/orders", person: "ines", ready: rowsOf },
  {
    name: "order",
    path: "/orders?status=pending",
    route: "/orders/$id",
    person: "ines",
    ready: (page) => openFirst(page, "main tbody th a"),
  },
  {
    name: "new-order",
    path: "/orders/new",
    person: "ines",
    ready: (page) => page.waitForSelector("main [role=combobox]"),
  },
  { name: "customers", path: "/customers", person: "ines", ready: rowsOf },
  {
    name: "customer",
    path: "/customers?q=bego",
    route: "/customers/$id",
    person: "ines",
    ready: (page) => openFirst(page, "main tbody th a"),
  },
  { name: "staff", path: "/staff", person: "ines", ready: rowsOf },
  { name: "staff-hours", path: "/staff?tab=hours", person: "ines", ready: rowsOf },
  { name: "staff-shifts", path: "/staff?tab=shifts", person: "ines", ready: rowsOf },
  {
    name: "catalogue",
    path: "/catalogue",
    person: "bruno",
    ready: (page) => page.waitForSelector("main tbody tr"),
  },
  {
    name: "product",
    path: "/catalogue",
    route: "/catalogue/$id",
    person: "ines",
    ready: async (page) => {
      await page.locator("main tbody th a").first().click();
      await page.waitForSelector("main textarea");
      await page.waitForSelector("main table");
    },
  },
  {
    name: "new-product",
    path: "/catalogue/new",
    person: "bruno",
    ready: (page) => page.waitForSelector("main textarea"),
  },
  {
    name: "labels",
    path: "/catalogue",
    route: "/catalogue/labels",
    person: "bruno",
    ready: async (page) => {
      for (const index of [1, 2, 3]) await page.locator("main input[type=checkbox]").nth(index).check();
      await page.locator("main a[href*=labels]").click();
      await page.waitForSelector("main .label");
    },
  },
  {
    name: "count",
    path: "/catalogue/count",
    person: "bruno",
    ready: async (page) => {
      await page.fill("[name=code]", "no-such-code");
      await page.press("[name=code]", "Enter");
      await page.waitForSelector("main p[role=status]:not(:empty)");
    },
  },
  {
    name: "imports",
    path: "/imports",
    person: "ines",
    ready: (page) => page.waitForSelector("main li"),
  },
  {
    name: "not-found",
    path: "/nowhere",
    route: null,
    person: "ines",
    ready: (page) => page.waitForSelector("main a[href='/']"),
  },
  // Figures, developers and settings.
  ...(
    [
      ["figures", "/figures", "[role=slider] svg"],
      ["figures-breakdown", "/figures/breakdown", "main [role=img]"],
      ["figures-products", "/figures/products", "main section tbody tr"],
      ["figures-sellers", "/figures/sellers", "main section tbody tr"],
      ["figures-customers", "/figures/customers?range=12m", "main section tbody tr"],
      ["figures-tax", "/figures/tax", "main section tbody tr"],
      ["figures-z", "/figures/z?range=90d", "main section"],
      ["keys", "/keys", "main section"],
      ["webhooks", "/webhooks", "main section"],
      ["audit", "/audit", "main section tbody tr"],
      ["health", "/health", "main section tbody tr"],
      ["settings", "/settings", "main form"],
      ["settings-taxes", "/settings/taxes", "main section tbody tr"],
      ["settings-payments", "/settings/payments", "main li"],
      ["settings-till", "/settings/till", "main form"],
      ["settings-orders", "/settings/orders", "main form"],
      ["settings-texts", "/settings/texts", "main form"],
      ["account", "/account", "main form"],
      ["welcome", "/welcome", "main ol li"],
    ] as const
  ).map(([name, path, selector]): ScreenToCheck => ({
    name,
    path,
    ...withTab(path),
    person: "ines",
    ready: (page) => page.waitForSelector(selector),
  })),
  {
    name: "webhook",
    path: "/webhooks",
    route: "/webhooks/$id",
    person: "ines",
    ready: openWebhook,
  },
  // Before anyone has signed in.
  ...(["open-shop", "forgotten-password"] as const).map((name): ScreenToCheck => ({
    name,
    path: `/${name}`,
    route: null,
    person: null,
    ready: (page) => page.waitForSelector("main form [type=submit]"),
  })),
  ...DIALOGS,
];
