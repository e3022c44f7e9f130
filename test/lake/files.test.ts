import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { buildPartition } from "../../src/lake/build/build.ts";
import { runLakeJob } from "../../src/lake/jobs.ts";
import { deleteReplacedFiles, discardFile, markPartitionDirty } from "../../src/lake/manifest.ts";
import { putIfAbsent } from "../../src/lake/build/objects.ts";
import { objectWriter } from "../../src/platform/object-writer.ts";
import { dayOf } from "../../src/values/days.ts";
import { newId } from "../../src/values/ids.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { rejectingBinding } from "../support/failing-bindings.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { buildNight, lakeFiles, objectsOf, sellingShop } from "../support/lake.ts";
import { pagesOf } from "../support/pages.ts";
import { recording, recordingQueue, until } from "../support/queues.ts";
import { recordedBindings } from "../support/recorded-bindings.ts";
import { base, newShop, type Shop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

const days = (number: number, from = 1) =>
  Array.from({ length: number }, (_, index) => ({
    invoice: `${from + index}`,
    date: `2026-03-${String(from + index).padStart(2, "0")} 10:00:00`,
  }));

/** A shop whose lake contains the first days of March 2026. */
async function builtShop(number = 1): Promise<Shop> {
  const shop = await newShop();
  await importFile(shop, fileOf(days(number)));
  await buildNight(shop, new Date());
  return shop;
}

const path = (key: string) => `${API}/lake/files/${encodeURIComponent(key)}`;

async function firstFile(shop: Shop) {
  const [file] = await lakeFiles(shop, "&dataset=purchases");
  if (!file) throw new Error("the lake is empty");
  const read = (headers: Record<string, string> = {}) =>
    call("GET", path(file.key), { token: shop.admin.token, headers });
  return { file, read };
}

it("a range of one byte is one byte", async () => {
  const { read } = await firstFile(await builtShop());
  const { status, headers } = await read({ range: "bytes=3-3" });
  expect([status, headers.get("content-length"), headers.get("content-range")?.slice(0, 9)]).toEqual([
    206,
    "1",
    "bytes 3-3",
  ]);
});

it("a file that was added is not discarded", async () => {
  const shop = await builtShop();
  const { file } = await firstFile(shop);
  await discardFile(base(), shop.tenant.id, file.key);
  const key = (
    await rowsOf("SELECT key FROM lake_files WHERE tenant_id = ? AND added IS NOT NULL", shop.tenant.id)
  ).map((row) => row["key"]);
  expect(key).toContain(file.key);
});

describe("the list of the lake", () => {
  it("can be restricted to a dataset and a range of days, and contains nothing of another shop", async () => {
    const shop = await builtShop(5);
    await builtShop(2);
    const list = async (query: string) =>
      (await lakeFiles(shop, query)).map(({ dataset, day }) => `${dataset} ${day}`);
    expect(await list("&dataset=purchases&from=2026-03-02&to=2026-03-03")).toEqual([
      "purchases 2026-03-02",
      "purchases 2026-03-03",
    ]);
    expect(await list("&from=2026-03-05&to=2026-03-31")).toEqual([
      "daily_summary 2026-03-01",
      "purchases 2026-03-05",
    ]);
    expect(await list("&dataset=daily_summary&from=2026-03-05&to=2026-03-06")).toEqual([
      "daily_summary 2026-03-01",
    ]);
    expect(await list("&dataset=daily_summary&to=2026-02-28")).toEqual([]);
    expect((await lakeFiles(shop)).length).toBe(7);
  });

  it("has each file once on its pages, also where a page has several datasets after its cursor", async () => {
    const shop = await builtShop(5);
    const pages = await pagesOf(async (cursor) => {
      const query = cursor === null ? "limit=1" : `limit=5&cursor=${cursor}`;
      return (await call("GET", `${API}/lake/files?${query}`, { token: shop.admin.token })).body;
    });
    const keys = pages.flatMap(({ data }) => data.map(({ key }: { key: string }) => key));
    expect(keys).toEqual((await lakeFiles(shop)).map(({ key }) => key));
  });

  it("of an empty lake is empty", async () => {
    const shop = await newShop();
    const { body } = await call("GET", `${API}/lake/files`, { token: shop.admin.token });
    expect(body).toEqual({ data: [], next_cursor: null, revision: 0 });
  });

  it("shows the revision of its first page on all pages, while days are rebuilt", async () => {
    const shop = await builtShop(4);
    const token = shop.admin.token;
    const first = await call("GET", `${API}/lake/files?dataset=purchases&limit=2`, { token });
    const before = (await lakeFiles(shop, "&dataset=purchases")).map(({ key }) => key);
    await importFile(shop, fileOf(days(6).map((row) => ({ ...row, invoice: `again-${row.invoice}` }))));
    await buildNight(shop, new Date());
    const rest = await call(
      "GET",
      `${API}/lake/files?dataset=purchases&limit=100&cursor=${first.body.next_cursor}`,
      { token },
    );
    expect(rest.body.revision).toBe(first.body.revision);
    expect([...first.body.data, ...rest.body.data].map(({ key }) => key)).toEqual(before);
    // Replaced files can still be read.
    for (const key of before) expect((await call("GET", path(key), { token })).status).toBe(200);
    expect((await lakeFiles(shop, "&dataset=purchases")).length).toBe(6);
  });

  it("takes one round trip and reads only the rows that it shows", async () => {
    const shop = await builtShop(20);
    const response = await call("GET", `${API}/lake/files?dataset=purchases&limit=5`, {
      token: shop.admin.token,
    });
    expect(costOf(response).queries).toBe(1);
    expect(costOf(response).read).toBeLessThan(20);
  });
});

describe("a file of the lake", () => {
  it("is streamed completely, with an ETag for conditional requests", async () => {
    const { file, read } = await firstFile(await builtShop());
    const response = await read();
    expect(response.status).toBe(200);
    expect(response.text.slice(0, 4)).toBe("PAR1");
    expect(response.headers.get("content-length")).toBe(String(file.bytes));
    expect(response.headers.get("etag")).toBe(file.etag);
    expect(response.headers.get("content-type")).toBe("application/vnd.apache.parquet");
    expect(response.headers.get("accept-ranges")).toBe("bytes");
    expect(response.headers.get("cache-control")).toBe("private, no-cache");
    const known = await read({ "if-none-match": file.etag });
    expect([known.status, known.headers.get("etag"), known.text]).toEqual([304, file.etag, ""]);
    expect((await read({ "if-none-match": `"x", W/${file.etag}` })).status).toBe(304);
    expect((await read({ "if-none-match": '"x"' })).status).toBe(200);
  });

  it("can be addressed by its key with unescaped slashes", async () => {
    const shop = await builtShop();
    const { file } = await firstFile(shop);
    const token = shop.admin.token;
    expect((await call("GET", `${API}/lake/files/${file.key}`, { token })).status).toBe(200);
    expect((await call("DELETE", `${API}/lake/files/${file.key}`, { token })).status).toBe(405);
  });

  it("supports range requests", async () => {
    const { file, read } = await firstFile(await builtShop());
    const last = file.bytes - 1;
    for (const [range, content] of [
      ["bytes=0-3", `bytes 0-3/${file.bytes}`],
      [`bytes=${last - 3}-`, `bytes ${last - 3}-${last}/${file.bytes}`],
      ["bytes=-4", `bytes ${last - 3}-${last}/${file.bytes}`],
    ] as const) {
      const partial = await read({ range });
      expect(partial.status).toBe(206);
      expect(partial.text).toBe("PAR1");
      expect(partial.headers.get("content-range")).toBe(content);
      expect(partial.headers.get("content-length")).toBe("4");
    }
    expect((await read({ range: `bytes=0-${file.bytes * 2}` })).headers.get("content-range")).toBe(
      `bytes 0-${last}/${file.bytes}`,
    );
    expect((await read({ range: `bytes=-${file.bytes * 2}` })).headers.get("content-range")).toBe(
      `bytes 0-${last}/${file.bytes}`,
    );
    expect((await read({ range: "bytes=0-3", "if-range": file.etag })).status).toBe(206);
    expect((await read({ range: "bytes=0-3", "if-range": '"x"' })).status).toBe(200);
    for (const odd of ["bytes=0-1,3-4", "bytes=9-3", "bytes=-", "lines=1-2", "bytes=a-b"])
      expect((await read({ range: odd })).status).toBe(200);
    const beyond = await read({ range: `bytes=${file.bytes}-` });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get("content-range")).toBe(`bytes */${file.bytes}`);
    expect((await read({ range: "bytes=-0" })).status).toBe(416);
  });

  it("that the bucket has lost is 404", async () => {
    const { file, read } = await firstFile(await builtShop());
    await env.LAKE.delete(file.key);
    expect((await read()).status).toBe(404);
  });

  it("of another shop or outside the manifest is 404", async () => {
    const [shop, other] = [await builtShop(), await builtShop()];
    const foreignKey = (await firstFile(other)).file.key;
    const shopKey = (await firstFile(shop)).file.key;
    await env.LAKE.put(`${shop.tenant.id}/purchases/stray.parquet`, "x");
    for (const key of [
      foreignKey,
      `${shop.tenant.id}/../${foreignKey}`,
      `${shop.tenant.id}/purchases/stray.parquet`,
      `${shop.tenant.id}/`,
      shopKey.slice(1),
      "%00",
    ])
      expect((await call("GET", path(key), { token: shop.admin.token })).status).toBe(404);
  });
});

