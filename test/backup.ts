// Backs a shop up while it sells and restores it into an empty state: its data are the same, and it can sell. It also recovers from a
// killed backup and an interrupted restore. `npm test` runs it as a step of its own, because it needs a server and the commands.
import { deepStrictEqual, ok, rejects } from "node:assert";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { z } from "zod";
import { migrate, appWorker, ROOT, start, type Runtime } from "../bench/runtime.ts";
import { request, importFile, saleOf, signIn, signUp, type Shop } from "../bench/client.ts";
import { copySource } from "../scripts/backup/copy-source.ts";
import { readManifest, type Manifest } from "../scripts/backup/manifest.ts";
import { objectsOf, openEnvironment } from "../scripts/backup/environment.ts";
import { restoreBackup } from "../scripts/backup/restore-backup.ts";
import { readerOf, readSchema } from "../scripts/backup/schema.ts";
import { openSource } from "../scripts/backup/source.ts";
import { startChangeLog } from "../scripts/backup/change-log.ts";
import { image } from "./support/images.ts";

const folder = mkdtempSync(join(tmpdir(), "mostrador-backup-"));
const pathOf = (name: string): string => join(folder, name);
let running: Runtime | undefined;

/** Runs a command; fails if its exit code is not 0. */
async function run(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
  const code = await new Promise((resolve) => {
    child.once("close", resolve);
  });
  deepStrictEqual(code, 0, `${args.join(" ")}: ${text}`);
}

const bucketOf = async ({ miniflare }: Runtime, name: "FILES" | "LAKE"): Promise<R2Bucket> =>
  (await miniflare.getR2Bucket(name)) as unknown as R2Bucket;

/** Backs up through the bindings, as at Cloudflare, after a killed backup that has left its triggers. */
async function backUpLive(runtime: Runtime, to: string): Promise<Manifest> {
  const db = await runtime.miniflare.getD1Database("DB");
  const files = objectsOf({ FILES: await bucketOf(runtime, "FILES"), LAKE: await bucketOf(runtime, "LAKE") });
  const read = readerOf(db);
  await startChangeLog(db, await readSchema(read), "killed");
  mkdirSync(to);
  return copySource({ name: "live", at: "", read, files, live: db, close: async () => {} }, to);
}

/** Restores a backup into a state; with `interrupt` it fails while rows are inserted. */
async function restoreInto(state: string, from: string, interrupt = false): Promise<void> {
  const { db, ...rest } = await openEnvironment({ state: pathOf(state) });
  const failingDb: D1Database = {
    prepare: (query) => {
      if (query.startsWith('INSERT INTO "sale_lines"')) throw new Error("interrupted");
      return db.prepare(query);
    },
    batch: (statements) => db.batch(statements),
    exec: (query) => db.exec(query),
    dump: () => db.dump(),
    withSession: (bookmark) => db.withSession(bookmark),
  };
  try {
    const environment = { ...rest, db: interrupt ? failingDb : db };
    deepStrictEqual(await restoreBackup(environment, pathOf(from), readManifest(pathOf(from))), 0);
  } finally {
    await rest.close();
  }
}

const fields = z.record(z.string(), z.unknown());
const created = z.looseObject({ id: z.string(), cover_image_url: z.string().nullish() });

const get = async (shop: Shop, path: string) =>
  fields.parse(await (await request(shop.url, path, { headers: shop.headers })).json());

async function send(shop: Shop, method: string, path: string, type: string, body: BodyInit) {
  const headers = { ...shop.headers, "content-type": type, "idempotency-key": crypto.randomUUID() };
  return created.parse(await (await request(shop.url, path, { method, headers, body })).json());
}

const post = (shop: Shop, path: string, body: unknown) =>
  send(shop, "POST", path, "application/json", JSON.stringify(body));

