import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Base } from "../../src/platform/context.ts";
import { newId } from "../../src/values/ids.ts";
import { failImport, runImport } from "../../src/imports/consume.ts";
import { fileKey, hasAdvanced, resumeStaleImports, sweepOrphanedFiles } from "../../src/imports/jobs.ts";
import { requestUndo } from "../../src/imports/undo/request.ts";
import { queue, type QueueMessage } from "../../workers/queue.ts";
import { API, call } from "../support/client.ts";
import { tappedDb } from "../support/failing-bindings.ts";
import { change } from "../support/change.ts";
import { between, count, rowsOf } from "../support/d1.ts";
import { waitForImport, fileOf, filesOf, importFile, storeImport } from "../support/imports.ts";
import { recording, recordingQueue } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";

/** Delivers a message to the consumer with this number of attempts. */
async function deliver(body: QueueMessage, attempts = 1, bindings: Env = env) {
  const batch = createMessageBatch<QueueMessage>("mostrador-imports", [
    { id: "m", timestamp: new Date(), attempts, body },
  ]);
  const ctx = createExecutionContext();
  await queue(batch, bindings, ctx);
  const { explicitAcks, retryMessages } = await getQueueResult(batch, ctx);
  return { acked: explicitAcks.length, retried: retryMessages.length };
}

const jobOf = (shop: Shop, id: string) => ({
  kind: "import" as const,
  tenant_id: shop.tenant.id,
  import_id: id,
});

const statusOf = async (shop: Shop, id: string) =>
  (await call("GET", `${API}/imports/${id}`, { token: shop.admin.token })).body;

/** Makes an import look as if it had not progressed for this time. */
const setAge = (id: string, seconds: number) =>
  env.DB.prepare("UPDATE imports SET progress_at = ? WHERE id = ?")
    .bind(new Date(Date.now() - seconds * 1000).toISOString(), id)
    .run();

