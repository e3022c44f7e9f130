// The same sales in any dialect are imported with the same figures, or refused with a question whose answer leads to them.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import {
  answersOf,
  dialects,
  sales,
  subtotalOf,
  write,
  type Dialect,
  type Sale,
} from "../support/dialects.ts";
import { waitForImport } from "../support/imports.ts";
import { newShop, type Shop } from "../support/shops.ts";

const RUNS = 150;
const IMPORTED_RUNS = 12;

const amountOf = ({ lines, isRefund }: Sale): number =>
  (isRefund ? -1 : 1) * lines.reduce((sum, line) => sum + subtotalOf(line), 0);

function figuresOf(all: Sale[]) {
  const days = all.map(({ day }) => day).toSorted();
  return {
    sales: all.filter(({ isRefund }) => !isRefund).length,
    refunds: all.filter(({ isRefund }) => isRefund).length,
    revenue: all.reduce((sum, each) => sum + amountOf(each), 0),
    first_day: days[0],
    last_day: days.at(-1),
    rows_accepted: all.flatMap(({ lines }) => lines).length,
    rejects: [],
  };
}

/** Sends the file, and again with the answer to each question. */
async function sendAnswering(shop: Shop, file: Uint8Array, dialect: Dialect, query: string) {
  const answers: Record<string, string> = answersOf(dialect);
  const given = new URLSearchParams();
  for (;;) {
    const response = await call("POST", `${API}/imports?kind=sales${query}&${given.toString()}`, {
      token: shop.admin.token,
      raw: Buffer.from(file),
      headers: { "content-type": "text/csv" },
    });
    if (response.status !== 422) return response;
    expect(response.body, response.text).toMatchObject({ type: "/problems/ambiguous-format" });
    const { parameter, choices } = response.body;
    expect(given.has(parameter)).toBe(false);
    const answer = answers[parameter];
    expect(choices.map((choice: { value: string }) => choice.value)).toContain(answer);
    given.set(parameter, answer ?? "");
  }
}

describe("sales in a random dialect", () => {
  it("have the same figures in a dry run, or raise a question", async () => {
    const shop = await newShop({ timezone: "UTC", currency: "EUR" });
    await fc.assert(
      fc.asyncProperty(sales, dialects, async (all, dialect) => {
        const { status, body, text } = await sendAnswering(
          shop,
          write(all, dialect),
          dialect,
          "&dry_run=true",
        );
        expect(status, text).toBe(200);
        expect(body).toMatchObject(figuresOf(all));
      }),
      { numRuns: RUNS },
    );
  });

  it("are stored with the same figures", async () => {
    await fc.assert(
      fc.asyncProperty(sales, dialects, async (all, dialect) => {
        const shop = await newShop({ timezone: "UTC", currency: "EUR" });
        const started = await sendAnswering(shop, write(all, dialect), dialect, "");
        expect(started.status, started.text).toBe(202);
        const { rows_accepted } = await waitForImport(shop.admin.token, started.body.id);
        const expected = figuresOf(all);
        expect(rows_accepted).toBe(expected.rows_accepted);
        const { body } = await call("GET", `${API}/metrics/kpis`, { token: shop.admin.token });
        const { sales: count, refunds, revenue } = expected;
        expect(body).toMatchObject({ sales: count, refunds, total_revenue: revenue });
        const customers = new Set(
          all.flatMap(({ customer, isRefund }) => (customer === null || isRefund ? [] : [customer])),
        );
        expect(body.customers).toBeGreaterThanOrEqual(customers.size);
      }),
      { numRuns: IMPORTED_RUNS },
    );
  });
});
