// Consumers may crash anywhere, run twice or run concurrently: each row is stored exactly once.
import { describe, expect, it } from "vitest";
import type { ActorCtx } from "../../src/platform/context.ts";
import { failImport, runImport } from "../../src/imports/consume.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { waitForImport, fileOf, importFile, storeImport } from "../support/imports.ts";
import { newShop, type Shop } from "../support/shops.ts";

const ROWS = 3000;

// Long lines make three chunks. Each invoice has three lines far from each other, and every row of each tenth invoice is rejected.
const rows = Array.from({ length: ROWS }, (_, index) => ({
  invoice: String(index % (ROWS / 3)),
  sku: `S${index % 50}`,
  description: "x".repeat(440),
  quantity: index % 10 === 9 ? 0 : 1 + (index % 3),
  price: `${index % 7}.335`,
  customer: String(index % 40),
  country: ["Spain", "France"][index % 2] ?? "",
  date: `2026-0${1 + ((index % (ROWS / 3)) % 3)}-1${index % 10} 10:00`,
}));
const file = fileOf(rows);

/** Everything that an import stores. */
async function resultOf(shop: Shop) {
  const of = (query: string) => rowsOf(query, shop.tenant.id);
  return {
    state: await of(
      "SELECT status, bytes_read = bytes_total AS whole, rows_read, rows_accepted, rows_rejected FROM imports WHERE tenant_id = ?",
    ),
    sales: await of(
      "SELECT external_ref, total, units / 1000.0 AS units, lines, day, customer_ref FROM sales WHERE tenant_id = ? ORDER BY external_ref",
    ),
    lines:
      await of(`SELECT s.external_ref, l.line_no, l.sku, l.quantity / 1000.0 AS quantity, l.subtotal FROM sale_lines l
      JOIN sales s ON s.tenant_id = l.tenant_id AND s.id = l.sale_id WHERE l.tenant_id = ? ORDER BY 1, 2`),
    rejects: await of("SELECT row, reason FROM import_rejects WHERE tenant_id = ? ORDER BY row"),
    days: await of(
      "SELECT day, sales, lines, units / 1000.0 AS units, revenue FROM daily_sales WHERE tenant_id = ? ORDER BY day",
    ),
    dirty: await of("SELECT day FROM dirty_days WHERE tenant_id = ?"),
  };
}

let expected: ReturnType<typeof resultOf> | undefined;

/** The result of an import without failures. */
function resultWithoutFailures() {
  expected ??= (async () => {
    const shop = await newShop();
    await importFile(shop, file);
    return resultOf(shop);
  })();
  return expected;
}

/** A consumer that crashes before or after the commit of a chunk. */
const crashing = (ctx: ActorCtx, chunk: number, when: "before" | "after") =>
  between(ctx, {
    [when]: (nth: number) => {
      // Each chunk is looked up in one batch and stored in the next.
      if (nth === 2 * chunk) throw new Error("killed");
    },
  });

