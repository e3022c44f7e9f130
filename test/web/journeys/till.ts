import { deepStrictEqual } from "node:assert";
import { test } from "node:test";
import type { Page, Request } from "playwright-core";
import { callApi } from "../support/api.ts";
import { openAs, visit, type Visitor } from "../support/browser.ts";
import type { Journeys } from "../support/journeys.ts";
import { scan } from "../support/scanner.ts";

type Payment = { method: string; amount: number; tendered: number | null };
type SoldLine = { product_id: string; quantity: number; unit_price: number; discount: number };
type Sale = {
  id: string;
  number: string;
  total: number;
  change: number;
  discount: number;
  approved_by: string | null;
  offline: boolean;
  items: SoldLine[];
  payments: Payment[];
};
type Product = { id: string; title: string; price: number; stock: number };

const BAG = "9520000000011";
const MUG = "9520000000028";
// 0.335 kg of tea, as the scale of the shop prints it.
const TEA = "2100042003354";

const productOf = (page: Page, code: string): Promise<Product> =>
  callApi<Product>(page, `/products/lookup?code=${code}`);

const linesOf = (page: Page) => page.getByRole("list", { name: "Lines of the sale" });

/** Opens the till in English, with the catalogue on this device. */
async function openTill(visitor: Visitor, person: "bruno" | "carmen" | "ines" = "bruno"): Promise<void> {
  await openAs(visitor, person, "/till");
  await visitor.page.getByRole("combobox", { name: "Scan or search for a product" }).waitFor();
  await visitor.page.waitForLoadState("networkidle");
}

/** The sale whose receipt is shown. */
async function saleShown(page: Page): Promise<Sale> {
  const text = await page.getByRole("status").filter({ hasText: "Sale completed" }).innerText();
  const [number] = /C-\d+/.exec(text) ?? [];
  const { data } = await callApi<{ data: { id: string }[] }>(page, `/sales?number=${number}`);
  deepStrictEqual(data.length, 1);
  return callApi<Sale>(page, `/sales/${data[0]?.id}`);
}

/** Waits until the app starts without a network. */
const INSTALLED = `navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller ?? new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", () => resolve(true), { once: true }))).then(() => true)`;

async function salesOf(page: Page, seller: string): Promise<string[]> {
  const { data } = await callApi<{ data: { id: string }[] }>(
    page,
    `/sales?seller_id=${seller}&channel=counter&limit=50`,
  );
  return data.map(({ id }) => id);
}

async function sellMugForCash(page: Page): Promise<void> {
  await scan(page, MUG);
  await linesOf(page).waitFor();
  await page.keyboard.press("F9");
  await page.getByRole("textbox", { name: "Cash received" }).waitFor();
  await page.keyboard.press("Enter");
}

