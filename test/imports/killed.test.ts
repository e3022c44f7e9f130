// An import and its undo whose consumers are killed at random batches, before or after they commit, as often as chance has it.
import { array, assert, asyncProperty, constantFrom } from "fast-check";
import { describe, expect, it } from "vitest";
import { runImport } from "../../src/imports/consume.ts";
import { requestUndo } from "../../src/imports/undo/request.ts";
import { between, rowsOf } from "../support/d1.ts";
import { fileOf, importFile, storeImport } from "../support/imports.ts";
import { recording } from "../support/queues.ts";
import { newShop, type Shop } from "../support/shops.ts";

// Long descriptions make four chunks, over which most invoices are spread. Some rows are rejected and hold back their invoice.
const file = fileOf(
  Array.from({ length: 2_400 }, (_, index) => ({
    invoice: index % 11 === 10 ? `C${index}` : String(index % 700),
    sku: `S${index % 90}`,
    description: "x".repeat(450),
    quantity: index % 11 === 10 ? -1 : index % 997 === 996 ? 0 : 1 + (index % 3),
    price: `${index % 7}.25`,
    customer: String(index % 700),
    date: `2026-0${1 + ((index % 700) % 3)}-0${1 + ((index % 700) % 9)} 10:00`,
  })),
);
const others = fileOf([
  { invoice: "own-1", sku: "S1", date: "2026-01-02 10:00" },
  { invoice: "own-2", sku: "OWN" },
]);

/** All that the shop has, without ids and times. */
async function stateOf({ tenant }: Shop) {
  const of = (query: string) => rowsOf(query, tenant.id);
  return {
    imports: await of(
      "SELECT status, undo_status, rows_read, rows_accepted, rows_rejected, undone_sales, undone_products, undo_retained FROM imports WHERE tenant_id = ? ORDER BY id",
    ),
    sales: await of(
      "SELECT external_ref, kind, total, units, lines, day, customer_ref FROM sales WHERE tenant_id = ? ORDER BY external_ref",
    ),
    lines: await of(
      "SELECT s.external_ref, l.line_no, l.sku, l.quantity, l.subtotal FROM sale_lines l JOIN sales s ON s.id = l.sale_id WHERE l.tenant_id = ? ORDER BY 1, 2",
    ),
    products: await of("SELECT sku, title, price, version FROM products WHERE tenant_id = ? ORDER BY sku"),
    rejects: await of("SELECT row, reason FROM import_rejects WHERE tenant_id = ? ORDER BY import_id, row"),
    retained: await of(
      "SELECT kind, reference, reason FROM import_retained WHERE tenant_id = ? ORDER BY 1, 2",
    ),
    days: await of(
      "SELECT day, sales, refunds, lines, units, revenue FROM daily_sales WHERE tenant_id = ? ORDER BY 1",
    ),
    held: await of("SELECT invoice FROM import_held WHERE tenant_id = ? ORDER BY 1"),
    dirty: await of("SELECT day FROM dirty_days WHERE tenant_id = ?"),
  };
}

/** Whether a consumer is killed at each of its batches, and on which side of the commit. */
type Fate = "no" | "before" | "after";

/** Runs an import or undo with these fates, then without kills, to its end. */
async function runKilled(shop: Shop, id: string, fates: Fate[]): Promise<void> {
  const waiting = [...fates];
  for (let runs = 0; runs < 200; runs += 1) {
    let fate: Fate = "no";
    const killedAt = (when: Fate) => () => {
      if (when === "before") fate = waiting.shift() ?? "no";
      if (fate === when) throw new Error("killed");
    };
    const ctx = between(shop.admin.ctx(), { before: killedAt("before"), after: killedAt("after") });
    const outcome = await runImport(ctx, shop.tenant, id, 1).catch((error: Error) => error.message);
    if (outcome === "ended") return;
    if (outcome !== "killed" && outcome !== "more") throw new Error(outcome);
  }
  throw new Error("the import did not end");
}

async function importAndUndo(importing: Fate[], undoing: Fate[]) {
  const shop = await newShop();
  await importFile(shop, others);
  const id = await storeImport(shop.admin.ctx(), file);
  await runKilled(shop, id, importing);
  const imported = await stateOf(shop);
  await requestUndo(recording(shop.admin.ctx(), "IMPORTS").ctx, id);
  await runKilled(shop, id, undoing);
  return { imported, undone: await stateOf(shop) };
}

const fates = array(constantFrom<Fate>("no", "no", "before", "after"), { minLength: 5, maxLength: 25 });

describe("an import and its undo, killed at random", () => {
  it("leave the shop as they would without being killed", async () => {
    const expected = await importAndUndo([], []);
    expect(expected.imported.imports[1]).toMatchObject({ status: "done", rows_read: 2_400 });
    expect(expected.imported.rejects.length).toBeGreaterThan(2);
    expect(expected.undone.sales.map(({ external_ref }) => external_ref)).toEqual(["own-1", "own-2"]);
    await assert(
      asyncProperty(fates, fates, async (importing, undoing) => {
        expect(await importAndUndo(importing, undoing)).toEqual(expected);
      }),
      { numRuns: 6 },
    );
  });
});
