// What happens to an import, or to its undo, between a read and its batch.
import { describe, expect, it } from "vitest";
import { failImport, runImport } from "../../src/imports/consume.ts";
import { requestUndo } from "../../src/imports/undo/request.ts";
import { failUndo } from "../../src/imports/undo/run.ts";
import { undoSales } from "../../src/imports/undo/sales.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, count, rowsOf } from "../support/d1.ts";
import { fileOf, importFile, storeImport } from "../support/imports.ts";
import { recording } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";

const FILE = fileOf([{ invoice: "1" }, { invoice: "2" }]);

const startUndo = (shop: Shop, id: string) => requestUndo(recording(shop.admin.ctx(), "IMPORTS").ctx, id);

const salesIn = (shop: Shop) => count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id);

const statusOf = async (shop: Shop, id: string) =>
  (await call("GET", `${API}/imports/${id}`, { token: shop.admin.token })).body.status;

async function undoing() {
  const shop = await newShop();
  const { id } = await importFile(shop, FILE);
  await startUndo(shop, id);
  return { shop, id };
}

describe("an import", () => {
  it("stores no chunk after its undo was requested", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), FILE);
    const crossed = between(base(), {
      // The first batch reads, the second one stores.
      before: async (nth) => {
        if (nth === 2) await startUndo(shop, id);
      },
    });
    expect(await runImport(crossed, shop.tenant, id)).toBe("ended");
    expect(await salesIn(shop)).toBe(0);
  });

  it("stores no chunk that another consumer has stored before it was killed", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), FILE);
    const killed = between(base(), {
      after: (nth) => {
        if (nth === 2) throw new Error("killed");
      },
    });
    const crossed = between(base(), {
      before: async (nth) => {
        if (nth === 2) await expect(runImport(killed, shop.tenant, id)).rejects.toThrow("killed");
      },
    });
    expect(await runImport(crossed, shop.tenant, id)).toBe("ended");
    expect(
      await rowsOf("SELECT lines FROM sales WHERE tenant_id = ? ORDER BY external_ref", shop.tenant.id),
    ).toEqual([{ lines: 1 }, { lines: 1 }]);
  });

  it("stores no chunk after it has failed", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), FILE);
    const crossed = between(base(), {
      before: async (nth) => {
        if (nth === 2) await failImport(base(), shop.tenant.id, id, "It stopped.");
      },
    });
    expect(await runImport(crossed, shop.tenant, id)).toBe("ended");
    expect([await salesIn(shop), await statusOf(shop, id)]).toEqual([0, "failed"]);
  });

  it("that waits for an undo is not taken for stalled, and no other import with it", async () => {
    const { shop } = await undoing();
    const ids = [await storeImport(shop.admin.ctx(), FILE), await storeImport(shop.admin.ctx(), FILE)];
    const before = "2026-01-02T10:00:00.000Z";
    await change(
      "UPDATE imports SET resumes = 3, progress_at = ? WHERE tenant_id = ?",
      before,
      shop.tenant.id,
    );
    expect(await runImport(base(), shop.tenant, String(ids[0]))).toBe("later");
    const states = await rowsOf(
      `SELECT resumes, progress_at > ?2 AS has_progressed FROM imports WHERE tenant_id = ?1 AND id IN (?3, ?4) ORDER BY id`,
      shop.tenant.id,
      before,
      ...ids,
    );
    expect(states).toEqual([
      { resumes: 0, has_progressed: 1 },
      { resumes: 3, has_progressed: 0 },
    ]);
  });

  it("adds no lines to an invoice that another import has stored since", async () => {
    const shop = await newShop();
    const [id, other] = [
      await storeImport(shop.admin.ctx(), FILE),
      await storeImport(shop.admin.ctx(), FILE),
    ];
    const crossed = between(base(), {
      before: async (nth) => {
        if (nth === 2) await runImport(base(), shop.tenant, other);
      },
    });
    await expect(runImport(crossed, shop.tenant, id)).rejects.toThrow("NOT NULL");
    await runImport(base(), shop.tenant, id);
    expect(
      await rowsOf(
        "SELECT lines, total FROM sales WHERE tenant_id = ? ORDER BY external_ref",
        shop.tenant.id,
      ),
    ).toEqual([
      { lines: 1, total: 100 },
      { lines: 1, total: 100 },
    ]);
  });
});

describe("an undo", () => {
  it("removes nothing after it has failed", async () => {
    const { shop, id } = await undoing();
    const crossed = between(base(), {
      before: async (nth) => {
        if (nth === 1) await failUndo(base(), shop.tenant.id, id);
      },
    });
    expect(await runImport(crossed, shop.tenant, id)).toBe("ended");
    expect([await salesIn(shop), await statusOf(shop, id)]).toEqual([2, "failed"]);
  });

  it("has not succeeded if it failed before its end", async () => {
    const { shop, id } = await undoing();
    const crossed = between(base(), {
      before: async () => {
        const [row] = await rowsOf("SELECT undo_step FROM imports WHERE id = ?", id);
        if (row?.["undo_step"] === "end:") await failUndo(base(), shop.tenant.id, id);
      },
    });
    expect(await runImport(crossed, shop.tenant, id)).toBe("ended");
    expect(await statusOf(shop, id)).toBe("failed");
  });

  it("is left to the consumer that has done its step", async () => {
    const { shop, id } = await undoing();
    const crossed = between(base(), {
      before: async (nth) => {
        const ctx = { ...base(), tenant: shop.tenant, actor: null };
        if (nth === 1) await undoSales(ctx, id, { phase: "sales", after: "" });
      },
    });
    expect(await runImport(crossed, shop.tenant, id)).toBe("ended");
    expect([await salesIn(shop), await statusOf(shop, id)]).toEqual([0, "undoing"]);
  });

  it("goes on although its import fails meanwhile", async () => {
    const { shop, id } = await undoing();
    await failImport(base(), shop.tenant.id, id, "It stopped.");
    expect(await statusOf(shop, id)).toBe("undoing");
    await runImport(base(), shop.tenant, id);
    expect([await salesIn(shop), await statusOf(shop, id)]).toEqual([0, "undone"]);
  });

  it("ends, and another one of the shop does not", async () => {
    const { shop, id } = await undoing();
    const other = await importFile(shop, fileOf([{ invoice: "9" }]));
    await startUndo(shop, other.id);
    expect(await runImport(base(), shop.tenant, id)).toBe("ended");
    expect([await statusOf(shop, id), await statusOf(shop, other.id)]).toEqual(["undone", "undoing"]);
  });
});