describe("a replaced file", () => {
  it("is deleted after 15 minutes, and the file of a crashed build after a day", async () => {
    const shop = await builtShop();
    const partition = { dataset: "purchases" as const, day: "2026-03-01" };
    const [first] = await objectsOf(shop);
    await importFile(shop, fileOf([{ invoice: "2", date: "2026-03-01 11:00:00" }]));
    const crashing = between(base(), {
      before: (nth) => (nth === 2 ? Promise.reject(new Error("killed")) : undefined),
    });
    await failureOf(buildPartition(crashing, shop.tenant, partition));
    await buildPartition(base(), shop.tenant, partition);
    const inPurchases = async () =>
      (await objectsOf(shop)).filter((key) => key.includes("/purchases/")).length;
    expect(first).toBeDefined();
    const inMinutes = (minutes: number) => base(new Date(Date.now() + minutes * 60_000));
    expect(await inPurchases()).toBe(3);
    await deleteReplacedFiles(inMinutes(14));
    expect(await inPurchases()).toBe(3);
    await deleteReplacedFiles(inMinutes(16));
    expect(await inPurchases()).toBe(2);
    await deleteReplacedFiles(inMinutes(24 * 60 + 16));
    expect(await inPurchases()).toBe(1);
    expect((await firstFile(shop)).file.rows).toBe(2);
    expect((await (await firstFile(shop)).read()).status).toBe(200);
  });

  it("is deleted by the next sweep if the bucket failed, from the bucket and from the list", async () => {
    const shop = await builtShop();
    await importFile(shop, fileOf([{ invoice: "2", date: "2026-03-01 11:00:00" }]));
    const inPurchases = async () =>
      (await objectsOf(shop)).filter((key) => key.includes("/purchases/")).length;
    const named = () =>
      count(
        "SELECT count(*) n FROM lake_files WHERE tenant_id = ? AND dataset = 'purchases'",
        shop.tenant.id,
      );
    await buildPartition(base(), shop.tenant, { dataset: "purchases", day: "2026-03-01" });
    expect([await inPurchases(), await named()]).toEqual([2, 2]);
    const later = base(new Date(Date.now() + 16 * 60_000));
    const LAKE = rejectingBinding(env.LAKE, new Error("the bucket fails"));
    await failureOf(deleteReplacedFiles({ ...later, env: { ...env, LAKE } }));
    expect([await inPurchases(), await named()]).toEqual([2, 2]);
    expect(await deleteReplacedFiles(later)).toBeNull();
    expect([await inPurchases(), await named()]).toEqual([1, 1]);
  });

  it("of a build that was not put in place is named until the bucket has deleted it", async () => {
    const shop = await builtShop();
    const named = () =>
      count("SELECT count(*) n FROM lake_files WHERE tenant_id = ? AND added IS NULL", shop.tenant.id);
    const partition = { dataset: "purchases" as const, day: "2026-03-01" };
    await change("UPDATE lake_days SET version = version + 1 WHERE tenant_id = ?", shop.tenant.id);
    const dies = between(base(), {
      before: (nth) => (nth === 2 ? Promise.reject(new Error("killed")) : undefined),
    });
    await failureOf(buildPartition(dies, shop.tenant, partition));
    const [row] = await rowsOf(
      "SELECT key FROM lake_files WHERE tenant_id = ? AND added IS NULL",
      shop.tenant.id,
    );
    const key = String(row?.["key"]);
    expect((await call("GET", path(key), { token: shop.admin.token })).status).toBe(404);
    const LAKE = rejectingBinding(env.LAKE, new Error("the bucket fails"));
    await failureOf(discardFile({ ...base(), env: { ...env, LAKE } }, shop.tenant.id, key));
    expect([(await objectsOf(shop)).includes(key), await named()]).toEqual([true, 1]);
    await discardFile(base(), shop.tenant.id, key);
    expect([(await objectsOf(shop)).includes(key), await named()]).toEqual([false, 0]);
  });

  it("is deleted even if nothing replaces it", async () => {
    const shop = await builtShop();
    const others = async () => (await objectsOf(shop)).filter((key) => !key.includes("/purchases/"));
    const before = await others();
    await change("DELETE FROM sale_lines WHERE tenant_id = ?", shop.tenant.id);
    await change("UPDATE lake_days SET version = version + 1 WHERE tenant_id = ?", shop.tenant.id);
    await buildPartition(base(), shop.tenant, { dataset: "purchases", day: "2026-03-01" });
    expect(await lakeFiles(shop, "&dataset=purchases")).toEqual([]);
    await deleteReplacedFiles(base(new Date(Date.now() + 16 * 60_000)));
    expect((await objectsOf(shop)).filter((key) => key.includes("/purchases/"))).toEqual([]);
    expect(await others()).toEqual(before);
  });

  it("is looked for again at once only after a full page of five hundred", async () => {
    const shop = await newShop();
    await change(
      `INSERT INTO lake_files (tenant_id, key, dataset, day, rows, bytes, etag, created_at, dropped_at)
        SELECT ?1, ?1 || '/' || value, 'events', '2020-01-01', 0, 0, '', ?2, ?2 FROM json_each(?3)`,
      shop.tenant.id,
      "2020-01-01T00:00:00.000Z",
      JSON.stringify(Array.from({ length: 500 }, (_, at) => at)),
    );
    const ctx = base(new Date("2020-01-02T00:00:00Z"));
    expect([await deleteReplacedFiles(ctx), await deleteReplacedFiles(ctx)]).toEqual(["", null]);
  });
});

