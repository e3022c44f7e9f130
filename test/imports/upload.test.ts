import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { openDb } from "../../src/platform/d1.ts";
import { resumeStaleImports } from "../../src/imports/jobs.ts";
import { storeFile } from "../../src/imports/file/store.ts";
import { NO_MAPPING } from "../../src/imports/mapping/caller.ts";
import { startImport } from "../../src/imports/start.ts";
import { failingDb, tappedDb } from "../support/failing-bindings.ts";
import { API, call } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { COLUMNS, waitForImport, fileOf, filesOf, gzip, importFile, uploadFile } from "../support/imports.ts";
import { recording } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";
import { partsOf, zipOf } from "../support/workbooks.ts";

const MiB = 1024 * 1024;

const importsOf = (shop: Shop) => count("SELECT count(*) n FROM imports WHERE tenant_id = ?", shop.tenant.id);

describe("the body of an upload", () => {
  it("is decompressed if it is gzip, with or without Content-Encoding", async () => {
    const file = fileOf([{ invoice: "1" }, { invoice: "2" }]);
    for (const headers of [{ "content-encoding": "gzip" }, { "content-encoding": "GZIP" }, {}]) {
      const shop = await newShop();
      const started = await uploadFile(shop.admin.token, await gzip(file), headers);
      expect(started.body).toMatchObject({ status: "queued", bytes_total: file.length });
      expect(await waitForImport(shop.admin.token, started.body.id)).toMatchObject({
        status: "done",
        rows_accepted: 2,
      });
    }
  });

  it("is recognised as gzip even if its first byte arrives alone", async () => {
    const shop = await newShop();
    const bytes = new Uint8Array(await gzip(fileOf([{ invoice: "1" }])));
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const send = async () => {
      await writer.write(bytes.subarray(0, 1));
      await writer.write(bytes.subarray(1));
      await writer.close();
    };
    const [started] = await Promise.all([uploadFile(shop.admin.token, readable), send()]);
    expect(started.status).toBe(202);
    expect(await waitForImport(shop.admin.token, started.body.id)).toMatchObject({
      status: "done",
      rows_accepted: 1,
    });
  });

  it("that is empty or has no valid header is rejected, and nothing is stored", async () => {
    const shop = await newShop();
    for (const raw of ["", "\n\n", "\u0000\u0001", "InvoiceNo,Quantity\n", '"never closed']) {
      const answer = await uploadFile(shop.admin.token, raw);
      expect([400, 422]).toContain(answer.status);
    }
    expect(
      (
        await call("POST", `${API}/imports?kind=sales`, {
          token: shop.admin.token,
          headers: { "content-type": "text/csv" },
        })
      ).status,
    ).toBe(400);
    expect(await filesOf(shop)).toEqual([]);
    expect(await importsOf(shop)).toBe(0);
  });

  it("with only a header imports no rows, with or without a line end", async () => {
    for (const raw of [COLUMNS, `${COLUMNS}\n`, `${COLUMNS}\r\n\r\n`]) {
      const shop = await newShop();
      expect(await importFile(shop, raw)).toMatchObject({ status: "done", rows_read: 0, rows_rejected: 0 });
    }
  });

  it("must be text/csv of a known kind", async () => {
    const shop = await newShop();
    expect(
      (await uploadFile(shop.admin.token, fileOf([{}]), { "content-type": "application/json" })).status,
    ).toBe(415);
    const other = await call("POST", `${API}/imports?kind=gifts`, {
      token: shop.admin.token,
      raw: fileOf([{}]),
      headers: { "content-type": "text/csv" },
    });
    expect(other.status).toBe(422);
  });

  it("larger than one part of an upload to R2 is stored completely", async () => {
    const shop = await newShop();
    // Rejected rows are cheap, and this test is only about every byte arriving in order.
    const line = `0,A,${"x".repeat(490)},0,2026-03-02 10:00,1,,\n`;
    const lines = Math.ceil((9 * MiB) / line.length);
    const file = `${COLUMNS}\n${line.repeat(lines)}${fileOf([{ invoice: "last", price: "7.77" }]).slice(COLUMNS.length + 1)}`;
    expect(file.length).toBeGreaterThan(9 * MiB);
    const done = await importFile(shop, file);
    expect(done).toMatchObject({ status: "done", bytes_total: file.length, bytes_read: file.length });
    expect(done).toMatchObject({ rows_read: lines + 1, rows_accepted: 1, rows_rejected: lines });
    expect(
      await count("SELECT total n FROM sales WHERE tenant_id = ? AND external_ref = 'last'", shop.tenant.id),
    ).toBe(777);
  });

  it("that breaks off after a part was stored leaves no unfinished upload", async () => {
    const ended: string[] = [];
    const bucket = new Proxy(env.FILES, {
      get: (target, name) => {
        if (name !== "createMultipartUpload") return Reflect.get(target, name);
        return async (key: string) => {
          const upload = await target.createMultipartUpload(key);
          return {
            uploadPart: (no: number, part: Uint8Array) => upload.uploadPart(no, part),
            abort: async () => {
              await upload.abort();
              ended.push("aborted");
            },
          };
        };
      },
    });
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 1;
        if (sent === 7) controller.error(new Error("The client went away."));
        else controller.enqueue(Buffer.from(`${sent === 1 ? `${COLUMNS}\n` : ""}${"x,".repeat(MiB / 2)}`));
      },
    });
    const options = { kind: "sales", charset: null, mapping: NO_MAPPING, formats: {} } as const;
    await expect(storeFile(bucket, "imports/test", body, options)).rejects.toThrow("The client went away.");
    expect(ended).toEqual(["aborted"]);
  });

  it("is deleted when its import ends", async () => {
    const shop = await newShop();
    await importFile(shop, fileOf([{}]));
    expect(await filesOf(shop)).toEqual([]);
  });
});