describe("a message of an import", () => {
  it("imports the file, stores what facets count, and is acknowledged", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    expect(await deliver(jobOf(shop, id))).toEqual({ acked: 1, retried: 0 });
    expect(await statusOf(shop, id)).toMatchObject({ status: "done", rows_accepted: 1 });
    const facets =
      "SELECT count(*) n FROM product_facets WHERE tenant_id = ? AND json_array_length(products) = 1";
    expect(await count(facets, shop.tenant.id)).toBe(1);
  });

  it("that ends leaves what another import holds back", async () => {
    const shop = await newShop();
    const [id, other] = [
      await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }])),
      await storeImport(shop.admin.ctx(), fileOf([{ invoice: "2" }])),
    ];
    for (const [each, invoice, before] of [
      [id, "9", 0],
      [other, "1", 99],
    ])
      await change(
        "INSERT INTO import_held VALUES (?, ?, ?, 'no', ?)",
        shop.tenant.id,
        each,
        invoice,
        before,
      );
    expect(await deliver(jobOf(shop, id))).toEqual({ acked: 1, retried: 0 });
    expect(await statusOf(shop, id)).toMatchObject({ rows_accepted: 1, rows_rejected: 0 });
    // Nothing was held back, so the file was not read again.
    expect(await rowsOf("SELECT rows_reread FROM imports WHERE id = ?", id)).toEqual([{ rows_reread: 0 }]);
    const held = await rowsOf("SELECT import_id FROM import_held WHERE tenant_id = ?", shop.tenant.id);
    expect(held).toEqual([{ import_id: other }]);
  });

  it("that is delivered again after the end changes nothing", async () => {
    const shop = await newShop();
    const done = await importFile(shop, fileOf([{ invoice: "1" }]));
    expect(await deliver(jobOf(shop, done.id), 3)).toEqual({ acked: 1, retried: 0 });
    expect(await statusOf(shop, done.id)).toEqual(done);
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
    const { ctx, sent } = recording(base(), "ROLLUPS");
    expect(await runImport(ctx, shop.tenant, done.id)).toBe("ended");
    expect(sent).toEqual([]);
    await failImport(ctx, shop.tenant.id, done.id, "too late");
    expect(await statusOf(shop, done.id)).toEqual(done);
  });

  it("that fails leaves an import whose undo was requested meanwhile", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    await requestUndo(recording(shop.admin.ctx(), "IMPORTS").ctx, id);
    await failImport(recording(base(), "ROLLUPS").ctx, shop.tenant.id, id, "no reason");
    expect(await statusOf(shop, id)).toMatchObject({ status: "undoing", error: null, finished_at: null });
  });

  it("that waits for an undo is not taken for stalled, unless it has ended meanwhile", async () => {
    const shop = await newShop();
    const file = fileOf([{ invoice: "1" }]);
    const undone = await importFile(shop, file);
    await requestUndo(recording(shop.admin.ctx(), "IMPORTS").ctx, undone.id);
    const id = await storeImport(shop.admin.ctx(), file);
    const resumesAfter = async (ctx: Base) => {
      await change("UPDATE imports SET resumes = 3 WHERE id = ?", id);
      expect(await runImport(ctx, shop.tenant, id)).toBe("later");
      return (await rowsOf("SELECT resumes FROM imports WHERE id = ?", id))[0]?.["resumes"];
    };
    expect(await resumesAfter(base())).toBe(0);
    const end = () => change("UPDATE imports SET finished_at = created_at WHERE id = ?", id);
    expect(await resumesAfter(between(base(), { before: end }))).toBe(3);
  });

  it("for an unknown import, another shop's import or an unknown shop is acknowledged without effect", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    for (const body of [
      jobOf(shop, newId()),
      jobOf(other, id),
      { kind: "import" as const, tenant_id: newId(), import_id: id },
    ])
      expect(await deliver(body)).toEqual({ acked: 1, retried: 0 });
    expect(await statusOf(shop, id)).toMatchObject({ status: "queued", rows_read: 0 });
  });

  it("that fails is retried, and the sixth failure ends the import with an error", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    await env.FILES.delete(fileKey(shop.tenant.id, id));
    for (const attempt of [1, 5]) {
      expect(await deliver(jobOf(shop, id), attempt)).toEqual({ acked: 0, retried: 1 });
      expect((await statusOf(shop, id)).status).toBe("queued");
    }
    expect(await deliver(jobOf(shop, id), 6)).toEqual({ acked: 1, retried: 0 });
    const failed = await statusOf(shop, id);
    expect(failed).toMatchObject({
      status: "failed",
      error: "The import failed repeatedly because of an internal error. The rows stored so far remain.",
    });
    expect(failed.finished_at).not.toBeNull();
    expect(await deliver(jobOf(shop, id))).toEqual({ acked: 1, retried: 0 });
    expect(await statusOf(shop, id)).toEqual(failed);
  });

  it("that fails after progress is sent as a new message with all its attempts", async () => {
    const shop = await newShop();
    const description = "x".repeat(400);
    const lines = Array.from({ length: 2000 }, (_, at) => ({ invoice: String(at), description }));
    const id = await storeImport(shop.admin.ctx(), fileOf(lines));
    let batches = 0;
    const DB = tappedDb(env.DB, {
      before: () => {
        batches += 1;
        // A chunk is looked up, stored and indexed, so this is the second chunk.
        if (batches === 4) throw new Error("D1 is unavailable");
      },
    });
    const { queue: IMPORTS, sent } = recordingQueue();
    expect(await deliver(jobOf(shop, id), 6, { ...env, DB, IMPORTS })).toEqual({ acked: 1, retried: 0 });
    expect(sent).toEqual([{ ...jobOf(shop, id), trace: expect.any(String) }]);
    expect((await statusOf(shop, id)).status).toBe("running");
    expect(await deliver(jobOf(shop, id))).toEqual({ acked: 1, retried: 0 });
    expect(await statusOf(shop, id)).toMatchObject({ status: "done", rows_accepted: 2000 });
  });

  it("finds its import advanced if that has progressed after its arrival", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    const at = Date.parse((await statusOf(shop, id)).created_at);
    const other = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "2" }]));
    await change("UPDATE imports SET progress_at = '9999' WHERE id = ?", other);
    await env.DB.prepare("UPDATE imports SET progress_at = ? WHERE id = ?")
      .bind(new Date(at).toISOString(), id)
      .run();
    const advanced = [-1, 0, 1].map((ms) => hasAdvanced(base(new Date(at + ms)), jobOf(shop, id)));
    expect(await Promise.all(advanced)).toEqual([true, false, false]);
  });

  it("is sent once for an undo, however often that is requested", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    const { ctx, sent } = recording(shop.admin.ctx(), "IMPORTS");
    expect(await requestUndo(ctx, id)).toMatchObject({ status: "undoing" });
    expect(await requestUndo(ctx, id)).toMatchObject({ status: "undoing" });
    expect(sent).toEqual([jobOf(shop, id)]);
    expect(await runImport(base(), shop.tenant, id)).toBe("ended");
    const undone = await statusOf(shop, id);
    expect(undone.status).toBe("undone");
    expect(await requestUndo(ctx, id)).toEqual(undone);
    expect(sent).toHaveLength(1);
    const entries = "SELECT count(*) n FROM audit_log WHERE tenant_id = ? AND action = 'import.undo_started'";
    expect(await count(entries, shop.tenant.id)).toBe(1);
  });

  it("that first gives earlier sales their customers is not taken for stalled, and no other import with it", async () => {
    const shop = await newShop();
    const ids = [
      await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }])),
      await storeImport(shop.admin.ctx(), fileOf([{ invoice: "2" }])),
    ];
    // More references than one page gives a customer.
    await change(
      `INSERT INTO sales (tenant_id, id, kind, channel, status, customer_ref, total, units, lines, placed_at, day, created_at)
        SELECT ?1, ?1 || value, 'sale', 'import', 'completed', 'K' || value, 100, 1, 0, ?2, '2026-01-01', ?2 FROM json_each(?3)`,
      shop.tenant.id,
      "2026-01-01T10:00:00.000Z",
      JSON.stringify(Array.from({ length: 3001 }, (_, at) => at)),
    );
    const before = "2026-01-02T10:00:00.000Z";
    await change(
      "UPDATE imports SET resumes = 3, progress_at = ? WHERE tenant_id = ?",
      before,
      shop.tenant.id,
    );
    expect(await runImport(base(), shop.tenant, String(ids[0]), 1)).toBe("more");
    const states = await rowsOf(
      "SELECT resumes, progress_at > ?2 AS has_progressed, rows_read FROM imports WHERE tenant_id = ?1 ORDER BY id",
      shop.tenant.id,
      before,
    );
    expect(states).toEqual([
      { resumes: 0, has_progressed: 1, rows_read: 0 },
      { resumes: 3, has_progressed: 0, rows_read: 0 },
    ]);
    const set = (fields: string) => change(`UPDATE imports SET ${fields} WHERE id = ?`, ids[0]);
    const end = async () => {
      await set("finished_at = created_at, resumes = 3");
    };
    expect(await runImport(between(base(), { before: end }), shop.tenant, String(ids[0]), 1)).toBe("more");
    expect(await rowsOf("SELECT resumes FROM imports WHERE id = ?", ids[0])).toEqual([{ resumes: 3 }]);
    await set("finished_at = NULL");
    expect(await runImport(recording(base(), "ROLLUPS").ctx, shop.tenant, String(ids[0]))).toBe("ended");
  });

  it("that is done queues the rollup of its days and products", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    const { ctx, sent } = recording(base(), "ROLLUPS");
    expect(await runImport(ctx, shop.tenant, id)).toBe("ended");
    expect(sent).toEqual([{ kind: "rollup", tenant_id: shop.tenant.id, products: true }]);
  });

  it("that fails queues the rollup of its days", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    const { ctx, sent } = recording(base(), "ROLLUPS");
    await failImport(ctx, shop.tenant.id, id, "no reason");
    expect(sent).toEqual([{ kind: "rollup", tenant_id: shop.tenant.id, products: false }]);
  });

  it("is completed although another in its batch fails", async () => {
    const shop = await newShop();
    const [broken, intact] = [
      await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }])),
      await storeImport(shop.admin.ctx(), fileOf([{ invoice: "2" }])),
    ];
    await env.FILES.delete(fileKey(shop.tenant.id, broken));
    const messages = [broken, intact].map((id) => ({
      id,
      timestamp: new Date(),
      attempts: 1,
      body: jobOf(shop, id),
    }));
    const batch = createMessageBatch<QueueMessage>("mostrador-imports", messages);
    const ctx = createExecutionContext();
    await queue(batch, env, ctx);
    const { explicitAcks, retryMessages } = await getQueueResult(batch, ctx);
    expect([explicitAcks, retryMessages.map(({ msgId }) => msgId)]).toEqual([[intact], [broken]]);
    expect((await statusOf(shop, intact)).status).toBe("done");
  });
});

