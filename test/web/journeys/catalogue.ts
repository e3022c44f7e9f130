import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { callApi } from "../support/api.ts";
import { openAs, visit } from "../support/browser.ts";
import { expectAccessible } from "../support/checks.ts";
import type { Journeys } from "../support/journeys.ts";

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

type Product = {
  id: string;
  title: string;
  price: number;
  author: string | null;
  publisher: string | null;
  version: number;
  stock: number | null;
  isbn: string | null;
  is_active: boolean;
};

const productAt = async (page: Page, index: number): Promise<Product> => {
  const { data } = await callApi<{ data: Product[] }>(page, "/products?limit=20&sort=title");
  const product = data[index];
  ok(product);
  return product;
};

const readProduct = (page: Page, id: string) => callApi<Product>(page, `/products/${id}`);

/** What another person saves meanwhile. */
const changeElsewhere = (page: Page, { id, version }: Product, body: object) =>
  callApi<Product>(page, `/products/${id}`, {
    method: "PATCH",
    body,
    headers: { "if-match": `"v${version}"` },
  });

export const journeys: Journeys = ({ browser, url }) => {
  void test("the text and the filters of the catalogue are in the URL, and survive a reload", async () => {
    const visitor = await visit(browser, url);
    const { page, faults } = visitor;
    await openAs(visitor, "bruno", "/catalogue");
    await page.getByLabel("Categoría").selectOption({ index: 1 });
    await page.waitForURL(/category=/);
    await page.getByLabel("Orden").selectOption("price");
    await page.waitForURL(/sort=price/);
    await page.reload();
    await page.waitForSelector("main tbody tr");
    deepStrictEqual(await page.getByLabel("Orden").inputValue(), "price");
    await page.getByRole("button", { name: "Quitar filtros" }).click();
    await page.getByRole("searchbox").fill("abejas");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=abejas/);
    await page
      .getByRole("link", { name: /abejas/ })
      .first()
      .waitFor();
    deepStrictEqual(faults, []);
    await visitor.context.close();
  });

  void test("selected products are hidden together, and shown again", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page } = visitor;
    await openAs(visitor, "bruno", "/catalogue?sort=title");
    const boxes = page.locator("main tbody input[type=checkbox]");
    for (const index of [0, 1]) await boxes.nth(index).check();
    const product = await productAt(page, 0);
    await page.getByRole("button", { name: "Hide" }).click();
    await page.getByText("2 products changed").waitFor();
    deepStrictEqual((await readProduct(page, product.id)).is_active, false);
    await page.getByLabel("Visibility").selectOption("hidden");
    await page.waitForURL(/hidden=true/);
    await page.getByRole("link", { name: product.title }).waitFor();
    await page.getByLabel("Select all shown").check();
    await page.getByRole("button", { name: "Show again" }).click();
    await page.getByText("No product matches").waitFor();
    deepStrictEqual((await readProduct(page, product.id)).is_active, true);
    await visitor.context.close();
  });

  void test("two people who change the same price see both values, and the chosen one is stored", async () => {
    const visitor = await visit(browser, url);
    const { page, faults } = visitor;
    await openAs(visitor, "bruno", "/catalogue");
    const product = await productAt(page, 5);
    await page.goto(`/catalogue/${product.id}`);
    await page.getByLabel("Precio").fill("21,50");
    await changeElsewhere(page, product, { price: 1975, publisher: "Otra editorial" });
    await page.getByRole("button", { name: "Guardar cambios" }).click();
    const dialog = page.getByRole("dialog", { name: "Otra persona lo ha cambiado" });
    await dialog.getByText("19,75").waitFor();
    await expectAccessible(page);
    await dialog.getByLabel("El tuyo").check();
    await dialog.getByRole("button", { name: "Guardar lo elegido" }).click();
    await page.getByText("Cambios guardados").waitFor();
    const stored = await readProduct(page, product.id);
    deepStrictEqual([stored.price, stored.publisher], [2150, "Otra editorial"]);
    deepStrictEqual(await page.getByLabel("Editorial").inputValue(), "Otra editorial");
    deepStrictEqual(faults, []);
    await visitor.context.close();
  });

  void test("changes of two people to different fields are both stored", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page } = visitor;
    await openAs(visitor, "bruno", "/catalogue");
    const product = await productAt(page, 6);
    await page.goto(`/catalogue/${product.id}`);
    await page.getByLabel("Author").fill("Someone Else");
    await changeElsewhere(page, product, { price: 4321 });
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Changes saved").waitFor();
    const stored = await readProduct(page, product.id);
    deepStrictEqual([stored.price, stored.author], [4321, "Someone Else"]);
    await visitor.context.close();
  });

  void test("unsaved changes of a product are not lost by a click on the menu", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page } = visitor;
    await openAs(visitor, "bruno", "/catalogue");
    const product = await productAt(page, 7);
    await page.goto(`/catalogue/${product.id}`);
    await page.getByLabel("Series").fill("Lighthouses");
    await page.getByRole("link", { name: "Back to the catalogue" }).click();
    await page.getByRole("button", { name: "Keep editing" }).click();
    deepStrictEqual(await page.getByLabel("Series").inputValue(), "Lighthouses");
    await page.getByRole("link", { name: "Back to the catalogue" }).click();
    await page.getByRole("button", { name: "Leave without saving" }).click();
    await page.waitForURL(/\/catalogue$/);
    await visitor.context.close();
  });

  void test("another language changes nothing of a product that is open", async () => {
    const visitor = await visit(browser, url);
    const { page } = visitor;
    await openAs(visitor, "bruno", "/catalogue");
    const product = await productAt(page, 7);
    await page.goto(`/catalogue/${product.id}`);
    await page.getByLabel("Precio").waitFor();
    await page.locator('button[lang]:visible:has-text("English")').click();
    await page.getByRole("link", { name: "Back to the catalogue" }).click();
    await page.waitForURL(/\/catalogue$/);
    await visitor.context.close();
  });

  void test("a new product is created with the keyboard, with its stock, and a delivery is recorded", async () => {
    const visitor = await visit(browser, url);
    const { page, faults } = visitor;
    await openAs(visitor, "bruno", "/catalogue/new");
    await page.getByLabel("Título").fill("Cuaderno de prueba");
    await page.getByLabel("SKU").fill("CUADERNO-1");
    await page.getByLabel("Precio").fill("3,50");
    await page.getByLabel("Existencias iniciales").fill("4");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Cuaderno de prueba" }).waitFor();
    await page.getByLabel("Cantidad recibida").fill("6");
    await page.keyboard.press("Enter");
    await page.getByText("Existencias: 10").waitFor();
    await page.getByRole("link", { name: "Imprimir etiqueta" }).click();
    await page.getByRole("img", { name: "CUADERNO-1" }).waitFor();
    deepStrictEqual(faults, []);
    await visitor.context.close();
  });

  void test("a cover is uploaded, shown and removed while someone else changes the product", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, faults } = visitor;
    await openAs(visitor, "bruno", "/catalogue");
    const product = await productAt(page, 9);
    await page.goto(`/catalogue/${product.id}`);
    await page.getByLabel("Choose an image").waitFor();
    await changeElsewhere(page, product, { publisher: "Another House" });
    await page.getByLabel("Choose an image").setInputFiles({
      name: "cover.png",
      mimeType: "image/png",
      buffer: Buffer.from(PIXEL, "base64"),
    });
    await page.waitForSelector("main img[src*='/covers/']");
    await page.getByRole("button", { name: "Remove" }).click();
    await page.waitForSelector("main img", { state: "detached" });
    deepStrictEqual((await readProduct(page, product.id)).publisher, "Another House");
    deepStrictEqual(faults, []);
    await visitor.context.close();
  });

  void test("a count by scanner survives a reload, meets a stock that changed, and becomes the stock", async () => {
    const visitor = await visit(browser, url);
    const { page, faults } = visitor;
    await openAs(visitor, "bruno", "/catalogue/count");
    const product = await productAt(page, 8);
    ok(product.isbn !== null);
    const scan = async (code: string): Promise<void> => {
      await page.keyboard.type(code);
      await page.keyboard.press("Enter");
    };
    await scan(product.isbn);
    await scan("0000");
    await page.getByText("Ningún producto tiene el código 0000").waitFor();
    await scan(product.isbn);
    const counted = page.getByLabel(`Contadas de ${product.title}`);
    await page.waitForSelector("main tbody input[value='2']");
    await page.reload();
    await counted.waitFor();
    deepStrictEqual(await counted.inputValue(), "2");
    await callApi(page, `/products/${product.id}/stock`, {
      method: "POST",
      body: { delta: 1, reason: "received" },
      headers: { "idempotency-key": crypto.randomUUID() },
    });
    await page.getByRole("button", { name: "Enviar el recuento" }).click();
    await page.getByText("Ha cambiado entretanto").waitFor();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Enviar el recuento" }).click();
    await page.getByText("1 producto anotado").waitFor();
    deepStrictEqual((await readProduct(page, product.id)).stock, 2);
    deepStrictEqual(faults, []);
    await visitor.context.close();
  });
};