describe("an ADMIN", () => {
  it("can have past days built immediately", async () => {
    const shop = await newShop();
    const token = shop.admin.token;
    await importFile(shop, fileOf(days(3)));
    // What is not built: the current day, and the products of an earlier one.
    const today = dayOf(new Date(), shop.tenant.timezone);
    await markPartitionDirty(base(), shop.tenant.id, { dataset: "events", day: today });
    await markPartitionDirty(base(), shop.tenant.id, { dataset: "products", day: "2026-03-01" });
    await change("INSERT INTO dirty_days (tenant_id, day) VALUES (?, ?)", shop.tenant.id, today);
    const touched = async () => (await call("GET", `${API}/lake/status`, { token })).body.touched;
    expect(await touched()).toBe(3);
    expect((await call("POST", `${API}/lake/run`, { token })).status).toBe(202);
    await until(async () => (await touched()) === 0);
    expect((await lakeFiles(shop, "&dataset=purchases")).length).toBe(3);
  });
});

describe("the message of a build that an ADMIN requests", () => {
  it("also exports the open events", async () => {
    const shop = await newShop();
    const { queue: LAKE_JOBS, sent } = recordingQueue();
    await callWith({ LAKE_JOBS }, "POST", `${API}/lake/run`, { token: shop.admin.token });
    expect(sent).toEqual([
      { kind: "lake-night", tenant_id: shop.tenant.id, exports: true, trace: expect.any(String) },
    ]);
  });
});