describe("the sweep for stale imports", () => {
  it("resends imports without progress for a minute, but no recent or completed ones", async () => {
    const shop = await newShop();
    const fresh = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    const stale = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "2" }]));
    const done = await importFile(shop, fileOf([{ invoice: "3" }]));
    await Promise.all([setAge(fresh, 50), setAge(stale, 70), setAge(done.id, 3600)]);
    const { ctx, sent } = recording(base(), "IMPORTS");
    await resumeStaleImports(ctx);
    expect(sent).toContainEqual(jobOf(shop, stale));
    expect(sent).not.toContainEqual(jobOf(shop, fresh));
    expect(sent).not.toContainEqual(jobOf(shop, done.id));
  });

  it("counts how often it has resent an import, from the first millisecond after a minute", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    const now = Date.now();
    const after = async (milliseconds: number) => {
      await change(
        "UPDATE imports SET progress_at = ? WHERE id = ?",
        new Date(now - milliseconds).toISOString(),
        id,
      );
      const { ctx, sent } = recording(base(new Date(now)), "IMPORTS");
      await resumeStaleImports(ctx);
      const [row] = await rowsOf("SELECT resumes, progress_at FROM imports WHERE id = ?", id);
      return [
        sent.filter((job) => JSON.stringify(job).includes(id)).length,
        row?.["resumes"],
        row?.["progress_at"],
      ];
    };
    expect(await after(60_000)).toEqual([0, 0, new Date(now - 60_000).toISOString()]);
    expect(await after(60_001)).toEqual([1, 1, new Date(now).toISOString()]);
    expect(await after(70_000)).toEqual([1, 2, new Date(now).toISOString()]);
  });

  it("resends a page of imports after another, whatever the number of those that have ended", async () => {
    const shop = await newShop();
    const stale = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    const columns = Object.keys((await rowsOf("SELECT * FROM imports WHERE id = ?", stale))[0] ?? {});
    const copy = (from: number, to: number, finishedAt: string | null) => {
      const changed = new Map([
        ["id", "'0-' || n.value"],
        ["finished_at", "?3"],
        ["progress_at", "'2026-01-01'"],
      ]);
      const values = columns.map((name) => changed.get(name) ?? `i.${name}`);
      return change(
        `INSERT INTO imports (${columns.join(", ")}) SELECT ${values.join(", ")} FROM imports i, json_each(?2) n WHERE i.id = ?1`,
        stale,
        JSON.stringify(Array.from({ length: to - from }, (_, at) => from + at)),
        finishedAt,
      );
    };
    await copy(0, 150, "2026-01-01T00:00:00.000Z");
    await setAge(stale, 70);
    const { ctx, sent } = recording(base(), "IMPORTS");
    expect(await resumeStaleImports(ctx)).toBeNull();
    expect(sent).toContainEqual(jobOf(shop, stale));
    await copy(150, 251, null);
    expect(await resumeStaleImports(ctx)).not.toBeNull();
    expect(await resumeStaleImports(ctx)).toBeNull();
    expect(sent.filter((job) => JSON.stringify(job).includes('"0-'))).toHaveLength(101);
    await change("DELETE FROM imports WHERE tenant_id = ? AND id LIKE '0-%'", shop.tenant.id);
  });

  it("completes an import whose message was lost", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }, { invoice: "2" }]));
    await setAge(id, 61);
    await resumeStaleImports(base());
    expect(await waitForImport(shop.admin.token, id)).toMatchObject({ status: "done", rows_accepted: 2 });
    expect(await filesOf(shop)).toEqual([]);
  });
});

describe("the nightly sweep of files", () => {
  it("deletes only files older than a day that belong to no unfinished import", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const waiting = fileKey(shop.tenant.id, await storeImport(shop.admin.ctx(), fileOf([{ invoice: "1" }])));
    const { id } = await importFile(shop, fileOf([{ invoice: "2" }]));
    // Of a completed import, of an unknown import, and of another shop's import.
    const orphans = [
      fileKey(shop.tenant.id, id),
      fileKey(shop.tenant.id, newId()),
      waiting.replace(shop.tenant.id, other.tenant.id),
    ];
    for (const key of orphans) await env.FILES.put(key, "x");
    const inHours = (hours: number) => base(new Date(Date.now() + hours * 3_600_000));
    await sweepOrphanedFiles(inHours(23));
    expect(new Set(await filesOf(shop))).toEqual(new Set([waiting, orphans[0], orphans[1]]));
    await sweepOrphanedFiles(inHours(25));
    expect([await filesOf(shop), await filesOf(other)]).toEqual([[waiting], []]);
    await env.FILES.put(orphans[0] ?? "", "x");
    await sweepOrphanedFiles(inHours(25));
    expect(await filesOf(shop)).toEqual([waiting]);
  });
});
