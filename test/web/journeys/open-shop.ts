import { deepStrictEqual } from "node:assert";
import { test } from "node:test";
import { visit } from "../support/browser.ts";
import { expectAccessible, expectNoSidewaysScroll, showAll, WIDTHS } from "../support/checks.ts";
import type { Journeys } from "../support/journeys.ts";
import { press, SLOWLY, type } from "../support/keyboard.ts";

export const journeys: Journeys = ({ browser, url }) => {
  void test("a person opens a shop and sees the first steps, then its empty dashboard with the next step", async () => {
    const { page, context, faults } = await visit(browser, url);
    await page.goto("/");
    await page.getByRole("link", { name: "Abrir una tienda nueva" }).click();
    await page.fill("[name=name]", "Librería Sol & Mar");
    deepStrictEqual(await page.inputValue("[name=slug]"), "libreria-sol-mar");
    await expectAccessible(page);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
    }
    await page.fill("[name=slug]", "demo");
    await page.fill("[name=first_name]", "Ana");
    await page.fill("[name=last_name]", "Sol");
    await page.fill("[name=email]", "ana@sol.example");
    await page.fill("[name=password]", "una-clave-larga");
    await page.getByRole("button", { name: "Abrir la tienda" }).click();
    await page.getByRole("alert").filter({ hasText: "ya está en uso" }).waitFor();
    await page.fill("[name=slug]", "libreria-sol-mar");
    await page.getByRole("button", { name: "Abrir la tienda" }).click();
    await page.getByRole("heading", { name: "Librería Sol & Mar está abierta" }).waitFor();
    deepStrictEqual(new URL(page.url()).pathname, "/welcome");
    await page.getByRole("link", { name: "Lo haré más tarde" }).click();
    await page.getByRole("heading", { name: "Hola, Ana" }).waitFor();
    await page.getByRole("link", { name: "Ir a la caja" }).first().waitFor();
    await showAll(page);
    await expectAccessible(page);
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("a person opens a shop and makes its first sale, without a mouse and without a manual", async () => {
    const { page, context, faults } = await visit(browser, url);
    const { keyboard } = page;
    await page.goto("/");
    await press(page.getByRole("link", { name: "Abrir una tienda nueva" }));
    await type(page.locator("[name=name]"), "Tazas y más");
    await type(page.locator("[name=first_name]"), "Eva");
    await type(page.locator("[name=last_name]"), "Ríos");
    await type(page.locator("[name=email]"), "eva@tazas.example");
    await type(page.locator("[name=password]"), "una-clave-larga");
    await keyboard.press("Enter");
    await page.getByRole("heading", { name: "Tazas y más está abierta" }).waitFor();

    await type(page.locator("[name=name]"), "IVA 21 %");
    await type(page.locator("[name=rate]"), "21");
    await keyboard.press("Enter");
    await type(page.locator("[name=title]"), "Taza azul");
    await type(page.locator("[name=price]"), "12,50");
    await type(page.locator("[name=stock]"), "10");
    await keyboard.press("Enter");
    await page.getByText("Ya hay productos en el catálogo").waitFor();
    await press(page.locator("main").getByRole("link", { name: "Ir a la caja" }));

    await page.getByRole("combobox").waitFor();
    await page.waitForLoadState("networkidle");
    await keyboard.type("azul", { delay: SLOWLY });
    await page.getByRole("option", { name: "Taza azul" }).waitFor();
    await keyboard.press("Enter");
    await page.getByRole("list").getByText("Taza azul").waitFor();
    await keyboard.press("F9");
    await page.locator("main form input").waitFor();
    await keyboard.press("Enter");
    await page.getByText("Venta cobrada").waitFor();

    await page.goto("/welcome");
    await press(page.locator("main").getByRole("link", { name: "Ver el panel" }));
    await page.getByRole("heading", { name: "Hola, Eva" }).waitFor();
    await page.locator("main", { hasText: /12,50/ }).waitFor();
    deepStrictEqual(faults, []);
    await context.close();
  });
};