describe("the same file again", () => {
  const file = fileOf([{ invoice: "1" }, { invoice: "2", price: "3.00" }]);

  it("under the same Idempotency-Key is imported once, even if it is then sent five times at once", async () => {
    const shop = await newShop();
    const send = () => uploadFile(shop.admin.token, file, { "idempotency-key": "k" });
    const first = await send();
    const answers = await Promise.all(Array.from({ length: 5 }, send));
    for (const answer of answers) {
      expect(answer.status).toBe(202);
      expect(answer.body).toEqual(first.body);
      expect(answer.headers.get("idempotent-replayed")).toBe("true");
    }
    await waitForImport(shop.admin.token, first.body.id);
    expect(await importsOf(shop)).toBe(1);
    expect(await count("SELECT sum(total) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(400);
    expect(await filesOf(shop)).toEqual([]);
  });

  it("sent five times at once from the start is imported once", async () => {
    const shop = await newShop();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => uploadFile(shop.admin.token, file, { "idempotency-key": "k" })),
    );
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get("idempotent-replayed") === "true").length).toBe(4);
    await waitForImport(shop.admin.token, answers[0]?.body.id);
    expect(await importsOf(shop)).toBe(1);
    expect(await filesOf(shop)).toEqual([]);
  });

  it("as gzip under the same key is the same request; a different file is rejected", async () => {
    const shop = await newShop();
    const first = await uploadFile(shop.admin.token, file, { "idempotency-key": "k" });
    const same = await uploadFile(shop.admin.token, await gzip(file), { "idempotency-key": "k" });
    expect(same.body.id).toBe(first.body.id);
    const other = await uploadFile(shop.admin.token, fileOf([{ invoice: "3" }]), { "idempotency-key": "k" });
    expect(other.status).toBe(422);
    expect(other.body.type).toBe("/problems/idempotency-mismatch");
    await waitForImport(shop.admin.token, first.body.id);
    expect(await importsOf(shop)).toBe(1);
  });

  it("as a second import adds what is new, and counts the rows that the shop has already", async () => {
    const shop = await newShop();
    await importFile(shop, file);
    const again = await importFile(shop, `${file}3,A,New,1,2026-03-02 10:00,5.00,,\n`);
    expect(again).toMatchObject({ rows_read: 3, rows_accepted: 1, rows_known: 2, rows_rejected: 0 });
    expect(await count("SELECT sum(total) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(900);
  });

  it("under the same key but of another sheet is another request", async () => {
    const shop = await newShop();
    const row = (price: number) => [
      ["Order No", "SKU", "Qty", "Date", "Price"],
      ["1", "A", 1, "2026-04-03", price],
    ];
    const raw = new Uint8Array(zipOf(partsOf({ A: { rows: row(1) }, B: { rows: row(1) } })));
    const send = (sheet: string) =>
      call("POST", `${API}/imports?kind=sales&sheet=${sheet}`, {
        token: shop.admin.token,
        raw,
        headers: { "content-type": "text/csv", "idempotency-key": "k" },
      });
    expect((await send("A")).status).toBe(202);
    expect((await send("B")).body.type).toBe("/problems/idempotency-mismatch");
  });

  it("under the same key but with another decimal separator or order of dates is another request", async () => {
    const shop = await newShop();
    const send = (query: string) =>
      call("POST", `${API}/imports?kind=sales${query}`, {
        token: shop.admin.token,
        raw: fileOf([{ price: "1.25" }]),
        headers: { "content-type": "text/csv", "idempotency-key": "layout" },
      });
    expect((await send("&decimal=point")).status).toBe(202);
    expect((await send("&decimal=point")).headers.get("idempotent-replayed")).toBe("true");
    for (const query of ["", "&decimal=comma", "&dates=ymd"])
      expect((await send(query)).body.type, query).toBe("/problems/idempotency-mismatch");
    const plain = await newShop();
    const mapping = `&mapping=${encodeURIComponent(JSON.stringify({ Country: null }))}`;
    const sendPlain = (query: string) =>
      uploadFile(
        plain.admin.token,
        fileOf([{ price: "1.25" }]),
        { "idempotency-key": "plain" },
        "sales",
        query,
      );
    expect((await sendPlain("")).status).toBe(202);
    for (const query of ["&decimal=point", "&dates=ymd", mapping])
      expect((await sendPlain(query)).body.type, query).toBe("/problems/idempotency-mismatch");
  });

  it("in another shop is imported there", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    await importFile(shop, file);
    expect(await importFile(other, file)).toMatchObject({ rows_accepted: 2, rows_rejected: 0 });
  });
});