describe("an import of several chunks", () => {
  it("stores all rows, including invoices that continue in later chunks", async () => {
    const { state, sales, lines, rejects, dirty } = await resultWithoutFailures();
    expect(state).toEqual([
      { status: "done", whole: 1, rows_read: ROWS, rows_accepted: 2700, rows_rejected: 300 },
    ]);
    expect(lines.length).toBe(2700);
    expect(rejects.map(({ row }) => row)).toEqual(Array.from({ length: 300 }, (_, index) => 11 + 10 * index));
    expect(dirty).toEqual([]);
    const byInvoice = Map.groupBy(lines, (line) => line.external_ref);
    expect(sales.length).toBe(byInvoice.size);
    for (const sale of sales) {
      const invoiceLines = byInvoice.get(sale.external_ref) ?? [];
      expect(invoiceLines.map((line) => line.line_no)).toEqual(invoiceLines.map((_, index) => index + 1));
      expect(invoiceLines.reduce((sum, line) => sum + Number(line.subtotal), 0)).toBe(sale.total);
      expect([
        invoiceLines.length,
        invoiceLines.reduce((sum, line) => sum + Number(line.quantity), 0),
      ]).toEqual([sale.lines, sale.units]);
    }
    const units = rows.reduce((sum, row) => sum + row.quantity, 0);
    expect(sales.reduce((sum, sale) => sum + Number(sale.units), 0)).toBe(units);
  });

  it.each([
    [1, "before"],
    [2, "before"],
    [3, "before"],
    [1, "after"],
    [2, "after"],
    [3, "after"],
  ] as const)(
    "resumes after a crash at chunk %i %s its commit, with the same result",
    async (chunk, when) => {
      const shop = await newShop();
      const id = await storeImport(shop.admin.ctx(), file);
      expect(
        await failureOf(runImport(crashing(shop.admin.ctx(), chunk, when), shop.tenant, id)),
      ).toMatchObject({ message: "killed" });
      expect(await runImport(shop.admin.ctx(), shop.tenant, id)).toBe("ended");
      expect(await resultOf(shop)).toEqual(await resultWithoutFailures());
    },
  );

  it("resumes after a crash in the rollup that follows its last chunk", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), file);
    expect(
      await failureOf(runImport(crashing(shop.admin.ctx(), 3.5, "after"), shop.tenant, id)),
    ).toMatchObject({
      message: "killed",
    });
    expect(await runImport(shop.admin.ctx(), shop.tenant, id)).toBe("ended");
    expect(await resultOf(shop)).toEqual(await resultWithoutFailures());
  });

  it("continues in another message after its limit of statements, with the same result", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), file);
    const outcomes: string[] = [];
    while (outcomes.at(-1) !== "ended" && outcomes.length < 10)
      outcomes.push(await runImport(shop.admin.ctx(), shop.tenant, id, 1));
    expect(outcomes).toEqual(["more", "more", "ended"]);
    expect(await resultOf(shop)).toEqual(await resultWithoutFailures());
  });

  it("has started with its first chunk, however many messages continue and end it", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), file);
    const startOf = async () => (await rowsOf("SELECT started_at FROM imports WHERE id = ?", id))[0];
    expect(await startOf()).toEqual({ started_at: null });
    expect(await runImport(shop.admin.ctx(), shop.tenant, id, 1)).toBe("more");
    expect(await startOf()).toEqual({ started_at: expect.any(String) });
    const started_at = "2026-01-01T00:00:00.000Z";
    await change("UPDATE imports SET started_at = ? WHERE id = ?", started_at, id);
    expect(await runImport(shop.admin.ctx(), shop.tenant, id)).toBe("ended");
    expect(await startOf()).toEqual({ started_at });
  });

  it("is stored once when two consumers read it at once", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), file);
    const both = await Promise.allSettled([1, 2].map(() => runImport(shop.admin.ctx(), shop.tenant, id)));
    expect(both.map((each) => each.status)).toEqual(["fulfilled", "fulfilled"]);
    expect(await resultOf(shop)).toEqual(await resultWithoutFailures());
  });

  it("leaves a chunk to another consumer that stores it between this one's read and batch", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), file);
    const late = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth === 2) await runImport(shop.admin.ctx(), shop.tenant, id);
      },
    });
    expect(await runImport(late, shop.tenant, id)).toBe("ended");
    expect(await resultOf(shop)).toEqual(await resultWithoutFailures());
  });

  it("that failed between a consumer's read and its batch stores nothing more, and stays failed", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    const late = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth === 2) await failImport(shop.admin.ctx(), shop.tenant.id, id, "It was given up.");
      },
    });
    expect(await runImport(late, shop.tenant, id)).toBe("ended");
    const { body } = await call("GET", `${API}/imports/${id}`, { token: shop.admin.token });
    expect(body).toMatchObject({ status: "failed", error: "It was given up.", rows_accepted: 0 });
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  });

  it("with an invoice of two days has right figures without it, though its day was built between its pieces", async () => {
    const shop = await newShop();
    const filler = Array.from({ length: 5000 }, () => ({ invoice: "2", date: "2026-03-05 10:00" }));
    const [first, last] = [
      { invoice: "1", price: "1", date: "2026-03-02 10:00" },
      { invoice: "1", price: "2", date: "2026-03-03 10:00" },
    ];
    const id = await storeImport(shop.admin.ctx(), fileOf([first, ...filler, last]));
    expect(await runImport(shop.admin.ctx(), shop.tenant, id, 1)).toBe("more");
    await rebuildDirtyDays(shop.admin.ctx(), shop.tenant.id);
    expect(await runImport(shop.admin.ctx(), shop.tenant, id)).toBe("ended");
    const { days, dirty } = await resultOf(shop);
    expect(dirty).toEqual([]);
    expect(days).toEqual([{ day: "2026-03-05", sales: 1, lines: 5000, units: 5000, revenue: 500_000 }]);
  });

  it("is not read again after it has ended", async () => {
    const shop = await newShop();
    const done = await importFile(shop, fileOf([{ invoice: "1" }]));
    expect(await runImport(shop.admin.ctx(), shop.tenant, done.id)).toBe("ended");
    expect(await waitForImport(shop.admin.token, done.id)).toEqual(done);
    expect(await count("SELECT count(*) n FROM sale_lines WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
  });
});

describe("two imports with the same invoice at once", () => {
  it("store it once, and the other rejects its row on the retry", async () => {
    const shop = await newShop();
    const [one, two] = [
      fileOf([{ invoice: "1", price: "1" }]),
      fileOf([
        { invoice: "1", price: "2" },
        { invoice: "2", price: "4" },
      ]),
    ];
    const [first, second] = [
      await storeImport(shop.admin.ctx(), one),
      await storeImport(shop.admin.ctx(), two),
    ];
    const late = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth === 2) await runImport(shop.admin.ctx(), shop.tenant, first);
      },
    });
    expect(await failureOf(runImport(late, shop.tenant, second))).toBeInstanceOf(Error);
    expect(await runImport(shop.admin.ctx(), shop.tenant, second)).toBe("ended");
    const { body } = await call("GET", `${API}/imports/${second}`, { token: shop.admin.token });
    expect(body).toMatchObject({ status: "done", rows_accepted: 1, rows_rejected: 1 });
    expect(await count("SELECT sum(total) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(500);
  });
});
