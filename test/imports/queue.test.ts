import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/values/ids.ts";
import { failImport } from "../../src/imports/consume.ts";
import { sweepOrphanedFiles, fileKey, resumeStaleImports } from "../../src/imports/jobs.ts";
import { queue, type QueueMessage } from "../../workers/queue.ts";
import { API, call } from "../support/client.ts";
import { tappedDb } from "../support/broken.ts";
import { count } from "../support/d1.ts";
import { ended, fileOf, filesOf, importFile, stored } from "../support/imports.ts";
import { recording, recordingQueue } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";

/** Delivers one message to the consumer, as its n-th attempt. */
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

/** Lets an import look as if nothing had happened to it for so long. */
const age = (id: string, seconds: number) =>
  env.DB.prepare("UPDATE imports SET progress_at = ? WHERE id = ?")
    .bind(new Date(Date.now() - seconds * 1000).toISOString(), id)
    .run();

describe("a message of an import", () => {
  it("imports the file and is acknowledged", async () => {
    const shop = await newShop();
    const id = await stored(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    expect(await deliver(jobOf(shop, id))).toEqual({ acked: 1, retried: 0 });
    expect(await statusOf(shop, id)).toMatchObject({ status: "done", rows_accepted: 1 });
  });

  it("that comes again after the end changes nothing", async () => {
    const shop = await newShop();
    const done = await importFile(shop, fileOf([{ invoice: "1" }]));
    expect(await deliver(jobOf(shop, done.id), 3)).toEqual({ acked: 1, retried: 0 });
    expect(await statusOf(shop, done.id)).toEqual(done);
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
  });

  it("of an unknown import, of another shop's, or of an unknown shop is acknowledged and does nothing", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const id = await stored(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    for (const body of [
      jobOf(shop, newId()),
      jobOf(other, id),
      { kind: "import" as const, tenant_id: newId(), import_id: id },
    ])
      expect(await deliver(body)).toEqual({ acked: 1, retried: 0 });
    expect(await statusOf(shop, id)).toMatchObject({ status: "queued", rows_read: 0 });
  });

  it("that fails is tried again; the sixth failure ends the import, which says so", async () => {
    const shop = await newShop();
    const id = await stored(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
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

  it("that fails when it has come further begins its attempts anew, however many they were", async () => {
    const shop = await newShop();
    const description = "x".repeat(400);
    const lines = Array.from({ length: 2000 }, (_, at) => ({ invoice: String(at), description }));
    const id = await stored(shop.admin.ctx(), fileOf(lines));
    let batches = 0;
    const DB = tappedDb(env.DB, {
      before: () => {
        batches += 1;
        // A piece is looked up, stored and indexed: this is the second piece.
        if (batches === 4) throw new Error("D1 is away");
      },
    });
    const { queue: IMPORTS, sent } = recordingQueue();
    expect(await deliver(jobOf(shop, id), 6, { ...env, DB, IMPORTS })).toEqual({ acked: 1, retried: 0 });
    expect(sent).toEqual([jobOf(shop, id)]);
    expect((await statusOf(shop, id)).status).toBe("running");
    expect(await deliver(jobOf(shop, id))).toEqual({ acked: 1, retried: 0 });
    expect(await statusOf(shop, id)).toMatchObject({ status: "done", rows_accepted: 2000 });
  });

  it("that fails leaves the days it has touched to the roll-up", async () => {
    const shop = await newShop();
    const id = await stored(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    const { ctx, sent } = recording(base(), "ROLLUPS");
    await failImport(ctx, shop.tenant.id, id, "no reason");
    expect(sent).toEqual([{ kind: "rollup", tenant_id: shop.tenant.id, products: false }]);
  });

  it("beside one that fails is done all the same", async () => {
    const shop = await newShop();
    const [lost, whole] = [
      await stored(shop.admin.ctx(), fileOf([{ invoice: "1" }])),
      await stored(shop.admin.ctx(), fileOf([{ invoice: "2" }])),
    ];
    await env.FILES.delete(fileKey(shop.tenant.id, lost));
    const messages = [lost, whole].map((id) => ({
      id,
      timestamp: new Date(),
      attempts: 1,
      body: jobOf(shop, id),
    }));
    const batch = createMessageBatch<QueueMessage>("mostrador-imports", messages);
    const ctx = createExecutionContext();
    await queue(batch, env, ctx);
    const { explicitAcks, retryMessages } = await getQueueResult(batch, ctx);
    expect([explicitAcks, retryMessages.map(({ msgId }) => msgId)]).toEqual([[whole], [lost]]);
    expect((await statusOf(shop, whole)).status).toBe("done");
  });
});

describe("the sweep for stale imports", () => {
  it("sends again what made no progress for a minute, and neither a fresh one nor one that has ended", async () => {
    const shop = await newShop();
    const fresh = await stored(shop.admin.ctx(), fileOf([{ invoice: "1" }]));
    const stale = await stored(shop.admin.ctx(), fileOf([{ invoice: "2" }]));
    const done = await importFile(shop, fileOf([{ invoice: "3" }]));
    await Promise.all([age(fresh, 50), age(stale, 70), age(done.id, 3600)]);
    const { ctx, sent } = recording(base(), "IMPORTS");
    await resumeStaleImports(ctx);
    expect(sent).toContainEqual(jobOf(shop, stale));
    expect(sent).not.toContainEqual(jobOf(shop, fresh));
    expect(sent).not.toContainEqual(jobOf(shop, done.id));
  });

  it("brings an import whose message was lost to its end", async () => {
    const shop = await newShop();
    const id = await stored(shop.admin.ctx(), fileOf([{ invoice: "1" }, { invoice: "2" }]));
    await age(id, 61);
    await resumeStaleImports(base());
    expect(await ended(shop.admin.token, id)).toMatchObject({ status: "done", rows_accepted: 2 });
    expect(await filesOf(shop)).toEqual([]);
  });
});

describe("the nightly sweep for files", () => {
  it("deletes what no unfinished import needs a day after it was stored, and nothing else", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const waiting = fileKey(shop.tenant.id, await stored(shop.admin.ctx(), fileOf([{ invoice: "1" }])));
    const { id } = await importFile(shop, fileOf([{ invoice: "2" }]));
    // Of an import that has ended, of none, and of another shop's.
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
  });
});