describe("an import that is stored but whose D1 response is lost", () => {
  const file = fileOf([{ invoice: "1" }]);
  const CONNECTION_LOST = new Error("D1_ERROR: Network connection lost.");
  const losingResponses = () =>
    tappedDb(env.DB, {
      after: () => {
        throw CONNECTION_LOST;
      },
    });
  const startWith = async (shop: Shop, DB: D1Database, key?: string) => {
    const { ctx, sent } = recording(shop.admin.ctx(), "IMPORTS");
    const db = openDb({ DB }, shop.tenant.id, "first-primary");
    const body = new Blob([file]).stream();
    const started = await startImport({ ...ctx, db }, "sales", body, key).catch((error: unknown) => error);
    return { started, sent };
  };

  it("is found by its Idempotency-Key and continues", async () => {
    const shop = await newShop();
    const { started, sent } = await startWith(shop, losingResponses(), "k");
    const [key] = await filesOf(shop);
    const id = key?.split("/").at(-1)?.replace(".csv", "");
    expect(started).toMatchObject({ replayed: true, value: { id } });
    expect(sent).toEqual([{ kind: "import", tenant_id: shop.tenant.id, import_id: id }]);
    expect(await importsOf(shop)).toBe(1);
  });

  it("retains its file without an Idempotency-Key, and the sweep resumes it", async () => {
    const shop = await newShop();
    const { started } = await startWith(shop, losingResponses());
    expect(started).toMatchObject({ slug: "unavailable" });
    expect((await filesOf(shop)).length).toBe(1);
    await resumeStaleImports(base(new Date(Date.now() + 120_000)));
    const { body } = await call("GET", `${API}/imports`, { token: shop.admin.token });
    expect(await waitForImport(shop.admin.token, body.data[0].id)).toMatchObject({
      status: "done",
      rows_accepted: 1,
    });
  });

  it("retains its file if D1 stays unavailable, and deletes it if D1 has no such import", async () => {
    const shop = await newShop();
    const unavailable = failingDb(failingDb(env.DB, 1, CONNECTION_LOST).db, 2, CONNECTION_LOST).db;
    expect((await startWith(shop, unavailable)).started).toMatchObject({ slug: "unavailable" });
    expect((await filesOf(shop)).length).toBe(1);
    const other = await newShop();
    expect((await startWith(other, failingDb(env.DB, 1, CONNECTION_LOST).db)).started).toMatchObject({
      slug: "unavailable",
    });
    expect(await filesOf(other)).toEqual([]);
  });
});

describe("an upload that R2 fails to abort", () => {
  it("is rejected with the original problem", async () => {
    const { admin } = await newShop();
    const ctx = admin.ctx();
    const failing = async () => {
      throw new Error("We encountered an internal error. (10001)");
    };
    const FILES = new Proxy(env.FILES, {
      get: (bucket, name) =>
        name === "createMultipartUpload"
          ? async (key: string) => Object.assign(await bucket.createMultipartUpload(key), { abort: failing })
          : Reflect.get(bucket, name),
    });
    const line = `0,A,${"x".repeat(490)},0,2026-03-02 10:00,1,,\n`;
    const compressed = await gzip(`${COLUMNS}\n${Buffer.alloc(6 * MiB, line).toString()}`);
    const body = new Blob([compressed.slice(0, -1)]).stream();
    await expect(
      startImport({ ...ctx, env: { ...ctx.env, FILES } }, "sales", body, undefined),
    ).rejects.toMatchObject({ slug: "invalid-gzip" });
  });
});
