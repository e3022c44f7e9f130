import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";
import type { Page, Route } from "playwright-core";
import { callApi } from "../support/api.ts";
import { openAs, visit } from "../support/browser.ts";
import { expectAccessible } from "../support/checks.ts";
import { scan } from "../support/scanner.ts";
import { installed } from "../support/service-worker.ts";
import type { Journeys } from "../support/journeys.ts";

type Product = { id: string; title: string; price: number; stock: number };
type SaleHead = { total: number; client_id: string | null; shift_id: string | null; offline: boolean };
type Sales = { data: SaleHead[] };
type Me = { id: string; shop: { slug: string; currency: string } };

const BAG = "9520000000011";

async function productInStock(page: Page): Promise<Product> {
  const { data } = await callApi<{ data: Product[] }>(page, "/products?in_stock=true&limit=5&sort=price");
  const product = data.find(({ stock }) => stock >= 5);
  ok(product);
  return product;
}

/** Stores a sale on the device, as the till does without a network. */
async function storeSale(
  page: Page,
  me: Me,
  product: Product,
  body: object = {},
  state: object = { state: "waiting", refusal: null },
): Promise<string> {
  const client_id = crypto.randomUUID();
  const sale = {
    client_id,
    account: `${me.shop.slug}/${me.id}`,
    seller: "Carmen",
    sold_at: new Date().toISOString(),
    currency: me.shop.currency,
    total: product.price,
    titles: [product.title],
    body: { items: [{ product_id: product.id, quantity: 1, unit_price: product.price }], ...body },
    ...state,
  };
  await page.evaluate(`new Promise((resolve, reject) => {
    const request = indexedDB.open("mostrador.outbox", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("sales", { keyPath: "client_id" });
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const transaction = request.result.transaction("sales", "readwrite");
      transaction.objectStore("sales").put(${JSON.stringify(sale)});
      transaction.oncomplete = () => { request.result.close(); new BroadcastChannel("mostrador.outbox").postMessage("changed"); resolve(true); };
    };
  })`);
  return client_id;
}

