// Imports beside those of other shops that have the same ids, in another state.
import { describe, expect, it } from "vitest";
import { advanceRereading } from "../../src/imports/checkpoint.ts";
import { runImport } from "../../src/imports/consume.ts";
import { hasAdvanced, resumeStaleImports } from "../../src/imports/jobs.ts";
import { personalData } from "../../src/imports/personal-data.ts";
import { requestUndo } from "../../src/imports/undo/request.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { fileOf, importFile, storeImport } from "../support/imports.ts";
import { recording } from "../support/queues.ts";
import { base, newPerson, newShop, type Shop } from "../support/shops.ts";
import { addTwins, changeTwins, twinRows } from "../support/twins.ts";

const FILE = fileOf([{ invoice: "1" }, { invoice: "2" }]);

const statusOf = async (shop: Shop, id: string) =>
  (await call("GET", `${API}/imports/${id}`, { token: shop.admin.token })).body;

describe("beside imports of other shops that have the same ids", () => {
  it("an import is stored, though theirs has failed and holds an invoice", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), FILE);
    await addTwins(shop.tenant);
    await changeTwins("imports", "status = 'failed'");
    await change(
      `INSERT INTO import_held (tenant_id, import_id, invoice, reason, reread_before)
        SELECT tenant_id, id, '1', 'held', 99 FROM imports WHERE tenant_id <> ? AND id = ?`,
      shop.tenant.id,
      id,
    );
    const before = await twinRows();
    expect(await runImport(base(), shop.tenant, id)).toBe("ended");
    expect(await statusOf(shop, id)).toMatchObject({
      status: "done",
      rows_accepted: 2,
      rows_rejected: 0,
      error: null,
    });
    expect(await twinRows()).toEqual(before);
  });

  it("the second reading of a file is that of this shop", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), FILE);
    await addTwins(shop.tenant);
    const before = await twinRows();
    const [from] = await rowsOf("SELECT bytes_reread FROM imports WHERE tenant_id = ?", shop.tenant.id);
    const bytes_reread = Number(from?.["bytes_reread"]);
    const { db } = base();
    await db.batch([
      advanceRereading(shop.tenant.id, id, { bytes_reread }, { bytes_reread: 99, rows_reread: 1 }, 0),
    ]);
    expect(
      await rowsOf("SELECT bytes_reread, rows_reread FROM imports WHERE tenant_id = ?", shop.tenant.id),
    ).toEqual([{ bytes_reread: 99, rows_reread: 1 }]);
    expect(await twinRows()).toEqual(before);
  });

  it("an import waits for an undo of this shop, and theirs stays as it was", async () => {
    const shop = await newShop();
    const undone = await importFile(shop, FILE);
    await requestUndo(recording(shop.admin.ctx(), "IMPORTS").ctx, undone.id);
    const id = await storeImport(shop.admin.ctx(), FILE);
    await addTwins(shop.tenant);
    const before = await twinRows();
    expect(await runImport(base(), shop.tenant, id)).toBe("later");
    expect(await twinRows()).toEqual(before);
  });

  it("an import waits until the earlier sales of this shop have customers, and theirs stays as it was", async () => {
    const shop = await newShop();
    await change(
      `WITH RECURSIVE n(nth) AS (SELECT 1 UNION ALL SELECT nth + 1 FROM n WHERE nth < 1001)
        INSERT INTO sales (tenant_id, id, kind, channel, status, customer_ref, total, units, lines, placed_at, day, created_at)
        SELECT ?, 'sale-' || nth, 'sale', 'import', 'completed', 'K' || nth, 0, 0, 0, '2026-03-02T10:00:00.000Z', '2026-03-02', '' FROM n`,
      shop.tenant.id,
    );
    const id = await storeImport(shop.admin.ctx(), FILE);
    await addTwins(shop.tenant);
    const before = await twinRows();
    expect(await runImport(base(), shop.tenant, id, 0)).toBe("more");
    expect(await twinRows()).toEqual(before);
  });

  it("an import has not progressed because theirs has", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), FILE);
    await addTwins(shop.tenant);
    await changeTwins("imports", "progress_at = '9999'");
    const job = { kind: "import" as const, tenant_id: shop.tenant.id, import_id: id };
    expect(await hasAdvanced(base(), job)).toBe(false);
  });

  it("an import that has stalled is resumed, and theirs is not", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), FILE);
    await addTwins(shop.tenant);
    await changeTwins("imports", "progress_at = '9999'");
    const before = await twinRows();
    const { ctx, sent } = recording(base(new Date(Date.now() + 120_000)), "IMPORTS");
    await resumeStaleImports(ctx);
    const resumed = sent.filter((message) => JSON.stringify(message).includes(id));
    expect(resumed).toEqual([expect.objectContaining({ tenant_id: shop.tenant.id, import_id: id })]);
    expect(await twinRows()).toEqual(before);
  });
});

it("a mapping is new in the audit log, though another shop has one of its name", async () => {
  const [other, shop] = [await newShop(), await newShop()];
  const json = { name: "till", kind: "sales", mapping: { columns: { InvoiceNo: "No" } } };
  for (const { admin } of [other, shop])
    await call("PUT", `${API}/import-mappings`, { token: admin.token, json });
  const path = `${API}/audit?action=import_mapping.saved`;
  const { body } = await call("GET", path, { token: shop.admin.token });
  expect(body.data).toMatchObject([{ before: null }]);
});