const SALES_CSV = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,A-1,A thing,3,2026-01-02 10:00:00,1.50,17,Spain
2,A-2,Another,1,2026-01-03 10:00:00,2.25,18,France
`;

/** Creates data of every kind; returns a product to sell, paths that show the data, and the path of the cover. */
async function createData(shop: Shop): Promise<{ product: string; paths: string[]; cover: string }> {
  const book = { title: "Cuaderno del olivar", price: 1250, stock: 100_000, category: "Poesía", rating: 4.7 };
  const { id: product } = await post(shop, "/products", { sku: "POEMS", ...book });
  const { cover_image_url } = await send(
    shop,
    "PUT",
    `/products/${product}/cover`,
    "image/png",
    image("png"),
  );
  const subscription = { url: "https://hooks.example.com/mostrador", event_types: ["shift.idle"] };
  const endpoint = await post(shop, "/webhooks", subscription);
  await post(shop, "/shifts/start", { device_label: "Till 1", opening_cash: 15_000 });
  const sale = await post(shop, "/sales", { items: [{ product_id: product, quantity: 3 }] });
  const items = [{ product_id: product, quantity: 1 }];
  const refund = await post(shop, `/sales/${sale.id}/refunds`, { items, reason: "torn", restock: true });
  await request(shop.url, "/cart/items", {
    method: "POST",
    headers: { ...shop.headers, "content-type": "application/json" },
    body: JSON.stringify({ product_id: product, quantity: 2 }),
  });
  const purchase = await post(shop, "/purchases/checkout", { payment_method: "card" });
  const customer = await post(shop, "/customers", { name: "Begoña Núñez", email: "begona@example.com" });
  const shift = await post(shop, "/shifts/end", { counted_cash: 17_500 });
  const imported = await importFile(shop, "sales", gzipSync(SALES_CSV));
  const paths = [
    `/sales/${sale.id}`,
    `/customers/${customer.id}`,
    "/customers?q=bego+nun",
    `/sales/${refund.id}`,
    `/purchases/${purchase.id}`,
    `/shifts/${shift.id}/report`,
    `/imports/${imported.id}`,
    `/webhooks/${endpoint.id}`,
    "/metrics/kpis?from=2026-01-01&to=2026-01-31",
    "/metrics/top-countries?from=2026-01-01&to=2026-01-31",
    "/auth/me",
    "/shop",
  ];
  return { product, paths, cover: new URL(cover_image_url ?? "").pathname };
}

async function textOf(runtime: Runtime, bucket: "FILES" | "LAKE", key: string): Promise<string | undefined> {
  const object = await (await bucketOf(runtime, bucket)).get(key);
  return object?.text();
}

const importKey = z.object({ tenant_id: z.string(), id: z.string() });

/** Opens the import again and seals a day of events. Returns the keys of its file and of that of the day. */
async function addObjects(runtime: Runtime): Promise<{ FILES: string; LAKE: string }> {
  const db = await runtime.miniflare.getD1Database("DB");
  const opened = "UPDATE imports SET status = 'running', finished_at = NULL RETURNING tenant_id, id";
  const { tenant_id, id } = importKey.parse(await db.prepare(opened).first());
  const keys = { FILES: `imports/${tenant_id}/${id}.csv`, LAKE: `${tenant_id}/events/sealed.parquet` };
  await db
    .prepare(
      "INSERT INTO lake_shops (tenant_id, revision, sealed_day, sealed_end) VALUES (?, 1, '2020-01-01', '0')",
    )
    .bind(tenant_id)
    .run();
  await db
    .prepare(
      "INSERT INTO lake_files (tenant_id, key, dataset, day, rows, bytes, etag, created_at, added) VALUES (?, ?, 'events', '2020-01-01', 1, 1, '', '', 1)",
    )
    .bind(tenant_id, keys.LAKE)
    .run();
  for (const name of ["FILES", "LAKE"] as const) await (await bucketOf(runtime, name)).put(keys[name], name);
  return keys;
}

const responsesOf = (shop: Shop, paths: string[]) =>
  Promise.all(paths.map(async (path) => ({ ...(await get(shop, path)), as_of: null })));

/** Sells until `stop` is called. */
function startSelling(shop: Shop, product: string) {
  const stopping = new AbortController();
  let sold = 0;
  const selling = (async () => {
    for (; !stopping.signal.aborted; sold += 1) await request(shop.url, "/sales", saleOf(shop, product));
  })();
  return {
    sold: () => sold,
    stop: async () => {
      stopping.abort();
      await selling;
    },
  };
}

const salesOf = ({ tables }: Manifest): number => tables.find(({ name }) => name === "sales")?.rows ?? 0;

async function backUpAndRestore(): Promise<string> {
  const worker = appWorker(pathOf("bundle"));
  running = await start(worker, pathOf("state"));
  await migrate(running);
  const shop = await signUp(running.url, "backup");
  const { product, paths, cover } = await createData(shop);
  const keys = await addObjects(running);
  const before = await responsesOf(shop, paths);
  const db = await running.miniflare.getD1Database("DB");
  const salesBefore = (await db.prepare("SELECT count(*) AS n FROM sales").first<number>("n")) ?? 0;

  const seller = startSelling(shop, product);
  const live = await backUpLive(running, pathOf("live"));
  const during = seller.sold();
  await run("scripts/backup.ts", "--state", pathOf("state"), "--to", pathOf("backup"));
  await seller.stop();
  const soldInBackup = salesOf(live) - salesBefore;
  // The response to one stored sale may not have arrived yet.
  ok(
    soldInBackup > 0 && soldInBackup <= during + 1,
    `${soldInBackup} sales are in the backup, of ${during} made meanwhile`,
  );
  const triggers = "SELECT name FROM sqlite_master WHERE name GLOB 'backup_changes*'";
  deepStrictEqual((await db.prepare(triggers).all()).results, [], "a backup has left its triggers");
  await running.stop();

  await rejects(restoreInto("restored-state", "live", true), /interrupted/);
  await restoreInto("restored-state", "live");
  await rejects(restoreInto("restored-state", "live"), /has rows already .*Nothing was changed/);
  const source = await openSource({ state: pathOf("restored-state") });
  mkdirSync(pathOf("second"));
  const { tables, objects, missing } = await copySource(source, pathOf("second"));
  await source.close();
  deepStrictEqual({ tables, objects, missing }, { tables: live.tables, objects: live.objects, missing: [] });

  running = await start(worker, pathOf("restored-state"));
  const restored = await signIn(running.url, "backup");
  deepStrictEqual(await responsesOf(restored, paths), before);
  const bytes = await (await fetch(`${running.url}${cover}`)).arrayBuffer();
  deepStrictEqual(Buffer.from(bytes), image("png"));
  for (const name of ["FILES", "LAKE"] as const)
    deepStrictEqual(await textOf(running, name, keys[name]), name, `${keys[name]} is not restored`);
  const { data } = await get(restored, "/products/search?q=cuadrno");
  ok(Array.isArray(data) && data.length === 1, "search does not find the book");
  await request(restored.url, "/sales", saleOf(restored, product));
  await running.stop();

  await run("scripts/restore.ts", "--from", pathOf("backup"), "--state", pathOf("third"));
  return `Backed up while ${during} sales were made, of which the backup has ${soldInBackup}; the restored shop sells.`;
}

try {
  process.stdout.write(`${await backUpAndRestore()}\n`);
} finally {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
}
