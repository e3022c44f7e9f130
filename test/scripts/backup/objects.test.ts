import { env } from "cloudflare:workers";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyObjects } from "../../../scripts/backup/copy-objects.ts";
import { tableFile, type StoredObject } from "../../../scripts/backup/manifest.ts";
import {
  objectFile,
  putObject,
  referencedObjects,
  requireSameObjects,
} from "../../../scripts/backup/objects.ts";
import { writeRowFile } from "../../../scripts/backup/row-file.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "objects-"));
});

afterAll(() => rm(folder, { recursive: true }));

const SHOP = "0190a6e4-7c00-7000-8000-000000000001";
const OTHER = "0190a6e4-7c00-7000-8000-000000000002";

async function* onePage(rows: object[]): AsyncGenerator<string[]> {
  yield rows.map((row) => JSON.stringify(row));
}

/** The keys to which the rows of these tables refer. */
async function keysOf(tables: Record<string, object[]>): Promise<string[]> {
  for (const [name, rows] of Object.entries(tables))
    await writeRowFile(tableFile(folder, name), onePage(rows));
  return [...(await referencedObjects(folder, new Map(Object.entries(tables))))].toSorted();
}

describe("the objects of a backup", () => {
  it("are the covers of products, and the files of imports that have not finished", async () => {
    const file = `${"a".repeat(64)}.png`;
    const urls = [`https://x.test/api/v1/covers/${SHOP}/${file}`, "https://x.test/cover.png", null];
    const keys = await keysOf({
      products: urls.map((cover_image_url) => ({ tenant_id: SHOP, cover_image_url })),
      imports: [
        { tenant_id: SHOP, id: "running", finished_at: null },
        { tenant_id: SHOP, id: "done", finished_at: "2026-03-02T10:00:00.000Z" },
      ],
    });
    expect(keys).toEqual([`covers/${SHOP}/${file}`, `imports/${SHOP}/running.csv`]);
  });

  it("are of the lake the files of events of sealed days that count, because no row has these events", async () => {
    const lakeFile = (key: string, changes: object = {}) => ({
      tenant_id: SHOP,
      key,
      dataset: "events",
      day: "2026-03-02",
      added: 1,
      dropped: null,
      ...changes,
    });
    const keys = await keysOf({
      lake_shops: [
        { tenant_id: SHOP, sealed_day: "2026-03-02" },
        { tenant_id: OTHER, sealed_day: "" },
      ],
      lake_files: [
        lakeFile("sealed"),
        lakeFile("sealed before", { day: "2026-03-01" }),
        lakeFile("not sealed", { day: "2026-03-03" }),
        lakeFile("of a shop without sealed days", { tenant_id: OTHER }),
        lakeFile("sales", { dataset: "purchases" }),
        lakeFile("not added yet", { added: null }),
        lakeFile("replaced", { dropped: 2 }),
      ],
    });
    expect(keys).toEqual(["sealed", "sealed before"]);
  });

  it("are copied once, without those that are missing and those that no row refers to any more", async () => {
    const requested: string[] = [];
    const files = {
      get: (key: string) => {
        requested.push(key);
        return env.FILES.get(key);
      },
      put: (key: string, body: Uint8Array) => env.FILES.put(key, body),
      createMultipartUpload: (key: string) => env.FILES.createMultipartUpload(key),
    };
    for (const key of ["a/1", "a/2", "a/3"]) await env.FILES.put(key, `object ${key}`);
    const copied = new Map<string, StoredObject>();
    expect(await copyObjects(files, folder, new Set(["z", "a/1", "b", "a/2"]), copied)).toEqual(["b", "z"]);
    expect(await copyObjects(files, folder, new Set(["a/2", "a/3"]), copied)).toEqual([]);
    expect(requested.toSorted()).toEqual(["a/1", "a/2", "a/3", "b", "z"]);
    expect([...copied.keys()]).toEqual(["a/2", "a/3"]);
    expect(copied.get("a/3")).toMatchObject({ key: "a/3", bytes: 10 });
    expect(await readFile(objectFile(folder, "a/3"), "utf8")).toBe("object a/3");
    expect(existsSync(objectFile(folder, "a/1"))).toBe(false);
  });

  it("are refused if the file of one is absent, or has other contents of the same length", async () => {
    for (const key of ["b/1", "b/2"]) await env.FILES.put(key, `object ${key}`);
    const copied = new Map<string, StoredObject>();
    await copyObjects(env.FILES, folder, new Set(["b/1", "b/2"]), copied);
    const objects = [...copied.values()];
    await requireSameObjects(folder, objects);
    await writeFile(objectFile(folder, "b/2"), "object b/3");
    const differs = "The object b/2 differs from the manifest.";
    await expect(requireSameObjects(folder, objects)).rejects.toThrow(differs);
    await rm(objectFile(folder, "b/2"));
    await expect(requireSameObjects(folder, objects)).rejects.toThrow(differs);
  });

  it("are restored as they were, also in parts", async () => {
    const bytes = new Uint8Array(11 * 1024 * 1024).map((_, at) => at % 251);
    await env.FILES.put("large", bytes);
    const copied = new Map<string, StoredObject>();
    await copyObjects(env.FILES, folder, new Set(["large"]), copied);
    await env.FILES.delete("large");
    for (const object of copied.values()) await putObject(env.FILES, folder, object);
    const restored = await (await env.FILES.get("large"))?.arrayBuffer();
    expect(Buffer.from(restored ?? new ArrayBuffer()).equals(bytes)).toBe(true);
  });
});