export const journeys: Journeys = ({ browser, url }) => {
  void test("scanned products are sold with a discount on a line, by card and cash with change, and the sale is in the shop once", async () => {
    const visitor = await visit(browser, url, { language: "en", width: 1024, height: 768 });
    const { page, context, faults } = visitor;
    await openTill(visitor);
    const [bag, mug, tea] = [
      await productOf(page, BAG),
      await productOf(page, MUG),
      await productOf(page, TEA),
    ];
    const sales = [];
    page.on("request", (request) => {
      if (request.method() === "POST" && request.url().endsWith("/sales")) sales.push(request);
    });
    await scan(page, BAG);
    await scan(page, BAG);
    await scan(page, MUG);
    await scan(page, TEA);
    await linesOf(page).getByRole("listitem").nth(2).getByText("0.335 kg").waitFor();
    deepStrictEqual(await linesOf(page).getByRole("listitem").count(), 3);

    // Back to the mug: one more, one less, and a tenth off.
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("+");
    await linesOf(page).getByRole("listitem").nth(1).getByText("2", { exact: true }).waitFor();
    await page.keyboard.press("-");
    await page.keyboard.press("Enter");
    const line = page.getByRole("dialog", { name: mug.title });
    await line.getByRole("button", { name: "Percentage" }).press("Enter");
    await page.keyboard.type("10");
    await page.keyboard.press("Enter");
    await line.waitFor({ state: "detached" });

    const discount = Math.round(mug.price / 10);
    const total = 2 * bag.price + mug.price - discount + Math.round((tea.price * 335) / 1000);
    await page.keyboard.press("F10");
    await page.getByRole("textbox", { name: "Amount" }).waitFor();
    await page.keyboard.type("20");
    await page.keyboard.press("Enter");
    await page.getByRole("list", { name: "Paid so far" }).getByText("Card").waitFor();
    await page.keyboard.press("F9");
    await page.getByRole("textbox", { name: "Cash received" }).waitFor();
    await page.keyboard.type("50");
    await page.keyboard.press("Enter");
    await page.getByText("Sale completed").waitFor();
    const change = 5000 - (total - 2000);
    await page.getByText(`€${(change / 100).toFixed(2)}`, { exact: true }).waitFor();
    await page.getByLabel("Receipt", { exact: true }).getByText("Librería Mostrador").waitFor();

    const sold = await saleShown(page);
    deepStrictEqual(
      {
        total: sold.total,
        change: sold.change,
        lines: sold.items.map((one) => [one.product_id, one.quantity, one.discount]),
      },
      {
        total,
        change,
        lines: [
          [bag.id, 2, 0],
          [mug.id, 1, discount],
          [tea.id, 0.335, 0],
        ],
      },
    );
    deepStrictEqual(
      sold.payments.map(({ method, amount, tendered }) => [method, amount, tendered]),
      [
        ["card", 2000, null],
        ["cash", total - 2000, 5000],
      ],
    );
    deepStrictEqual(sales.length, 1);
    deepStrictEqual((await productOf(page, BAG)).stock, bag.stock - 2);

    // A scan begins the next sale.
    await scan(page, MUG);
    await linesOf(page).getByText(mug.title).waitFor();
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("what the rules of the shop do not allow is sold once an administrator enters their PIN", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, refusals } = visitor;
    await openTill(visitor);
    const mug = await productOf(page, MUG);
    await scan(page, MUG);
    await page.keyboard.press("F7");
    const discount = page.getByRole("dialog", { name: "Discount on the sale" });
    await discount.waitFor();
    await page.keyboard.type("50");
    await page.keyboard.press("Enter");
    await discount.waitFor({ state: "detached" });
    await page.keyboard.press("F9");
    const approval = page.getByRole("dialog", { name: "An approval is needed" });
    await approval.getByText("Inés Valcárcel").waitFor();
    await page.keyboard.type("1111");
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "Cash received" }).waitFor();
    await page.keyboard.press("Enter");
    await approval.getByRole("alert").waitFor();
    await approval.getByLabel("PIN", { exact: true }).fill("4821");
    await page.keyboard.press("Enter");
    await page.getByText("Sale completed").waitFor();
    const sold = await saleShown(page);
    deepStrictEqual(
      [sold.total, sold.discount],
      [mug.price - Math.round(mug.price / 2), Math.round(mug.price / 2)],
    );
    deepStrictEqual(typeof sold.approved_by, "string");
    deepStrictEqual(
      refusals.filter((refusal) => refusal.endsWith("/sales")),
      ["403 POST /api/v1/sales"],
    );
    await context.close();
  });

  void test("a sale is parked and taken up again, and a price that has changed is said", async () => {
    const visitor = await visit(browser, url, { language: "en", width: 360, height: 740 });
    const { page, context } = visitor;
    await openTill(visitor, "ines");
    const search = page.getByRole("combobox", { name: "Scan or search for a product" });
    await search.fill("marcapaginas");
    await page.getByRole("option", { name: /Marcapáginas magnético/ }).waitFor();
    await page.keyboard.press("Enter");
    await linesOf(page).getByText("Marcapáginas magnético").waitFor();
    await page.keyboard.press("F4");
    await linesOf(page).waitFor({ state: "detached" });
    const marker = await productOf(page, "9520000000035");
    const etag = { "if-match": "*" };
    await callApi(page, `/products/${marker.id}`, { method: "PATCH", body: { price: 400 }, headers: etag });
    await page.getByRole("button", { name: "Parked (1)" }).click();
    await page
      .getByRole("dialog", { name: "Parked" })
      .getByRole("button", { name: "Take up" })
      .press("Enter");
    await linesOf(page).getByText("Marcapáginas magnético").waitFor();
    // The copy of the catalogue does not have the new price yet.
    await page.keyboard.press("F9");
    await page.getByRole("textbox", { name: "Cash received" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Prices have changed: check the new total").waitFor();
    await page.getByRole("button", { name: "Take €4.00" }).click();
    await page.getByText("Sale completed").waitFor();
    deepStrictEqual((await saleShown(page)).total, 400);
    await context.close();
  });

  void test("without a network the till sells for cash, also after a reload, and each sale reaches the shop once with its prices", async () => {
    const visitor = await visit(browser, url, { language: "en", hasServiceWorker: true });
    const { page, context, faults } = visitor;
    await openTill(visitor, "carmen");
    await page.evaluate(INSTALLED);
    const me = await callApi<{ id: string }>(page, "/auth/me");
    const mug = await productOf(page, MUG);
    const before = await salesOf(page, me.id);
    page.on("dialog", (dialog) => void dialog.accept());

    await context.setOffline(true);
    await sellMugForCash(page);
    await page.getByText("Sale stored on this device").waitFor();
    await page.getByLabel("Receipt", { exact: true }).getByText("Provisional receipt").waitFor();
    await page.reload();
    await page.getByRole("button", { name: "1 unsent sale" }).waitFor();
    await page.getByRole("combobox", { name: "Scan or search for a product" }).waitFor();
    await sellMugForCash(page);
    await page.getByText("Sale stored on this device").waitFor();
    await page.getByRole("button", { name: "2 unsent sales" }).waitFor();

    await context.setOffline(false);
    await page.getByRole("button", { name: "Online" }).waitFor();
    const sold = (await salesOf(page, me.id)).filter((id) => !before.includes(id));
    const sales = await Promise.all(sold.map((id) => callApi<Sale>(page, `/sales/${id}`)));
    deepStrictEqual(
      sales.map(({ total, items, offline }) => [total, items[0]?.unit_price, offline]),
      [
        [mug.price, mug.price, true],
        [mug.price, mug.price, true],
      ],
    );
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("a key pressed twice sells once, and a tab that is reloaded while the sale is on its way neither loses nor repeats it", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await openTill(visitor, "carmen");
    const me = await callApi<{ id: string }>(page, "/auth/me");
    const before = await salesOf(page, me.id);
    page.on("dialog", (dialog) => void dialog.accept());
    const isSale = (request: Request): boolean =>
      request.method() === "POST" && request.url().endsWith("/api/v1/sales");
    let requests = 0;
    page.on("request", (request) => {
      if (isSale(request)) requests += 1;
    });
    // The first request arrives, and its answer does not.
    let isFirst = true;
    await page.route("**/api/v1/sales", async (route) => {
      if (!isFirst || !isSale(route.request())) return route.continue();
      isFirst = false;
      await route.fetch();
    });
    await scan(page, MUG);
    await linesOf(page).waitFor();
    await page.keyboard.press("F9");
    await page.getByRole("textbox", { name: "Cash received" }).waitFor();
    const sent = page.waitForRequest(isSale);
    await Promise.all([page.keyboard.press("Enter"), page.keyboard.press("Enter")]);
    await page.getByRole("button", { name: /^Take/, disabled: true }).waitFor();
    await sent;
    // A second one would have followed by now.
    await page.waitForTimeout(300);
    deepStrictEqual(requests, 1);
    await page.reload();
    await page.getByText("Scan the first product").waitFor();
    await page.getByRole("button", { name: "Online" }).waitFor();
    // Until the first tab's request, or the outbox, has reached the shop.
    for (let left = 50; left > 0 && (await salesOf(page, me.id)).length === before.length; left -= 1)
      await page.waitForTimeout(200);
    await page.waitForLoadState("networkidle");
    deepStrictEqual((await salesOf(page, me.id)).length, before.length + 1);
    await context.close();
  });

  void test("a receipt that is scanned leads to its sale, where it is refunded, and F8 finds one by its number", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await openTill(visitor, "ines");
    await scan(page, "C-000001");
    await page.getByRole("heading", { level: 1, name: "Sale C-000001" }).waitFor();
    await page.goBack();
    await page.getByRole("combobox", { name: "Scan or search for a product" }).waitFor();
    await page.keyboard.press("F8");
    await page.getByRole("dialog", { name: "Refund or void a sale" }).waitFor();
    await page.keyboard.type("2", { delay: 100 });
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Sale C-000002" }).waitFor();
    await context.close();
  });
};