it("the rejected and retained rows of an import are those of this shop", async () => {
  const shop = await newShop();
  const { id } = await importFile(shop, fileOf([{ invoice: "1", quantity: 0 }]));
  await change("INSERT INTO import_retained VALUES (?, ?, 'sale', 's', '1', '')", shop.tenant.id, id);
  const read = () =>
    Promise.all(
      ["rejects", "rejects?format=file", "retained"].map(async (path) => {
        const { text } = await call("GET", `${API}/imports/${id}/${path}`, { token: shop.admin.token });
        return text;
      }),
    );
  const alone = await read();
  await addTwins(shop.tenant);
  await changeTwins("imports", `columns = '["Other"]'`);
  await changeTwins("import_rejects", "row = row + 1");
  await changeTwins("import_retained", "id = 'a'");
  expect(await read()).toEqual(alone);
});

describe("the erasure of a customer", () => {
  const EMAIL = "ana@example.com";
  const ERASED_AT = "2026-03-02T10:00:00.000Z";

  async function erasedCustomer() {
    const shop = await newShop();
    const { id } = await newPerson(shop.tenant, "CUSTOMER", EMAIL);
    const eraseAt = (at: string, tenantId = shop.tenant.id) =>
      change("UPDATE users SET erased_at = ? WHERE tenant_id = ? AND id = ?", at, tenantId, id);
    const erasure = { tenant_id: shop.tenant.id, user_id: id, email: EMAIL };
    const eraseAfter = async (after: string) =>
      (await personalData.steps?.["rejects"]?.(base(), { ...erasure, after })) ?? null;
    const erase = () => eraseAfter("");
    const startImportAt = async (at: string) => {
      const importId = await storeImport(shop.admin.ctx(), FILE);
      await change("UPDATE imports SET created_at = ? WHERE id = ?", at, importId);
    };
    return { shop, eraseAt, erase, eraseAfter, startImportAt };
  }

  it("waits for an import from before, but not for a later one", async () => {
    const { eraseAt, erase, startImportAt } = await erasedCustomer();
    await eraseAt(ERASED_AT);
    await startImportAt("2026-03-02T11:00:00.000Z");
    expect(await erase()).not.toBeNull();
    await startImportAt(ERASED_AT);
    expect(await erase()).toBeNull();
    await startImportAt("2026-03-02T09:00:00.000Z");
    expect(await erase()).toBeNull();
  });

  it("that has begun goes on where it stopped, and waits for nothing", async () => {
    const { shop, eraseAt, eraseAfter, startImportAt } = await erasedCustomer();
    const rows = ["1", "2", "3"].map((invoice) => ({ invoice, customer: EMAIL, quantity: 0 }));
    const { id } = await importFile(shop, fileOf(rows));
    await eraseAt(ERASED_AT);
    await startImportAt("2026-03-02T09:00:00.000Z");
    await base().db.batch((await eraseAfter(JSON.stringify([id, 3])))?.statements ?? []);
    const texts =
      "SELECT row, text = 'erased' AS is_erased FROM import_rejects WHERE import_id = ? ORDER BY row";
    expect(await rowsOf(texts, id)).toEqual([
      { row: 2, is_erased: 0 },
      { row: 3, is_erased: 0 },
      { row: 4, is_erased: 1 },
    ]);
  });

  it("does not wait for an import of another shop", async () => {
    const { shop, eraseAt, erase, startImportAt } = await erasedCustomer();
    await eraseAt(ERASED_AT);
    await startImportAt("2026-03-02T11:00:00.000Z");
    await addTwins(shop.tenant);
    await changeTwins("imports", "created_at = '2026-03-02T09:00:00.000Z'");
    expect(await erase()).not.toBeNull();
  });

  it("does not wait for an import from before a later erasure in another shop", async () => {
    const { shop, eraseAt, erase, startImportAt } = await erasedCustomer();
    await startImportAt("2026-03-02T11:00:00.000Z");
    await addTwins(shop.tenant);
    await changeTwins("users", "erased_at = '9999'");
    await eraseAt(ERASED_AT);
    expect(await erase()).not.toBeNull();
  });

  it("erases the rejected rows of this shop that name them, and no others", async () => {
    const { shop, erase } = await erasedCustomer();
    const { id } = await importFile(
      shop,
      fileOf([
        { invoice: "1", customer: EMAIL, quantity: 0 },
        { invoice: "2", quantity: 0 },
      ]),
    );
    await addTwins(shop.tenant);
    await changeTwins("import_rejects", "text = ?1", EMAIL);
    const before = await twinRows();
    const { db } = base();
    await db.batch((await erase())?.statements ?? []);
    const texts = await rowsOf(
      "SELECT text = 'erased' AS is_erased FROM import_rejects WHERE tenant_id = ? AND import_id = ? ORDER BY row",
      shop.tenant.id,
      id,
    );
    expect(texts).toEqual([{ is_erased: 1 }, { is_erased: 0 }]);
    expect(await twinRows()).toEqual(before);
  });
});