describe("a build", () => {
  it("exports the open events of its shop first, where that was requested", async () => {
    const { shop } = await sellingShop();
    const job = { kind: "lake-night" as const, tenant_id: shop.tenant.id };
    const claimed = () => count("SELECT count(batch_id) n FROM events WHERE tenant_id = ?", shop.tenant.id);
    const { ctx, sent } = recording(base(), "EVENTS");
    await runLakeJob(ctx, job);
    expect([sent, await claimed()]).toEqual([[], 0]);
    await runLakeJob(ctx, { ...job, exports: true });
    expect(sent).toMatchObject([{ kind: "export", tenant_id: shop.tenant.id }]);
    expect(await claimed()).toBe(1);
  });

  it("of a shop that does not exist is done", async () => {
    expect(await runLakeJob(base(), { kind: "lake-night", tenant_id: newId() })).toBe("done");
  });
});

describe("an object", () => {
  it("of many parts is stored as written", async () => {
    const chunk = (byte: number) => new Uint8Array(3 * 1024 * 1024 + 7).fill(byte);
    const object = objectWriter(env.LAKE, "test/parts");
    for (const byte of [1, 2, 3, 4]) await object.write(chunk(byte));
    const { bytes, etag } = await object.close();
    const stored = await env.LAKE.get("test/parts");
    expect(stored?.httpEtag).toBe(etag);
    expect(bytes).toBe(4 * chunk(0).length);
    const all = new Uint8Array((await stored?.arrayBuffer()) ?? new ArrayBuffer(0));
    expect(Buffer.compare(all, Buffer.concat([1, 2, 3, 4].map(chunk)))).toBe(0);
  });

  it("of one byte more than a part has that byte too, and none exists if it is aborted", async () => {
    const write = async (key: string) => {
      const object = objectWriter(env.LAKE, key);
      await object.write(new Uint8Array(5 * 1024 * 1024));
      await object.write(new Uint8Array([7]));
      return object;
    };
    const { bytes } = await (await write("test/byte")).close();
    const last = await env.LAKE.get("test/byte", { range: { suffix: 1 } });
    expect([bytes, [...((await last?.bytes()) ?? [])]]).toEqual([5 * 1024 * 1024 + 1, [7]]);
    await (await write("test/aborted")).abort();
    expect(await env.LAKE.head("test/aborted")).toBeNull();
  });

  it("that fills its last part has no empty one after it", async () => {
    const uploaded: number[] = [];
    const bucket = new Proxy(env.LAKE, {
      get: (target, name) =>
        name === "createMultipartUpload"
          ? async (key: string) => {
              const upload = await target.createMultipartUpload(key);
              return {
                uploadPart: (no: number, part: Uint8Array) => {
                  uploaded.push(part.length);
                  return upload.uploadPart(no, part);
                },
                complete: (parts: R2UploadedPart[]) => upload.complete(parts),
              };
            }
          : Reflect.get(target, name),
    });
    const object = objectWriter(bucket, "test/full");
    await object.write(new Uint8Array(10 * 1024 * 1024));
    expect((await object.close()).bytes).toBe(10 * 1024 * 1024);
    expect(uploaded).toEqual([5 * 1024 * 1024, 5 * 1024 * 1024]);
  });

  it("that is deleted while it is written is a failure", async () => {
    const bucket = new Proxy(env.LAKE, {
      get: (target, name) => (name === "put" ? async () => null : target.head.bind(target)),
    });
    const failed = await failureOf(putIfAbsent(bucket, "test/lost", new Uint8Array([1])));
    expect(String(failed)).toContain("the object test/lost was deleted");
  });

  it("is written once, and later writers get the stored one", async () => {
    const calls: string[] = [];
    const { LAKE = env.LAKE } = recordedBindings(calls);
    const first = await putIfAbsent(LAKE, "test/once", new Uint8Array([1]));
    expect(calls).toEqual(["LAKE.put"]);
    expect(await putIfAbsent(LAKE, "test/once", new Uint8Array([1, 2]))).toEqual(first);
    expect(calls).toEqual(["LAKE.put", "LAKE.put", "LAKE.head"]);
  });
});
