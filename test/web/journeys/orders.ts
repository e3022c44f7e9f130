import { deepStrictEqual } from "node:assert";
import { test } from "node:test";
import { etagOf } from "../../../sdk/src/index.ts";
import { openAs, visit } from "../support/browser.ts";
import type { Journeys } from "../support/journeys.ts";

export const journeys: Journeys = ({ browser, url }) => {
  void test("an order on behalf of a new customer is created, edited, confirmed and refunded", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, faults } = visitor;
    await openAs(visitor, "ines", "/orders");
    await page.getByRole("link", { name: "New order" }).click();
    await page.getByRole("button", { name: "New", exact: true }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Aurora Vidal");
    await page.getByRole("textbox", { name: "E-mail (optional)" }).fill("aurora@lectoras.example");
    const search = page.getByRole("combobox", { name: "Add a product" });
    await search.fill("taza");
    await page.getByRole("option", { name: /Taza/ }).first().waitFor();
    await search.press("Enter");
    await page.getByRole("button", { name: /^One unit more of/ }).click();
    await page.getByRole("button", { name: "Create the order" }).click();
    await page.getByRole("heading", { level: 1, name: /^Order A-/ }).waitFor();
    await page.getByText("€19.90").first().waitFor();

    await page.getByRole("button", { name: "Edit the lines" }).click();
    const edit = page.getByRole("dialog", { name: "Edit the lines" });
    await edit.getByRole("textbox", { name: /^Quantity of/ }).fill("3");
    await edit.getByRole("button", { name: "Save" }).click();
    await edit.waitFor({ state: "detached" });

    await page.getByRole("button", { name: "Confirm the payment" }).click();
    const confirm = page.getByRole("dialog", { name: "Confirm the payment" });
    await confirm.getByText("€29.85 has been received").waitFor();
    await confirm.getByRole("combobox", { name: "Paid by" }).selectOption("transfer");
    await confirm.getByRole("button", { name: "Confirm the payment" }).click();
    await confirm.waitFor({ state: "detached" });
    await page.getByText("Paid", { exact: true }).waitFor();

    await page.getByRole("button", { name: "Refund", exact: true }).click();
    const refund = page.getByRole("dialog", { name: /^Refund A-/ });
    await refund.getByRole("button", { name: "Everything" }).click();
    await refund.getByRole("textbox", { name: "Reason" }).fill("Changed their mind");
    await refund.getByRole("button", { name: "Refund €29.85" }).click();
    await refund.waitFor({ state: "detached" });
    await page.getByText("Refunded", { exact: true }).first().waitFor();
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("an order that someone else has changed in the meantime is shown as it is now, and nothing of theirs is lost", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await openAs(visitor, "ines", "/orders?status=pending");
    await page.locator("main tbody th a").first().click();
    await page.getByRole("button", { name: "Edit the lines" }).click();
    const edit = page.getByRole("dialog", { name: "Edit the lines" });
    const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    const path = `${url}/api/v1/orders/${id}`;
    const order: { version: number; items: { product_id: string }[] } = await (
      await context.request.get(path)
    ).json();
    const theirs = await context.request.patch(path, {
      headers: { origin: url, "if-match": etagOf(order) ?? "" },
      data: { items: [{ product_id: order.items[0]?.product_id, quantity: 2 }] },
    });
    deepStrictEqual(theirs.status(), 200);
    await edit
      .getByRole("textbox", { name: /^Quantity of/ })
      .first()
      .fill("4");
    await edit.getByRole("button", { name: "Save" }).click();
    await edit.getByText("Someone else has changed the order").waitFor();
    deepStrictEqual(await edit.getByRole("textbox", { name: /^Quantity of/ }).inputValue(), "2");
    await context.close();
  });

  void test("a pending order is cancelled with a reason", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await openAs(visitor, "bruno", "/orders?status=pending");
    await page.locator("main tbody th a").last().click();
    await page.getByRole("button", { name: "Cancel the order" }).click();
    const dialog = page.getByRole("dialog", { name: "Cancel the order" });
    await dialog.getByRole("textbox", { name: "Reason (optional)" }).fill("Not collected");
    await dialog.getByRole("button", { name: "Cancel the order" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("Not collected").waitFor();
    deepStrictEqual(await page.getByRole("button", { name: "Confirm the payment" }).count(), 0);
    await context.close();
  });
};
