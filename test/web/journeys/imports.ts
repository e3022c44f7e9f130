import { deepStrictEqual } from "node:assert";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { bookOf } from "../../support/workbooks.ts";
import { callApi } from "../support/api.ts";
import { openAs, visit } from "../support/browser.ts";
import { expectAccessible, expectNoSidewaysScroll, WIDTHS } from "../support/checks.ts";
import { dropFile } from "../support/drop.ts";
import type { Journeys } from "../support/journeys.ts";

// Columns that no program has, days that can be read in two orders, and a row without a quantity.
const SALES = `Papelito;Jornada;Cosa;Cuántas;A cómo
T-9001;03/04/2026;Lámpara de lectura;1;12,50
T-9001;03/04/2026;Atril de haya;2;24,00
T-9002;05/04/2026;Lámpara de lectura;3;12,50
T-9003;06/04/2026;Atril de haya;0;24,00
`;

/** Drops a file in Windows-1252, as spreadsheets in Spanish save them. */
const drop = (page: Page, name: string, text: string): Promise<void> =>
  dropFile(page, name, Buffer.from(text, "latin1"));

const revenueOn = async (page: Page, day: string): Promise<number> => {
  const { data } = await callApi<{ data: { total: number }[] }>(page, `/sales?from=${day}&to=${day}`);
  return data.reduce((sum, { total }) => sum + total, 0);
};

export const journeys: Journeys = ({ browser, url }) => {
  void test("a file that cannot be read says why, and what to do", async () => {
    const visitor = await visit(browser, url);
    const { page, context, faults } = visitor;
    for (const [name, content, reason] of [
      ["vacío.csv", "\n", "la primera línea no tiene los títulos de las columnas"],
      [
        "repetido.csv",
        "Ticket;Fecha;Cantidad;Cantidad;Precio;SKU\n",
        "la columna Cantidad está más de una vez",
      ],
    ] as const) {
      await openAs(visitor, "ines", "/imports");
      await drop(page, name, content);
      const notice = page.getByRole("alert");
      await notice.getByText(`Este archivo no se puede leer: ${reason}.`).waitFor();
      await page.getByText("guárdalo como «CSV UTF-8»").waitFor();
    }
    await expectAccessible(page);
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("a file in Spanish is dropped, mapped by hand, imported, and undone", async () => {
    const visitor = await visit(browser, url);
    const { page, faults } = visitor;
    await openAs(visitor, "ines", "/imports");
    await drop(page, "ventas de abril.csv", SALES);

    await page.getByRole("heading", { name: "¿Qué es cada columna?" }).waitFor();
    for (const [field, column] of [
      ["Número de venta", "Papelito"],
      ["Fecha", "Jornada"],
      ["Descripción", "Cosa"],
      ["Cantidad", "Cuántas"],
      ["Precio por unidad", "A cómo"],
    ] as const)
      await page.getByLabel(new RegExp(`^${field}`)).selectOption(column);
    await page.getByText("Lámpara de lectura · Atril de haya").first().waitFor();
    await expectAccessible(page);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole("button", { name: "Comprobar con estas columnas" }).click();

    await page.getByRole("heading", { name: "¿Cómo están escritas las fechas?" }).waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "día/mes/año" }).click();

    await page.getByRole("heading", { name: "Lo que haría la importación" }).waitFor();
    await page.getByText("98,00").waitFor();
    await page.getByText("T-9003;06/04/2026;Atril de haya;0;24,00").waitFor();
    await page.getByText("Cuántas es 0").waitFor();
    await page.getByText("windows-1252").waitFor();
    await expectAccessible(page);
    await page.getByLabel("Nombre").fill("Caja vieja");
    await page.getByRole("button", { name: "Guardar estas columnas" }).click();
    await page.getByText("Guardado como Caja vieja").waitFor();
    deepStrictEqual(await revenueOn(page, "2026-04-03"), 0);

    await page.getByRole("button", { name: "Importar", exact: true }).click();
    const started = page.locator("main [role=status]:has-text('aceptadas')");
    await started.getByText("Terminada").waitFor();
    await started.getByText("3 filas aceptadas, 1 rechazadas").waitFor();
    deepStrictEqual(await revenueOn(page, "2026-04-03"), 6050);

    const [file] = await Promise.all([
      page.waitForEvent("download"),
      started.getByRole("button", { name: "Descargar las filas rechazadas" }).click(),
    ]);
    const rejects = await readFile(await file.path(), "utf8");
    deepStrictEqual(rejects.includes("T-9003") && !rejects.includes("T-9001"), true);

    await started.getByRole("button", { name: "Deshacer" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Deshacer" }).click();
    await started.getByText("Deshecha").waitFor();
    deepStrictEqual(await revenueOn(page, "2026-04-03"), 0);
    deepStrictEqual(faults, []);

    await page.reload();
    await page.getByLabel("Columnas guardadas").selectOption("Caja vieja");
    await drop(page, "ventas de abril.csv", SALES);
    await page.getByRole("heading", { name: "Lo que haría la importación" }).waitFor();
    await visitor.context.close();
  });

  void test("the columns of an Excel workbook that were recognised are changed by hand, beside its first rows", async () => {
    const visitor = await visit(browser, url);
    const { page, faults } = visitor;
    await openAs(visitor, "ines", "/imports");
    const book = bookOf([
      ["Factura", "Fecha", "Código", "Artículo", "Cantidad", "Precio", "Precio final"],
      ["X-1", "2026-04-07", "LUZ", "Lámpara de lectura", 2, 12.5, 10],
      ["X-2", "2026-04-08", "ATRIL", "Atril de haya", 1, 24, 20],
    ]);
    await dropFile(page, "ventas.xlsx", book);
    const report = page.getByRole("region", { name: "Lo que haría la importación" });
    await report.getByText("49,00").waitFor();
    await report.getByRole("button", { name: "Cambiar las columnas" }).click();
    const sample = page.getByRole("region", { name: "Primeras filas del archivo" });
    await sample.getByText("Lámpara de lectura").waitFor();
    await page.getByText("Columnas que no se usan todavía: Precio final").waitFor();
    await page.getByLabel("Precio por unidad").selectOption("Precio final");
    await page.getByRole("button", { name: "Comprobar con estas columnas" }).click();
    await report.getByText("40,00").waitFor();
    deepStrictEqual(faults, []);
    await visitor.context.close();
  });

  void test("an EMPLOYEE has no imports in the menu, and the screen says that it is not for their role", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page } = visitor;
    await openAs(visitor, "bruno", "/imports");
    await page.getByRole("heading", { name: "Your role does not include this screen" }).waitFor();
    deepStrictEqual(await page.getByRole("navigation").getByRole("link", { name: "Imports" }).count(), 0);
    await visitor.context.close();
  });
};
