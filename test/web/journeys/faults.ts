import { deepStrictEqual } from "node:assert";
import { test } from "node:test";
import { openAs, visit } from "../support/browser.ts";
import { expectAccessible } from "../support/checks.ts";
import type { Journeys } from "../support/journeys.ts";

// Of the same fields: a name that is missing, an address that is none, a phone number that is none, and a note that is too long.
const OF_CUSTOMER = {
  es: [
    "Falta este dato.",
    "Escribe un correo, como ana@ejemplo.es.",
    "Escribe un teléfono, como 600 11 22 33.",
    "Es demasiado largo: caben 2000 caracteres.",
  ],
  en: [
    "This is required.",
    "Enter an e-mail address, such as ana@example.com.",
    "Enter a phone number, such as 600 11 22 33.",
    "It is too long: at most 2000 characters.",
  ],
} as const;

// Of a product: a wrong check digit, and a year that only the API's sentence explains.
const OF_PRODUCT = {
  es: ["No es un ISBN: tiene 10 o 13 cifras", "Este valor no es válido"],
  en: ["It is not an ISBN: those have 10 or 13 digits", "must not be after next year"],
} as const;

export const journeys: Journeys = ({ browser, url }) => {
  for (const language of ["es", "en"] as const)
    void test(`what the API refuses is said beside each field, in the language of the person (${language})`, async () => {
      const visitor = await visit(browser, url, { language });
      const { page, context, faults } = visitor;
      await openAs(visitor, "ines", "/customers");
      await page.getByRole("button", { name: { es: "Nuevo cliente", en: "New customer" }[language] }).click();
      const dialog = page.getByRole("dialog");
      await dialog.locator("[name=email]").fill("olga");
      await dialog.locator("[name=phone]").fill("por la tarde");
      await dialog.locator("[name=note]").fill("a".repeat(2001));
      await dialog.locator("[type=submit]").click();
      for (const sentence of OF_CUSTOMER[language]) await dialog.getByText(sentence).waitFor();
      await expectAccessible(page);

      await page.goto("/catalogue/new");
      await page.locator("[name=title]").fill("Tazas");
      await page.locator("[name=sku]").fill("TAZAS");
      await page.locator("[name=price]").fill("12");
      await page.locator("[name=isbn]").fill("978-84-376-0494-0");
      await page.locator("[name=publication_year]").fill("2999");
      await page.locator("main form [type=submit]").click();
      for (const sentence of OF_PRODUCT[language]) await page.getByText(sentence).waitFor();
      deepStrictEqual(faults, []);
      await context.close();
    });
};
