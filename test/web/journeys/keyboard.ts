// The work of a day by the keyboard alone.
import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";
import { callApi } from "../support/api.ts";
import { demoPassword, openAs, visit } from "../support/browser.ts";
import { choose, expectFocus, press, SLOWLY, type } from "../support/keyboard.ts";
import { scan } from "../support/scanner.ts";
import { installed } from "../support/service-worker.ts";
import type { Journeys } from "../support/journeys.ts";

const BAG = "9520000000011";
const MUG = "9520000000028";

export const journeys: Journeys = ({ browser, url }) => {
  void test("keyboard alone: scanned and weighed products are sold with discounts that are approved, to a customer, by card and cash, and the receipt is printed and mailed", async () => {
    const visitor = await visit(browser, url, { language: "en", width: 1024, height: 768 });
    const { page, context, faults } = visitor;
    const { keyboard } = page;
    const enter = (text: string): Promise<void> => keyboard.type(text, { delay: SLOWLY });
    await openAs(visitor, "bruno", "/till");
    const search = page.getByRole("combobox", { name: "Scan or search for a product" });
    const lines = page.getByRole("list", { name: "Lines of the sale" }).getByRole("listitem");
    const focused = page.locator(":focus");
    await search.and(focused).waitFor();
    await page.waitForLoadState("networkidle");
    await scan(page, BAG);
    await scan(page, MUG);
    await enter("earl grey");
    await page.getByRole("option", { name: /Earl Grey/ }).waitFor();
    await keyboard.press("Enter");
    await page.getByRole("dialog", { name: /Earl Grey/ }).waitFor();
    await enter("0.25");
    await keyboard.press("Enter");
    await lines.nth(2).getByText("0.25 kg").waitFor();

    // A line that goes takes the focus with it no further than the next one.
    await search.and(focused).waitFor();
    await press(page.getByRole("button", { name: /^One more: Bolsa/ }));
    await lines.first().getByText("2", { exact: true }).waitFor();
    const less = page.getByRole("button", { name: /^One less/ });
    await press(less.first());
    await press(less.first());
    await page
      .getByRole("button", { name: /^One less: Taza/ })
      .and(focused)
      .waitFor();
    deepStrictEqual(await lines.count(), 2);

    await press(page.getByRole("button", { name: /^Change Taza/ }));
    const line = page.getByRole("dialog", { name: /^Taza/ });
    await press(line.getByRole("button", { name: "Percentage" }));
    await type(line.getByRole("textbox", { name: /^Percentage/ }), "10");
    await keyboard.press("Enter");
    await line.waitFor({ state: "detached" });
    await search.and(focused).waitFor();
    await keyboard.press("F7");
    await page.getByRole("dialog", { name: "Discount on the sale" }).waitFor();
    await enter("50");
    await keyboard.press("Enter");
    await search.and(focused).waitFor();

    await keyboard.press("F6");
    const customer = page.getByRole("dialog", { name: "Customer" });
    await customer.waitFor();
    await keyboard.press("Escape");
    await search.and(focused).waitFor();
    await keyboard.press("F6");
    await customer.waitFor();
    await enter("bego");
    await customer.getByRole("option").first().waitFor();
    await keyboard.press("Enter");
    await search.and(focused).waitFor();

    await keyboard.press("F10");
    const approval = page.getByRole("dialog", { name: "An approval is needed" });
    await approval.getByLabel("PIN", { exact: true }).and(focused).waitFor();
    await enter("4821");
    await keyboard.press("Enter");
    const amount = page.getByRole("textbox", { name: "Amount" });
    await amount.and(focused).waitFor();
    await keyboard.press("Escape");
    await search.and(focused).waitFor();
    await keyboard.press("F10");
    await amount.and(focused).waitFor();
    await enter("5");
    await keyboard.press("Enter");
    await press(page.getByRole("button", { name: "Undo: Card" }));
    await expectFocus(page);
    await type(amount, "5");
    await keyboard.press("Enter");
    await page.getByRole("list", { name: "Paid so far" }).waitFor();
    await keyboard.press("F9");
    await page.getByRole("textbox", { name: "Cash received" }).and(focused).waitFor();
    await press(page.getByRole("button", { name: "€50.00" }));

    await page.getByText("Sale completed").waitFor();
    await page.getByText("Change", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Next sale" }).and(focused).waitFor();
    await page.evaluate("window.print = () => { document.title = 'printed'; }");
    await press(page.getByRole("button", { name: /^Print/ }));
    deepStrictEqual(await page.title(), "printed");
    const email = page.getByRole("textbox", { name: "E-mail" });
    ok(await email.inputValue());
    await press(email);
    await page.getByText("The receipt is on its way by mail").waitFor();
    await expectFocus(page);
    await keyboard.press("Escape");
    await search.and(focused).waitFor();
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("keyboard alone: a shift is started with its opening cash, cash goes in and out, a break locks the till, and a blind count by denominations ends it with its Z report", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, faults } = visitor;
    const { keyboard } = page;
    await openAs(visitor, "carmen", "/till");
    const main = page.getByRole("main");
    await main.getByRole("combobox").waitFor();
    await press(main.getByRole("link", { name: "Start the shift" }));
    await type(main.getByRole("textbox", { name: "Opening cash" }), "100");
    await keyboard.press("Enter");
    const cash = main.getByRole("region", { name: "Cash in and out" });
    await cash.waitFor();
    await expectFocus(page);
    for (const [kind, sum] of [
      ["Cash in", "30"],
      ["Cash out", "20"],
    ] as const) {
      await press(cash.getByRole("button", { name: kind }));
      await type(cash.getByRole("textbox", { name: "Amount" }), sum);
      await type(cash.getByRole("textbox", { name: "Reason" }), "Bank");
      await press(cash.getByRole("button", { name: "Record" }));
      await page.getByText(`${kind} of €${sum}.00 recorded.`).waitFor();
    }
    await press(main.getByRole("button", { name: "Unpaid break" }));
    const lock = page.getByRole("dialog", { name: "On a break" });
    await lock.waitFor();
    for (const key of ["Escape", "g", "s"]) await keyboard.press(key);
    await press(lock.getByRole("button"));
    await lock.waitFor({ state: "detached" });
    await main.getByRole("button", { name: "Unpaid break" }).and(page.locator(":focus")).waitFor();

    await press(main.getByRole("button", { name: "Count and end" }));
    const most = main.getByRole("textbox", { name: "How many of €500.00" });
    await most.and(page.locator(":focus")).waitFor();
    await press(main.getByRole("button", { name: "Back" }));
    await main.getByRole("button", { name: "Count and end" }).and(page.locator(":focus")).waitFor();
    await keyboard.press("Enter");
    await type(main.getByRole("textbox", { name: "How many of €100.00" }), "1");
    await type(main.getByRole("textbox", { name: "How many of €10.00" }), "1");
    await press(main.getByRole("button", { name: "End with €110.00" }));
    await press(page.getByRole("dialog").getByRole("button", { name: "End the shift" }));
    await main.getByText("The drawer is exact.").waitFor();
    await main.getByRole("heading", { name: /^Z \d+$/ }).waitFor();
    await main
      .getByRole("button", { name: /^Print/ })
      .and(page.locator(":focus"))
      .waitFor();
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("keyboard alone: a file is chosen, mapped, checked, imported and undone", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, faults } = visitor;
    await openAs(visitor, "ines", "/imports");
    const chooser = page.waitForEvent("filechooser");
    await press(page.locator("main input[type=file]"));
    const buffer = Buffer.from("Papelito;Jornada;Cosa;Cuenta;Precio\nK-1;23/04/2026;Marcador;2;3,50\n");
    await (await chooser).setFiles({ name: "abril.csv", mimeType: "text/csv", buffer });
    const main = page.getByRole("main");
    await main.getByRole("heading", { name: "What is each column?" }).waitFor();
    for (const [field, column] of [
      ["Sale number", "Papelito"],
      ["Date", "Jornada"],
      ["Description", "Cosa"],
      ["Quantity", "Cuenta"],
      ["Unit price", "Precio"],
    ] as const)
      await choose(main.getByLabel(new RegExp(`^${field}`)), column);
    await press(main.getByRole("button", { name: "Check with these columns" }));
    await main.getByRole("heading", { name: "What the import would do" }).waitFor();
    await press(main.getByRole("button", { name: "Import", exact: true }));
    const started = main.getByRole("status").filter({ hasText: "accepted" });
    await started.getByText("Done").waitFor();
    await press(started.getByRole("button", { name: "Undo" }));
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await started.getByRole("button", { name: "Undo" }).and(page.locator(":focus")).waitFor();
    await page.keyboard.press("Enter");
    await press(dialog.getByRole("button", { name: "Undo" }));
    await started.getByText("Undone").waitFor();
    await expectFocus(page);
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("keyboard alone: orders are filtered, and one is opened, edited, confirmed and refunded, another one cancelled", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, faults } = visitor;
    const main = page.getByRole("main");
    const dialog = page.getByRole("dialog");
    await openAs(visitor, "ines", "/nowhere");
    const bag = await callApi<{ id: string }>(page, `/products/lookup?code=${BAG}`);
    for (const name of ["Lucía Roca", "Mateo Gil"])
      await callApi(page, "/orders", {
        method: "POST",
        body: { items: [{ product_id: bag.id, quantity: 1 }], payment: "transfer", customer: { name } },
      });
    await page.goto("/orders");
    await press(main.getByRole("button", { name: "Pending" }));
    await page.waitForURL(/pending/);
    await page.waitForLoadState("networkidle");
    await press(main.locator("tbody th a").first());
    await main.getByRole("heading", { level: 1, name: /^Order A-/ }).waitFor();
    await press(main.getByRole("button", { name: "Edit the lines" }));
    await page.keyboard.press("Escape");
    await main.getByRole("button", { name: "Edit the lines" }).and(page.locator(":focus")).waitFor();
    await page.keyboard.press("Enter");
    await type(dialog.getByRole("textbox", { name: /^Quantity of/ }).first(), "2");
    await press(dialog.getByRole("button", { name: /^One unit less/ }).first());
    await expectFocus(page);
    await press(dialog.getByRole("button", { name: "Save" }));
    await dialog.waitFor({ state: "detached" });
    await main.getByRole("button", { name: "Edit the lines" }).and(page.locator(":focus")).waitFor();
    await press(main.getByRole("button", { name: "Confirm the payment" }));
    await choose(dialog.getByRole("combobox", { name: "Paid by" }), "Transfer");
    await press(dialog.getByRole("button", { name: "Confirm the payment" }));
    await dialog.waitFor({ state: "detached" });
    await press(main.getByRole("button", { name: "Refund", exact: true }));
    await press(dialog.getByRole("button", { name: "Everything" }));
    await type(dialog.getByRole("textbox", { name: "Reason" }), "Changed their mind");
    await press(dialog.getByRole("button", { name: /^Refund €/ }));
    await dialog.waitFor({ state: "detached" });
    await main.getByText("Refunded", { exact: true }).first().waitFor();
    await expectFocus(page);

    for (const key of ["g", "o"]) await page.keyboard.press(key);
    await press(main.getByRole("button", { name: "Pending" }));
    await page.waitForURL(/pending/);
    await page.waitForLoadState("networkidle");
    await press(main.locator("tbody th a").first());
    await press(main.getByRole("button", { name: "Cancel the order" }));
    await type(dialog.getByRole("textbox", { name: "Reason (optional)" }), "Not collected");
    await press(dialog.getByRole("button", { name: "Cancel the order" }));
    await dialog.waitFor({ state: "detached" });
    await main.getByText("Not collected").waitFor();
    await expectFocus(page);
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("keyboard alone: a person signs in and out, goes to screens by the palette and by letters, and takes an expired session up where it was", async () => {
    const { page, context, faults } = await visit(browser, url, { language: "en" });
    const { keyboard } = page;
    const heading = (name: string) =>
      page.getByRole("heading", { level: 1, name }).and(page.locator(":focus"));
    await page.goto("/");
    await type(page.locator("[name=tenant]"), "demo");
    await type(page.locator("[name=email]"), "ines@mostrador.example");
    await type(page.locator("[name=password]"), demoPassword);
    await keyboard.press("Enter");
    await heading("Hello, Inés").waitFor();
    for (const key of ["g", "p"]) await keyboard.press(key);
    await heading("Catalogue").waitFor();

    // Letters that are typed go nowhere.
    const search = page.getByRole("main").getByRole("searchbox");
    await type(search, "gs?");
    await keyboard.press("Control+k");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("combobox").and(page.locator(":focus")).waitFor();
    await keyboard.press("Escape");
    await search.and(page.locator(":focus")).waitFor();
    deepStrictEqual(new URL(page.url()).pathname, "/catalogue");
    await keyboard.press("Control+k");
    await keyboard.type("orders");
    await keyboard.press("Enter");
    await heading("Orders").waitFor();
    await keyboard.press("?");
    await dialog.waitFor();
    await keyboard.press("Escape");
    await heading("Orders").waitFor();

    await context.clearCookies();
    const pending = page.getByRole("main").getByRole("button", { name: "Pending" });
    await press(pending);
    const lock = page.getByRole("dialog", { name: "Your session has ended" });
    await lock.locator("[name=password]:focus").waitFor();
    for (const key of ["Escape", "Escape"]) await keyboard.press(key);
    await type(lock.locator("[name=password]"), demoPassword);
    await keyboard.press("Enter");
    await pending.and(page.locator(":focus")).waitFor();
    await press(page.getByRole("button", { name: "Sign out" }));
    await page.locator("[name=tenant]").waitFor();
    await type(page.locator("[name=password]"), "x");
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("keyboard alone: without a network the till sells, and a manager approves the sale that the shop then refuses", async () => {
    const visitor = await visit(browser, url, { language: "en", hasServiceWorker: true });
    const { page, context, faults } = visitor;
    const { keyboard } = page;
    await openAs(visitor, "bruno", "/till");
    const search = page.getByRole("combobox", { name: "Scan or search for a product" });
    await search.waitFor();
    await page.waitForLoadState("networkidle");
    await installed(page);
    await context.setOffline(true);
    await scan(page, MUG);
    await keyboard.press("F7");
    await page.getByRole("dialog", { name: "Discount on the sale" }).waitFor();
    await keyboard.type("9");
    await keyboard.press("Enter");
    await search.and(page.locator(":focus")).waitFor();
    await keyboard.press("F9");
    await page.getByRole("textbox", { name: "Cash received" }).and(page.locator(":focus")).waitFor();
    await keyboard.press("Enter");
    await page.getByText("Sale stored on this device").waitFor();
    await keyboard.press("Enter");
    await search.and(page.locator(":focus")).waitFor();

    const admin = await visit(browser, url);
    await openAs(admin, "ines", "/nowhere");
    const rule = (max_discount_percent: number): Promise<unknown> =>
      callApi(admin.page, "/shop", { method: "PATCH", body: { max_discount_percent } });
    await rule(5);
    await context.setOffline(false);
    const unsent = page.getByRole("button", { name: "1 unsent sale" });
    await press(unsent);
    const list = page.getByRole("dialog", { name: "Unsent sales" });
    await press(list.getByRole("button", { name: "Approve with a PIN…" }));
    const approval = page.getByRole("dialog", { name: "An approval is needed" });
    await approval.getByLabel("PIN", { exact: true }).and(page.locator(":focus")).waitFor();
    await keyboard.press("Escape");
    await list.getByRole("button", { name: "Approve with a PIN…" }).and(page.locator(":focus")).waitFor();
    await keyboard.press("Enter");
    await type(approval.getByLabel("PIN", { exact: true }), "4821");
    await keyboard.press("Enter");
    await list.getByText("All sales are in the shop.").waitFor();
    await expectFocus(page);
    await keyboard.press("Escape");
    await list.waitFor({ state: "detached" });
    await expectFocus(page);
    await rule(10);
    deepStrictEqual(faults, []);
    await Promise.all([context.close(), admin.context.close()]);
  });
};
