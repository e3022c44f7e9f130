// Whose sale it is, and the receipt that they get: on paper and by mail.
import { deepStrictEqual, ok } from "node:assert";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { callApi } from "../support/api.ts";
import { openAs, visit } from "../support/browser.ts";
import { expectAccessible } from "../support/checks.ts";
import type { Journeys } from "../support/journeys.ts";
import { scan } from "../support/scanner.ts";

const MUG = "9520000000028";
const POINTS_PER_MM = 72 / 25.4;

type Sale = { id: string; number: string; customer_id: string | null };
type StoredMail = { to: string; subject: string; text: string };

const linesOf = (page: Page) => page.getByRole("list", { name: "Lines of the sale" });

async function scanMug(page: Page): Promise<void> {
  await page.getByRole("combobox", { name: "Scan or search for a product" }).waitFor();
  await page.waitForLoadState("networkidle");
  await scan(page, MUG);
  await linesOf(page).getByRole("listitem").first().waitFor();
}

/** Takes cash for the cart, and returns the sale. */
async function payCash(page: Page): Promise<Sale> {
  await page.keyboard.press("F9");
  await page.getByRole("textbox", { name: "Cash received" }).waitFor();
  await page.keyboard.press("Enter");
  const text = await page.getByRole("status").filter({ hasText: "Sale completed" }).innerText();
  const [number] = /C-\d+/.exec(text) ?? [];
  const { data } = await callApi<{ data: Sale[] }>(page, `/sales?number=${number}`);
  const [sale] = data;
  ok(sale);
  return sale;
}

/** The mails of this environment, which are files instead of being sent, to an address, once there is one. */
async function mailsTo(page: Page, address: string): Promise<StoredMail[]> {
  for (let left = 300; left > 0; left -= 1) {
    const response = await page.request.get("/dev/mail", { headers: { accept: "application/json" } });
    const { data } = (await response.json()) as { data: StoredMail[] };
    const found = data.filter(({ to }) => to === address);
    if (found.length > 0) return found;
    await page.waitForTimeout(200);
  }
  throw new Error(`There is no mail to ${address}.`);
}

export const journeys: Journeys = ({ browser, url }) => {
  void test("a customer is found by their first letters, stays with the sale while it is parked, and gets the receipt by mail", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context, faults } = visitor;
    await openAs(visitor, "ines", "/till");
    await scanMug(page);
    await page.keyboard.press("F6");
    const dialog = page.getByRole("dialog", { name: "Customer" });
    await dialog.getByRole("combobox").waitFor();
    await expectAccessible(page);
    await page.keyboard.type("bego");
    await dialog.getByRole("option", { name: /Begoña Núñez/ }).waitFor();
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    const customer = page.getByRole("button", { name: /Begoña Núñez/ });
    await customer.waitFor();

    await page.keyboard.press("F4");
    await linesOf(page).waitFor({ state: "detached" });
    await customer.waitFor({ state: "detached" });
    await page.reload();
    await page.getByRole("button", { name: "Parked (1)" }).click();
    const parked = page.getByRole("dialog", { name: "Parked" });
    await parked.getByText(/Begoña Núñez, /).waitFor();
    await parked.getByRole("button", { name: "Take up" }).press("Enter");
    await linesOf(page).waitFor();
    await customer.waitFor();

    const sale = await payCash(page);
    const { data: found } = await callApi<{ data: { id: string; email: string }[] }>(
      page,
      "/customers?q=bego",
    );
    deepStrictEqual(sale.customer_id, found[0]?.id);
    // The address of the customer is there already.
    const mail = page.getByRole("form", { name: "Send by mail" });
    deepStrictEqual(await mail.getByRole("textbox", { name: "E-mail" }).inputValue(), found[0]?.email);
    await mail.getByRole("button", { name: "Send by mail" }).click();
    await page.getByText("The receipt is on its way by mail").waitFor();
    const { data: mails } = await callApi<{ data: { kind: string; recipient: string }[] }>(
      page,
      `/mails?about=${sale.id}&kind=receipt`,
    );
    deepStrictEqual(
      mails.map(({ recipient }) => recipient),
      [found[0]?.email],
    );
    const [receipt] = await mailsTo(page, found[0]?.email ?? "");
    ok(receipt?.text.includes(sale.number), receipt?.text);
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("a new customer is added at the till, with what is wrong said beside the field", async () => {
    const visitor = await visit(browser, url);
    const { page, context, faults } = visitor;
    await openAs(visitor, "ines", "/till");
    await page.getByRole("combobox").waitFor();
    await page.waitForLoadState("networkidle");
    await scan(page, MUG);
    await page.keyboard.press("F6");
    const dialog = page.getByRole("dialog", { name: "Cliente" });
    await dialog.getByRole("combobox").fill("nadie con ese nombre");
    await dialog.getByText("Ningún cliente coincide").waitFor();
    await dialog.getByRole("button", { name: "Cliente nuevo" }).click();
    await dialog.getByLabel("Correo").fill("oscar");
    await page.keyboard.press("Enter");
    await dialog.getByText("Falta este dato.").waitFor();
    await dialog.getByText("Escribe un correo, como ana@ejemplo.es.").waitFor();
    await expectAccessible(page);
    await dialog.getByLabel("Nombre").fill("Óscar Peña");
    await dialog.getByLabel("Correo").fill("oscar@pena.example");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("button", { name: /Óscar Peña/ }).waitFor();
    const { data } = await callApi<{ data: { name: string; email: string }[] }>(page, "/customers?q=oscar");
    deepStrictEqual(
      data.map(({ name, email }) => [name, email]),
      [["Óscar Peña", "oscar@pena.example"]],
    );
    deepStrictEqual(faults, []);
    await context.close();
  });

  void test("a receipt is printed alone, on paper of 80 mm", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page, context } = visitor;
    await context.addInitScript("window.print = () => { window.printed = (window.printed ?? 0) + 1; }");
    await openAs(visitor, "ines", "/till");
    await scanMug(page);
    const sale = await payCash(page);
    await page.getByRole("button", { name: /^Print/ }).click();
    deepStrictEqual(await page.evaluate("window.printed"), 1);
    await page.emulateMedia({ media: "print" });
    const visible = await page.locator("body").innerText();
    ok(visible.includes(sale.number) && !visible.includes("Send by mail"), visible);
    // Scanned, it shows the sale for a refund.
    await page.getByRole("img", { name: sale.number }).waitFor();
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    const [, width = "0"] = /\/MediaBox \[0 0 ([\d.]+) /.exec(pdf) ?? [];
    deepStrictEqual(Math.round(Number(width) / POINTS_PER_MM), 80);
    await context.close();
  });
};
