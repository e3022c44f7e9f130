import { env } from "cloudflare:workers";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { copySource } from "../../../scripts/backup/copy-source.ts";
import { MANIFEST, tableFile } from "../../../scripts/backup/manifest.ts";
import { objectFile } from "../../../scripts/backup/objects.ts";
import { readRowFile } from "../../../scripts/backup/row-file.ts";
import { readerOf } from "../../../scripts/backup/schema.ts";
import type { Source } from "../../../scripts/backup/source.ts";
import { change } from "../../support/change.ts";
import { count } from "../../support/d1.ts";
import { newProduct, newShop, type Shop } from "../../support/shops.ts";

let folder: string;

beforeAll(async () => {
  await change("CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT UNIQUE)");
  await change("INSERT INTO d1_migrations (name) VALUES ('0001_first.sql')");
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "copy-"));
});

afterEach(() => rm(folder, { recursive: true }));

afterAll(() => change("DROP TABLE d1_migrations"));

type Get = (key: string) => Promise<R2ObjectBody | null>;

/** The database in use; `get` reads its objects. */
const sourceOf = (get: Get, changes: Partial<Source> = {}): Source => ({
  name: "test",
  at: "2026-03-02T10:00:00.000Z",
  read: readerOf(env.DB),
  files: {
    get,
    put: (key, body) => env.FILES.put(key, body),
    createMultipartUpload: (key) => env.FILES.createMultipartUpload(key),
  },
  live: env.DB,
  close: async () => undefined,
  ...changes,
});

const keyOf = (shop: Shop, letter: string): string => `covers/${shop.tenant.id}/${letter.repeat(64)}.png`;

const setCover = (shop: Shop, id: string, letter: string) =>
  change(
    "UPDATE products SET cover_image_url = ? WHERE id = ?",
    `https://x.test/api/v1/${keyOf(shop, letter)}`,
    id,
  );

/** A shop with a product whose cover is the object `a`. */
async function shopWithCover() {
  const shop = await newShop();
  const { id } = await newProduct(shop);
  await setCover(shop, id, "a");
  return { shop, id };
}

async function coversOfProducts(): Promise<unknown[]> {
  const covers: unknown[] = [];
  for await (const lines of readRowFile(tableFile(folder, "products")))
    for (const line of lines) covers.push(JSON.parse(line).cover_image_url);
  return covers.filter((cover) => cover !== null);
}

const logs = () => count("SELECT count(*) n FROM sqlite_master WHERE name GLOB 'backup_changes*'");

describe("a backup of a database in use", () => {
  afterEach(() => change("UPDATE products SET cover_image_url = NULL"));

  it("has a later state if an object of the first one was deleted meanwhile", async () => {
    const { shop, id } = await shopWithCover();
    await env.FILES.put(keyOf(shop, "b"), "the second");
    const requested: string[] = [];
    const { missing, objects, tables, at } = await copySource(
      sourceOf(async (key) => {
        requested.push(key);
        if (key === keyOf(shop, "a")) await setCover(shop, id, "b");
        return env.FILES.get(key);
      }),
      folder,
    );
    expect(requested).toEqual([keyOf(shop, "a"), keyOf(shop, "b")]);
    expect({ missing, objects }).toMatchObject({
      missing: [],
      objects: [{ key: keyOf(shop, "b"), bytes: 10 }],
    });
    expect(await coversOfProducts()).toEqual([`https://x.test/api/v1/${keyOf(shop, "b")}`]);
    expect(await readFile(objectFile(folder, keyOf(shop, "b")), "utf8")).toBe("the second");
    expect(tables).toContainEqual(expect.objectContaining({ name: "products", rows: 1 }));
    expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(600_000);
    expect(await logs()).toBe(0);
  });

  it("names the objects that are missing in three states one after another", async () => {
    const { shop } = await shopWithCover();
    const requested: string[] = [];
    const { missing, objects } = await copySource(
      sourceOf(async (key) => {
        requested.push(key);
        return null;
      }),
      folder,
    );
    expect({ missing, objects }).toEqual({ missing: [keyOf(shop, "a")], objects: [] });
    expect(requested).toEqual([keyOf(shop, "a"), keyOf(shop, "a"), keyOf(shop, "a")]);
    expect(await logs()).toBe(0);
  });

  it("of one state asks once for each object", async () => {
    const { shop } = await shopWithCover();
    await env.FILES.put(keyOf(shop, "c"), "the third");
    const { id } = await newProduct(shop);
    await setCover(shop, id, "c");
    const requested: string[] = [];
    const manifest = await copySource(
      sourceOf(
        (key) => {
          requested.push(key);
          return env.FILES.get(key);
        },
        { live: null },
      ),
      folder,
    );
    expect(manifest).toMatchObject({
      of: "test",
      at: "2026-03-02T10:00:00.000Z",
      schema: "0001_first.sql",
      missing: [keyOf(shop, "a")],
      objects: [{ key: keyOf(shop, "c") }],
    });
    expect(requested.toSorted()).toEqual([keyOf(shop, "a"), keyOf(shop, "c")]);
    expect(JSON.parse(await readFile(join(folder, MANIFEST), "utf8"))).toEqual(manifest);
  });

  it("is refused if a migration was applied meanwhile, and leaves no manifest and no triggers", async () => {
    await shopWithCover();
    for (const live of [env.DB, null]) {
      const source = sourceOf(
        async () => {
          await change("INSERT OR IGNORE INTO d1_migrations (name) VALUES ('0002_second.sql')");
          return null;
        },
        { live },
      );
      const copying = copySource(source, folder);
      await expect(copying).rejects.toThrow("The schema changed during the backup");
      expect([existsSync(join(folder, MANIFEST)), await logs()]).toEqual([false, 0]);
      await change("DELETE FROM d1_migrations WHERE name > '0002'");
    }
  });
});
