import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { extendLease, startChangeLog, stopChangeLog } from "../../../scripts/backup/change-log.ts";
import { collectChanges, type Changes } from "../../../scripts/backup/collect-changes.ts";
import { readerOf, readSchema } from "../../../scripts/backup/schema.ts";
import { change } from "../../support/change.ts";
import { count } from "../../support/d1.ts";
import { newShop } from "../../support/shops.ts";

const tables = await readSchema(readerOf(env.DB));

async function collect(owner: string): Promise<Changes> {
  const changes: Changes = new Map();
  await collectChanges(env.DB, tables, owner, changes);
  return changes;
}

const expireLease = () => change("UPDATE backup_changes SET until = unixepoch() - 1 WHERE tbl = ''");

describe("the change log of a backup", () => {
  afterEach(() => stopChangeLog(env.DB, "mine"));

  it("has the rows that changed while its lease lasts", async () => {
    await startChangeLog(env.DB, tables, "mine");
    const shop = await newShop();
    await change("UPDATE backup_changes SET until = unixepoch() + 5 WHERE tbl = ''");
    await extendLease(env.DB, "mine");
    expect(await count("SELECT until - unixepoch() > 60 n FROM backup_changes WHERE tbl = ''")).toBe(1);
    const changes = await collect("mine");
    expect([...(changes.get("tenants")?.keys() ?? [])]).toEqual([JSON.stringify([shop.tenant.id])]);
  });

  it("has both keys of a row whose key changed, and of a deleted row that it is gone", async () => {
    const shop = await newShop();
    const add = (name: string) =>
      change(
        "INSERT INTO import_mappings VALUES (?, ?, 'sales', '{}', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')",
        shop.tenant.id,
        name,
      );
    await add("till");
    await add("shop");
    await startChangeLog(env.DB, tables, "mine");
    await change("UPDATE import_mappings SET name = 'counter' WHERE name = 'till'");
    await change("DELETE FROM import_mappings WHERE name = 'shop'");
    const rows = (await collect("mine")).get("import_mappings");
    const keyOf = (name: string) => JSON.stringify([shop.tenant.id, name]);
    expect(rows).toEqual(
      new Map([
        [keyOf("till"), null],
        [keyOf("shop"), null],
        [keyOf("counter"), expect.stringContaining('"name":"counter"')],
      ]),
    );
  });

  it("is read to its end while shops write without a pause", async () => {
    await startChangeLog(env.DB, tables, "mine");
    const opened = [(await newShop()).tenant.id];
    const db: D1Database = {
      prepare: (query) => env.DB.prepare(query),
      batch: async (statements) => {
        opened.push((await newShop()).tenant.id);
        if (opened.length > 10) throw new Error("the log has no end");
        return env.DB.batch(statements);
      },
      exec: (query) => env.DB.exec(query),
      dump: () => env.DB.dump(),
      withSession: (bookmark) => env.DB.withSession(bookmark),
    };
    const changes: Changes = new Map();
    await collectChanges(db, tables, "mine", changes);
    const copied = [...(changes.get("tenants")?.keys() ?? [])];
    expect(new Set(copied)).toEqual(new Set(opened.map((id) => JSON.stringify([id]))));
  });

  it("is refused after its lease has expired, because changes may be missing, and cannot be renewed", async () => {
    await startChangeLog(env.DB, tables, "mine");
    await expireLease();
    await newShop();
    expect(await count("SELECT count(*) n FROM backup_changes WHERE tbl <> ''")).toBe(0);
    await extendLease(env.DB, "mine");
    await expect(collect("mine")).rejects.toThrow("changes may be missing");
  });

  it("is refused to a backup after which another has started, and remains the other's", async () => {
    await startChangeLog(env.DB, tables, "other");
    await startChangeLog(env.DB, tables, "mine");
    await extendLease(env.DB, "other");
    await expect(collect("other")).rejects.toThrow("Another backup has started");
    await stopChangeLog(env.DB, "other");
    expect(await collect("mine")).toEqual(new Map());
  });
});
