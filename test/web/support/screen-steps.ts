// How a screen is reached, for those that a path alone does not open.
import type { Page } from "playwright-core";
import { callApi } from "./api.ts";

/** Opens the first row of a list, and waits for its heading to change. */
export async function openFirst(page: Page, link: string): Promise<unknown> {
  await page.locator(link).first().click();
  await page.waitForURL(/\/[\w-]{36}$/);
  return page.waitForSelector("main dl");
}

/** Adds the products of these codes at the till. */
export async function ring(page: Page, codes: readonly string[]): Promise<void> {
  const search = page.locator("main [role=combobox]");
  await search.waitFor();
  // Until the catalogue is on the device.
  await page.waitForLoadState("networkidle");
  for (const code of codes) {
    await search.fill(code);
    await search.press("Enter");
  }
  await page.waitForSelector(`main ul li:nth-child(${codes.length})`);
}

export const rowsOf = (page: Page): Promise<unknown> => page.waitForSelector("main tbody th");

/** Starts a shift, unless the person has one. */
export async function openShift(page: Page): Promise<void> {
  const isOpen = page.locator("main dl").first();
  const start = page.locator("main form:has([name=device]) [type=submit]");
  await isOpen.or(start).waitFor();
  if (await start.isVisible()) {
    await page.fill("[name=cash]", "150");
    await start.click();
  }
  await isOpen.waitFor();
}

/** Counts two notes in the drawer of an open shift. */
export async function countDrawer(page: Page): Promise<void> {
  await openShift(page);
  await page.getByRole("button", { name: /^(Contar y terminar|Count and end)/ }).click();
  const coins = page.locator("main form ul input");
  await coins.nth(3).fill("2");
  await coins.nth(4).fill("3");
}

/** Opens an endpoint with a delivery. */
export async function openWebhook(page: Page): Promise<void> {
  const { data } = await callApi<{ data: { id: string }[] }>(page, "/webhooks");
  if (data.length === 0) {
    const body = { url: "https://hooks.example.com/mostrador", event_types: ["*"], description: "ERP" };
    const { id } = await callApi<{ id: string }>(page, "/webhooks", { method: "POST", body });
    await callApi(page, `/webhooks/${id}/test`, { method: "POST" });
    await page.reload();
  }
  await openFirst(page, "main tbody th a");
  await page.waitForSelector("main tbody tr");
}
