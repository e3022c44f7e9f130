// Dialogs that are a screen of their own, with the buttons that open them in both languages.
import type { Page } from "playwright-core";
import { openFirst, ring } from "./screen-steps.ts";
import type { ScreenToCheck } from "./screens.ts";

const MUG = "9520000000011";

const dialogOf = (page: Page): Promise<unknown> =>
  page.locator("dialog[open] :is(input, button, dl)").first().waitFor();

async function press(page: Page, name: RegExp): Promise<unknown> {
  await page.locator("main").getByRole("button", { name }).first().click();
  return dialogOf(page);
}

/** A dialog of the till that a key opens. */
const ofTill = (name: string, key: string): ScreenToCheck => ({
  name,
  path: "/till",
  person: "bruno",
  ready: async (page) => {
    await ring(page, [MUG]);
    await page.keyboard.press(key);
    await dialogOf(page);
  },
});

export const DIALOGS: readonly ScreenToCheck[] = [
  ofTill("till-customer", "F6"),
  ofTill("till-discount", "F7"),
  ofTill("till-find-receipt", "F8"),
  ofTill("till-line", "Enter"),
  ...(
    [
      ["staff-invite", "/staff", /^(Invitar|Invite)$/],
      ["staff-person", "/staff", /Bruno/],
      ["new-customer", "/customers", /^(Nuevo cliente|New customer)$/],
      ["new-key", "/keys", /^(Nueva clave|New key)$/],
      ["new-webhook", "/webhooks", /^(Nuevo destino|New endpoint)$/],
      ["new-rate", "/settings/taxes", /^(Nuevo tipo|New rate)$/],
    ] as const
  ).map(([name, path, button]): ScreenToCheck => ({
    name,
    path,
    ...(path.startsWith("/settings") && { route: "/settings/{-$tab}" }),
    person: "ines",
    ready: (page) => press(page, button),
  })),
  {
    name: "sale-refund",
    path: "/sales?number=C-000006",
    route: "/sales/$id",
    person: "ines",
    ready: async (page) => {
      await openFirst(page, "main tbody th a");
      await press(page, /^(Devolver|Refund)$/);
    },
  },
  {
    name: "commands",
    path: "/",
    person: "ines",
    ready: async (page) => {
      await page.waitForSelector("[role=slider] svg");
      await page.keyboard.press("Control+k");
      await dialogOf(page);
    },
  },
];
