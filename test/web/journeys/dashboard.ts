import { deepStrictEqual, match, ok } from "node:assert";
import { test } from "node:test";
import type { Overview } from "../../../sdk/src/index.ts";
import { FIRST_CHART, openAs, visit } from "../support/browser.ts";
import { showAll } from "../support/checks.ts";
import type { Journeys } from "../support/journeys.ts";

export const journeys: Journeys = ({ browser, url }) => {
  void test("the dashboard shows the figures of one request", async () => {
    const visitor = await visit(browser, url);
    const { page } = visitor;
    const overviews: Promise<Overview>[] = [];
    page.on("response", (response) => {
      if (response.url().includes("/metrics/overview")) overviews.push(response.json());
    });
    await openAs(visitor, "ines");
    await page.waitForSelector("[role=slider] svg");
    const read = await Promise.all(overviews);
    deepStrictEqual(read.length, 1);
    const [overview] = read;
    ok(overview && overview.kpis.total_revenue > 0 && overview.countries[0]);
    const euros = new Intl.NumberFormat("es-ES", {
      style: "currency",
      currency: "EUR",
      useGrouping: "always",
    });
    await showAll(page);
    for (const title of [
      "Mejores clientes",
      "Segmentos de clientes",
      "Horas de venta",
      "Clientes que vuelven",
    ])
      await page.getByRole("region", { name: title }).first().waitFor();
    const text = (await page.locator("main").innerText()).replaceAll("\u00a0", " ");
    for (const amount of [
      overview.kpis.total_revenue,
      overview.kpis.average_sale,
      overview.countries[0].revenue,
    ])
      ok(
        text.includes(euros.format(amount / 100).replaceAll("\u00a0", " ")),
        `${amount} is not on the screen`,
      );
    for (const seller of overview.sellers) ok(text.includes(seller.name));
    deepStrictEqual([visitor.faults, visitor.refusals], [[], []]);
    await visitor.context.close();
  });

  void test("the arrow keys move the point of the chart, and a table has its values", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page } = visitor;
    await openAs(visitor, "ines");
    const chart = page.getByRole("slider");
    await chart.focus();
    const last = await chart.getAttribute("aria-valuetext");
    await page.keyboard.press("ArrowLeft");
    const previous = await chart.getAttribute("aria-valuetext");
    ok(last !== previous);
    match(previous ?? "", /€[\d,.]+; .*€[\d,.]+/);
    await page.getByRole("button", { name: "View as table" }).click();
    deepStrictEqual(await page.getByRole("region", { name: "Revenue" }).locator("tbody tr").count(), 30);
    await visitor.context.close();
  });

  void test("a range is in the URL and comes back with it", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page } = visitor;
    await openAs(visitor, "ines");
    await page.getByRole("button", { name: /Last 30 days/ }).click();
    await page.getByRole("button", { name: "A year before" }).click();
    await page.getByRole("button", { name: "Last 7 days" }).click();
    await page.waitForURL(/range=7d/);
    match(page.url(), /compare=year/);
    await page.goBack();
    await page.getByRole("button", { name: /Last 30 days/ }).waitFor();
    await page.goto("/?from=2026-10-01&to=2026-10-31");
    await page.getByRole("button", { name: /Chosen days\s*1 Oct – 31 Oct/ }).waitFor();
    await visitor.context.close();
  });

  void test("days are chosen by the keyboard", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page } = visitor;
    await openAs(visitor, "ines");
    await page.goto("/?from=2026-10-10&to=2026-10-20");
    await page.getByRole("button", { name: /Chosen days/ }).press("Enter");
    await page.getByRole("button", { name: /20 October 2026/ }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await page.waitForURL(/from=2026-10-25&to=2026-10-27/);
    await visitor.context.close();
  });

  void test("going back to the dashboard shows the part of it that was left", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page } = visitor;
    await openAs(visitor, "ines");
    await page.waitForSelector(FIRST_CHART);
    await showAll(page);
    await page.evaluate(
      "new Promise((resolve) => { document.addEventListener('scroll', resolve, { once: true }); scrollTo(0, 900); }).then(() => true)",
    );
    await page.getByRole("link", { name: "Audit" }).click();
    await page.getByRole("heading", { level: 1, name: "Audit" }).waitFor();
    await page.goBack();
    await page.waitForSelector(FIRST_CHART);
    const height = await page.evaluate<number>(`new Promise((resolve) => {
      let frames = 0;
      (function look() {
        if (scrollY === 900 || (frames += 1) > 600) resolve(scrollY);
        else requestAnimationFrame(look);
      })();
    })`);
    deepStrictEqual(height, 900);
    await visitor.context.close();
  });

  void test("an EMPLOYEE sees their day, and neither alerts nor imports of the shop", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page } = visitor;
    await openAs(visitor, "bruno");
    await page.waitForSelector("main dl");
    const text = await page.locator("body").innerText();
    match(text, /Hello, Bruno/);
    for (const other of ["Imports", "Alerts", "Dashboard"]) ok(!text.includes(other), other);
    deepStrictEqual([visitor.faults, visitor.refusals], [[], []]);
    await visitor.context.close();
  });

  void test("a card whose request fails says so alone and can be tried again", async () => {
    const visitor = await visit(browser, url, { language: "en" });
    const { page } = visitor;
    const problem = {
      status: 404,
      contentType: "application/problem+json",
      body: JSON.stringify({ type: "/problems/not-found", title: "Not found", status: 404, detail: "" }),
    };
    await page.route("**/metrics/cohorts**", (route) => route.fulfill(problem));
    await openAs(visitor, "ines");
    await page.waitForSelector("[role=slider] svg");
    const card = page.getByRole("region", { name: "Returning customers" }).first();
    await card.scrollIntoViewIfNeeded();
    await card.getByRole("alert").waitFor();
    await page.unroute("**/metrics/cohorts**");
    await card.getByRole("button", { name: "Try again" }).click();
    await card.getByRole("table").waitFor();
    await visitor.context.close();
  });
};
