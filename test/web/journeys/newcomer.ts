// What a person does in the first hour, from an empty shop to its first Z report.
import { deepStrictEqual, ok } from "node:assert";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { visit } from "../support/browser.ts";
import { expectAccessible, expectNoSidewaysScroll, showAll, WIDTHS } from "../support/checks.ts";
import { dropFile } from "../support/drop.ts";
import type { Journeys } from "../support/journeys.ts";
import { scan } from "../support/scanner.ts";
import { NOTEBOOK, WRAPPING, yearOfSales, type YearOfSales } from "../support/year-of-sales.ts";

const euros = (cents: number): string =>
  new Intl.NumberFormat("es-ES", { style: "currency", currency: "EUR", useGrouping: "always" }).format(
    cents / 100,
  );

const go = (page: Page, name: string): Promise<void> =>
  page.getByRole("navigation").getByRole("link", { name, exact: true }).click();

async function expectFits(page: Page): Promise<void> {
  await expectAccessible(page);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoSidewaysScroll(page);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

async function openShop(page: Page): Promise<void> {
  await page.goto("/");
  await page.getByRole("link", { name: "Abrir una tienda nueva" }).click();
  await page.getByLabel("Nombre de la tienda").fill("Papelería Luna");
  await page.getByLabel("Zona horaria").selectOption("Europe/Madrid");
  deepStrictEqual(await page.getByLabel("Moneda").inputValue(), "EUR");
  await page.getByLabel("Tu nombre").fill("Ana");
  await page.getByLabel("Tus apellidos").fill("Luna");
  await page.getByLabel("Correo").fill("ana@luna.example");
  await page.getByLabel("Contraseña").fill("una-clave-larga");
  await page.getByRole("button", { name: "Abrir la tienda" }).click();
  await page.getByRole("heading", { name: "Papelería Luna está abierta" }).waitFor();
  // The usual tax of Spain is proposed.
  deepStrictEqual(await page.getByLabel("Tipo (%)").inputValue(), "21");
  await page.getByRole("button", { name: "Guardar el impuesto" }).click();
}

/** Drops the file, says which column is the number of the sale and which the payment, and imports it. */
async function importSales(page: Page, { file, revenue, accepted, rejected }: YearOfSales): Promise<void> {
  await page.locator("main input[type=file]").waitFor();
  await dropFile(page, "ventas del año pasado.csv", file);
  await page.getByRole("heading", { name: "¿Qué es cada columna?" }).waitFor();
  await page
    .getByRole("region", { name: "Primeras filas del archivo" })
    .getByText("Agenda del año")
    .waitFor();
  await page.getByText("Elige su columna").waitFor();
  await expectFits(page);
  await page.getByLabel("Número de venta").selectOption("Nº tique");
  await page.getByText("Otros datos:").click();
  await page.getByLabel("Forma de pago").selectOption("Cobro");
  await page.getByRole("button", { name: "Comprobar con estas columnas" }).click();

  const report = page.getByRole("region", { name: "Lo que haría la importación" });
  await report.getByText(euros(revenue)).waitFor();
  for (const reason of ["Uds. está vacía", "31/11/", "P.V.P. no es un número: regalo"])
    await report.getByText(reason).first().waitFor();
  await expectFits(page);
  await report.getByRole("button", { name: "Importar", exact: true }).click();
  const started = page.getByRole("status").filter({ hasText: "aceptadas" });
  await started.getByText("Terminada").waitFor();
  await started.getByText(`${accepted} filas aceptadas, ${rejected} rechazadas`).waitFor();
}

/** The revenue on the dashboard. */
const revenueShown = (page: Page, cents: number): Promise<void> =>
  page
    .locator("main dl")
    .first()
    .locator("div", { hasText: "Ingresos" })
    .getByText(euros(cents))
    .first()
    .waitFor();

export const journeys: Journeys = ({ browser, url }) => {
  void test("a newcomer opens a shop, imports a year of sales from a spreadsheet in Spanish, undoes it and imports it again, sells with a scanner, closes the shift and reads the dashboard", async () => {
    const visitor = await visit(browser, url);
    const { page, context, faults, refusals } = visitor;
    const sales = yearOfSales();
    await openShop(page);
    // Beside the first product.
    await page.getByRole("button", { name: "Añadir el producto" }).waitFor();
    await page.getByRole("link", { name: "Importar un archivo" }).click();
    await importSales(page, sales);
    await expectFits(page);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Descargar las filas rechazadas" }).click(),
    ]);
    const rejects = await readFile(await download.path(), "utf8");
    ok(rejects.includes("9003") && !rejects.includes("Begoña"), rejects);

    // The import leads to the days of its sales.
    await page.getByRole("link", { name: "Ver en el panel" }).click();
    await revenueShown(page, sales.revenue);
    // The last 30 days have none, and lead to the year that has.
    await go(page, "Panel");
    await page.getByText("No hay ventas en estos días. Las últimas son del").waitFor();
    await showAll(page);
    await expectFits(page);
    const link = page.getByRole("link", { name: new RegExp(`^Ver .* dic ${sales.year}$`) });
    await link.click();
    await revenueShown(page, sales.revenue);

    await go(page, "Importaciones");
    await page.getByRole("button", { name: "Deshacer" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Deshacer" }).click();
    await page.getByText("Deshecha", { exact: true }).waitFor();
    await page.goBack();
    await page.getByText("Todavía no hay ventas. Vende en la caja").waitFor();
    await revenueShown(page, 0);

    await page.getByRole("link", { name: "Primeros pasos" }).click();
    await page.getByRole("link", { name: "Importar un archivo" }).click();
    await importSales(page, sales);
    await page.goto("/welcome");
    await page.getByText("Las ventas de tu programa anterior ya están aquí").waitFor();
    await page.getByText("Todo listo: tu tienda está en marcha.").waitFor();
    await page.getByRole("main").getByRole("link", { name: "Ir a la caja" }).click();

    await page.getByRole("link", { name: "Empezar el turno" }).click();
    await page.getByLabel("Fondo de caja").fill("150");
    await page.getByRole("button", { name: "Empezar el turno" }).click();
    await page.getByRole("main").getByRole("link", { name: "Ir a la caja" }).click();
    await page.getByRole("combobox").waitFor();
    await page.waitForLoadState("networkidle");
    for (const { barcode } of [NOTEBOOK, NOTEBOOK, WRAPPING]) await scan(page, barcode);
    const lines = page.getByRole("list", { name: "Líneas de la venta" });
    await lines.getByText(WRAPPING.name).waitFor();
    await page.keyboard.press("F9");
    await page.getByRole("textbox", { name: "Entregado" }).waitFor();
    await page.keyboard.type("20");
    await page.keyboard.press("Enter");
    await page.getByText("Venta cobrada").waitFor();
    const total = 2 * NOTEBOOK.price + WRAPPING.price;
    await page.getByText(euros(2000 - total), { exact: true }).waitFor();

    await page.getByRole("main").getByRole("link", { name: "Turno" }).click();
    await page.getByRole("button", { name: "Contar y terminar" }).click();
    await page.getByRole("button", { name: "Importe", exact: true }).click();
    await page
      .getByRole("textbox", { name: "Contado" })
      .fill(String((15_000 + total) / 100).replace(".", ","));
    await page.getByRole("button", { name: /^Terminar con/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Terminar el turno" }).click();
    await page.getByText("El cajón cuadra.").waitFor();
    await page.getByRole("heading", { name: "Z 1" }).waitFor();

    await go(page, "Panel");
    await revenueShown(page, total);
    await page.getByText(WRAPPING.name).first().waitFor();
    deepStrictEqual(faults, []);
    // The file whose columns were not all recognised, twice.
    deepStrictEqual(refusals, ["422 POST /api/v1/imports", "422 POST /api/v1/imports"]);
    await context.close();
  });
};