export const journeys: Journeys = ({ browser, url }) => {
  void test("five sales that are rung up without a network survive a reload, and two tabs send each of them once: stock and Z report are right", async () => {
    const visitor = await visit(browser, url, { language: "en", hasServiceWorker: true });
    const { page, context, faults } = visitor;
    await openAs(visitor, "dario", "/till/shift");
    await page.getByRole("textbox", { name: "Opening cash" }).fill("100");
    await page.getByRole("button", { name: "Start the shift" }).click();
    await page.getByRole("region", { name: "Your shift" }).waitFor();
    const me = await callApi<Me>(page, "/auth/me");
    const shift = await callApi<{ id: string }>(page, "/shifts/current");
    const product = await callApi<Product>(page, `/products/lookup?code=${BAG}`);
    await page.getByRole("link", { name: "Go to the till" }).click();
    const search = page.getByRole("combobox", { name: "Scan or search for a product" });
    await search.waitFor();
    await page.waitForLoadState("networkidle");
    await installed(page);

    await context.setOffline(true);
    for (let sold = 1; sold <= 5; sold += 1) {
      await scan(page, BAG);
      await page.getByRole("list", { name: "Lines of the sale" }).getByText(product.title).waitFor();
      await page.keyboard.press("F9");
      await page.getByRole("textbox", { name: "Cash received" }).waitFor();
      await page.keyboard.press("Enter");
      await page.getByText("Sale stored on this device").waitFor();
      await page
        .getByRole("button", { name: sold === 1 ? "1 unsent sale" : `${sold} unsent sales` })
        .waitFor();
    }
    page.on("dialog", (dialog) => void dialog.accept());
    await page.reload();
    await search.waitFor();
    await page.getByRole("button", { name: "5 unsent sales" }).waitFor();
    await page.goto("/till/shift");
    await page.getByText("Offline: this is what was last known of the shift.").waitFor();
    deepStrictEqual(await page.getByRole("button", { name: "Count and end" }).isDisabled(), true);
    const other = await context.newPage();
    await other.goto("/sales");
    await other.getByRole("button", { name: "5 unsent sales" }).waitFor();

    // Nobody signs out before the sales are in the shop.
    await other.getByRole("button", { name: "Sign out" }).click();
    const dialog = other.getByRole("dialog", { name: "Unsent sales" });
    await dialog.getByText("Before you sign out").waitFor();
    deepStrictEqual(await dialog.getByRole("listitem").count(), 5);
    await expectAccessible(other);
    await dialog.getByRole("button", { name: "Close" }).click();

    await context.setOffline(false);
    for (const tab of [page, other]) await tab.getByRole("button", { name: "Online" }).waitFor();
    const { data: sales } = await callApi<Sales>(page, `/sales?seller_id=${me.id}&channel=counter&limit=50`);
    const ofShift = sales.filter(({ shift_id }) => shift_id === shift.id);
    deepStrictEqual(
      ofShift.map(({ total, offline }) => [total, offline]),
      Array.from({ length: 5 }, () => [product.price, true]),
    );
    deepStrictEqual(new Set(ofShift.map(({ client_id }) => client_id)).size, 5);
    const { stock } = await callApi<Product>(page, `/products/${product.id}`);
    deepStrictEqual(stock, product.stock - 5);

    await page.getByRole("button", { name: "Count and end" }).click();
    const expected = 10_000 + 5 * product.price;
    await page.getByRole("button", { name: "Amount" }).click();
    await page.getByRole("textbox", { name: "Counted" }).fill(String(expected / 100));
    await page.getByRole("button", { name: /^End with/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End the shift" }).click();
    await page.getByText("The drawer is exact.").waitFor();
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("a sale that the shop refuses stays in sight with the reason, and its seller hands it to a manager before the shift ends", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await openAs(visitor, "dario", "/sales");
    const me = await callApi<Me>(page, "/auth/me");
    const product = await productInStock(page);
    await page.getByRole("button", { name: "Online" }).waitFor();
    await storeSale(page, me, product, { customer_id: "0196f000-0000-7000-8000-000000000000" });
    await page.reload();
    await page.getByRole("button", { name: "1 unsent sale" }).click();
    const dialog = page.getByRole("dialog", { name: "Unsent sales" });
    await dialog.getByText("This customer no longer exists.").waitFor();
    await dialog.getByText(product.title).waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await dialog.getByText("Before you sign out").waitFor();
    await dialog.getByRole("button", { name: "Hand to a manager" }).click();
    await dialog.getByText("An administrator settles it on this device.").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.locator("[name=password]").waitFor();
    await context.close();
  });

  void test("a manager corrects a refused sale, and writes another one off, which the audit log records", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, faults } = visitor;
    await openAs(visitor, "ines", "/sales");
    await page.getByRole("button", { name: "Online" }).waitFor();
    const me = await callApi<Me>(page, "/auth/me");
    const product = await productInStock(page);
    // Of a seller who is not signed in on this device any more.
    const seller = { ...me, id: "0196f000-0000-7000-8000-000000000001" };
    const refusal = { slug: "unknown-customer", status: 404, detail: "", request_id: null };
    const parked = { state: "manager", refusal };
    const change = { customer_id: "0196f000-0000-7000-8000-000000000000" };
    const first = await storeSale(page, seller, product, change, parked);
    // It waits for a login that may never come.
    const second = await storeSale(page, seller, product, change);
    await page.getByRole("button", { name: "2 unsent sales" }).press("Enter");
    const list = page.getByRole("dialog", { name: "Unsent sales" });
    await list.getByRole("button", { name: "Send as mine" }).first().press("Enter");
    await list.getByRole("alert").getByText("This customer no longer exists.").waitFor();

    await list.getByRole("button", { name: "Correct…" }).first().press("Enter");
    await expectAccessible(page);
    const correct = page.getByRole("dialog", { name: "Correct the sale" });
    await correct.getByRole("textbox", { name: "Other product" }).fill("no-such-code");
    await correct.getByRole("checkbox", { name: "Without the customer" }).press("Space");
    await correct.getByRole("button", { name: "Send now" }).press("Enter");
    await correct.getByText("No product has this code.").waitFor();
    await correct.getByRole("textbox", { name: "Other product" }).fill("");
    await correct.getByRole("textbox", { name: "Price for a unit" }).fill("1.50");
    await page.keyboard.press("Enter");
    await page.getByText(/The sale is in the shop with the number C-/).waitFor();
    const { data } = await callApi<Sales>(page, `/sales?seller_id=${me.id}&limit=1`);
    deepStrictEqual(data[0]?.total, 150);

    await list.getByRole("button", { name: "Write off…" }).press("Enter");
    await expectAccessible(page);
    const writeOff = page.getByRole("dialog", { name: "Write off the sale" });
    await writeOff.getByRole("textbox", { name: "Reason" }).fill("Goods were returned");
    await page.keyboard.press("Enter");
    await list.getByText("All sales are in the shop.").waitFor();
    type Log = { data: { action: string; after: { reason: string } }[] };
    const log = await callApi<Log>(page, `/audit?entity_id=${data[0]?.client_id === first ? second : first}`);
    deepStrictEqual(
      log.data.map(({ action, after }) => [action, after.reason]),
      [["sale.written_off", "Goods were returned"]],
    );
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("what answers in the place of the shop takes no sale off the device", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await openAs(visitor, "dario", "/sales");
    const me = await callApi<Me>(page, "/auth/me");
    const product = await productInStock(page);
    const answers: Parameters<Route["fulfill"]>[0][] = [
      { status: 200, contentType: "text/html", body: "<h1>Welcome to the hotel</h1>" },
      { status: 200, body: "" },
      { status: 403, contentType: "text/html", body: "Blocked" },
      { status: 302, headers: { location: "https://portal.example/" } },
      { status: 503, body: "" },
    ];
    let asked = 0;
    await page.route("**/api/v1/sales", async (route) => {
      if (route.request().method() !== "POST") return route.continue();
      const answer = answers[asked];
      asked += 1;
      return answer ? route.fulfill(answer) : route.continue();
    });
    await storeSale(page, me, product);
    const badge = page.getByRole("button", { name: "1 unsent sale" });
    await badge.click();
    const dialog = page.getByRole("dialog", { name: "Unsent sales" });
    while (asked < answers.length) {
      await dialog.getByText("Waiting").waitFor();
      await Promise.all([
        page.waitForResponse((response) => response.request().method() === "POST"),
        dialog.getByRole("button", { name: "Send now" }).click(),
      ]);
    }
    await dialog.getByText("Waiting").waitFor();
    await dialog.getByRole("button", { name: "Send now" }).click();
    await dialog.getByText("All sales are in the shop.").waitFor();
    await context.close();
  });

  void test("an administrator approves a refused sale, and more cash than the drawer should hold, with their PIN", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await openAs(visitor, "dario", "/till/shift");
    await page.getByRole("textbox", { name: "Opening cash" }).fill("10");
    await page.keyboard.press("Enter");
    const cash = page.getByRole("region", { name: "Cash in and out" });
    await cash.getByRole("button", { name: "Cash out" }).click();
    await cash.getByRole("textbox", { name: "Amount" }).fill("30");
    await cash.getByRole("textbox", { name: "Reason" }).fill("To the bank");
    await page.keyboard.press("Enter");
    const approval = page.getByRole("dialog", { name: "An approval is needed" });
    await approval.getByLabel("PIN", { exact: true }).fill("0000");
    await page.keyboard.press("Enter");
    await approval.getByRole("alert").waitFor();
    await approval.getByLabel("PIN", { exact: true }).fill("4821");
    await page.keyboard.press("Enter");
    await page.getByText("Cash out of €30.00 recorded.").waitFor();
    await page.getByText("The drawer should hold less cash").waitFor();

    const me = await callApi<Me>(page, "/auth/me");
    const product = await productInStock(page);
    await storeSale(page, me, product, { discount: { percent: 90, reason: "Torn" } });
    await page.getByRole("button", { name: "1 unsent sale" }).click();
    const list = page.getByRole("dialog", { name: "Unsent sales" });
    await list.getByRole("button", { name: "Send now" }).click();
    await list.getByText("The discount or price is beyond the rules of the shop.").waitFor();
    await list.getByRole("button", { name: "Approve with a PIN…" }).press("Enter");
    await approval.getByLabel("PIN", { exact: true }).fill("0000");
    await page.keyboard.press("Enter");
    await approval.getByRole("alert").waitFor();
    await approval.getByLabel("PIN", { exact: true }).fill("4821");
    await page.keyboard.press("Enter");
    await list.getByText("All sales are in the shop.").waitFor();
    await callApi(page, "/shifts/end", { method: "POST", body: {} });
    await context.close();
  });
};
