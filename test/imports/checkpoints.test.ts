// Where an import continues, and when it does not.
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { advanceCheckpoint, advanceRereading } from "../../src/imports/checkpoint.ts";
import { failImport, runImport } from "../../src/imports/consume.ts";
import { requestUndo } from "../../src/imports/undo/request.ts";
import { violates } from "../../src/platform/d1.ts";
import { change } from "../support/change.ts";
import { failureOf, rowsOf } from "../support/d1.ts";
import { fileOf, storeImport } from "../support/imports.ts";
import { recording } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";

const COUNTS = { accepted: 1, rejected: 0, skipped: 0, known: 0 };

const stateOf = async (id: string) =>
  (
    await rowsOf(
      "SELECT status, error, resumes, bytes_read, bytes_reread, rows_read, rows_reread, rows_accepted, rows_rejected FROM imports WHERE id = ?",
      id,
    )
  )[0];

describe.each([
  [
    "the reading of a file",
    "imports.bytes_read",
    (shop: Shop, id: string, from: number) =>
      advanceCheckpoint(
        shop.tenant.id,
        id,
        { bytes_read: from, rows_read: 0 },
        { bytes_read: 900, rows_read: 1 },
        COUNTS,
      ),
  ],
  [
    "the second reading of a file",
    "imports.bytes_reread",
    (shop: Shop, id: string, from: number) =>
      advanceRereading(shop.tenant.id, id, { bytes_reread: from }, { bytes_reread: 900, rows_reread: 1 }, 1),
  ],
])("%s", (_, column, advance) => {
  it.each<[string, (shop: Shop, id: string) => Promise<unknown>]>([
    ["its import has failed", (shop, id) => failImport(base(), shop.tenant.id, id, "It stopped.")],
    ["its undo was requested", (shop, id) => requestUndo(recording(shop.admin.ctx(), "IMPORTS").ctx, id)],
    [
      "another consumer has advanced it",
      (shop, id) =>
        base().db.run(
          sql`UPDATE imports SET bytes_read = bytes_read + 1, bytes_reread = bytes_reread + 1 WHERE tenant_id = ${shop.tenant.id} AND id = ${id}`,
        ),
    ],
  ])("is not advanced after %s", async (_case, happens) => {
    const shop = await newShop();
    const ids = [
      await storeImport(shop.admin.ctx(), fileOf([{}])),
      await storeImport(shop.admin.ctx(), fileOf([{}])),
    ];
    const [id = "", other = ""] = ids;
    const from = Number((await stateOf(id))?.["bytes_read"]);
    await happens(shop, id);
    const before = await stateOf(id);
    const error = await failureOf(base().db.batch([advance(shop, id, from)]));
    expect(violates(error, column)).toBe(true);
    expect(await stateOf(id)).toEqual(before);
    await base().db.batch([advance(shop, other, from)]);
    expect(await stateOf(other)).not.toMatchObject({ bytes_read: from, bytes_reread: from });
    expect(await stateOf(id)).toEqual(before);
  });
});

describe("an import that was resumed", () => {
  it("ten times without progress continues, and then is given up", async () => {
    const shop = await newShop();
    const stored = async (resumes: number) => {
      const id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: `R${resumes}` }]));
      await change("UPDATE imports SET resumes = ? WHERE id = ?", resumes, id);
      expect(await runImport(recording(base(), "ROLLUPS").ctx, shop.tenant, id)).toBe("ended");
      return stateOf(id);
    };
    expect(await stored(10)).toMatchObject({ status: "done", rows_accepted: 1 });
    expect(await stored(11)).toMatchObject({
      status: "failed",
      rows_accepted: 0,
      error: "The import repeatedly stopped without progress. Rows imported so far are kept.",
    });
  });
});

describe("an import with quotes that are never closed", () => {
  it.each([
    [999, { status: "done", rows_rejected: 1000 }],
    [1000, { status: "failed", rows_rejected: 1001, error: expect.stringContaining("an unclosed quote") }],
  ])("goes on until more than a thousand rows are rejected: after %i", async (rejected, state) => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{ description: '"never' }]));
    await change("UPDATE imports SET rows_rejected = ? WHERE id = ?", rejected, id);
    await runImport(recording(base(), "ROLLUPS").ctx, shop.tenant, id);
    expect(await stateOf(id)).toMatchObject(state);
  });
});
