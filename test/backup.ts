// A shop is backed up while it sells, and put back into an empty state: what it had is there, and it works. A backup that was
// killed before, and a restore that was cut off, are made good. Run by `npm test` on its own, because it needs a server and
// the commands themselves.
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
import { openEnvironment } from "../scripts/backup/environment.ts";
import { restoreBackup } from "../scripts/backup/restore-backup.ts";
import { readerOf, readSchema } from "../scripts/backup/schema.ts";
import { openSource } from "../scripts/backup/source.ts";
import { startChangeLog } from "../scripts/backup/change-log.ts";
import { image } from "./support/images.ts";

const folder = mkdtempSync(join(tmpdir(), "mostrador-backup-"));
const place = (name: string): string => join(folder, name);
let running: Runtime | undefined;

/** Runs a command to its end, which must be a good one. */
async function run(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
  const code = await new Promise((resolve) => {
    child.once("close", resolve);
  });
  deepStrictEqual(code, 0, `${args.join(" ")}: ${text}`);
}

/** Backs up through the bindings, as at Cloudflare, where a killed backup has left its triggers. */
async function copyLive({ miniflare }: Runtime, to: string): Promise<Manifest> {
  const db = await miniflare.getD1Database("DB");
  const files = (await miniflare.getR2Bucket("FILES")) as unknown as R2Bucket;
  const read = readerOf(db);
  await startChangeLog(db, await readSchema(read), "killed");
  mkdirSync(to);
  return copySource({ name: "live", at: "", read, files, live: db, close: async () => {} }, to);
}

/** Puts a backup into a state; `cut` breaks off in the midst of the rows. */
async function putInto(state: string, from: string, cut = false): Promise<void> {
  const { db, ...rest } = await openEnvironment({ state: place(state) });
  const breaking: D1Database = {
    prepare: (query) => {
      if (query.startsWith('INSERT INTO "sale_lines"')) throw new Error("cut off");
      return db.prepare(query);
    },
    batch: (statements) => db.batch(statements),
    exec: (query) => db.exec(query),
    dump: () => db.dump(),
    withSession: (bookmark) => db.withSession(bookmark),
  };
  try {
    const used = { ...rest, db: cut ? breaking : db };
    deepStrictEqual(await restoreBackup(used, place(from), readManifest(place(from))), 0);
  } finally {
    await rest.close();
  }
}

const answer = z.record(z.string(), z.unknown());
const made = z.looseObject({ id: z.string(), cover_image_url: z.string().nullish() });

const get = async (shop: Shop, path: string) =>
  answer.parse(await (await request(shop.url, path, { headers: shop.headers })).json());

async function send(shop: Shop, method: string, path: string, type: string, body: BodyInit) {
  const headers = { ...shop.headers, "content-type": type, "idempotency-key": crypto.randomUUID() };
  return made.parse(await (await request(shop.url, path, { method, headers, body })).json());
}

const post = (shop: Shop, path: string, body: unknown) =>
  send(shop, "POST", path, "application/json", JSON.stringify(body));

const PAST = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,A-1,A thing,3,2026-01-02 10:00:00,1.50,17,Spain
2,A-2,Another,1,2026-01-03 10:00:00,2.25,18,France
`;

/** What a shop does in its first days; answers the product that it goes on selling, and the paths that tell of the rest. */
async function fill(shop: Shop): Promise<{ product: string; paths: string[]; cover: string }> {
  const book = { title: "Cuaderno del olivar", price: 1250, stock: 100_000, category: "Poesía", rating: 4.7 };
  const { id: product } = await post(shop, "/products", { sku: "POEMS", ...book });
  const { cover_image_url } = await send(
    shop,
    "PUT",
    `/products/${product}/cover`,
    "image/png",
    image("png"),
  );
  const wants = { url: "https://hooks.example.com/mostrador", event_types: ["user.registered"] };
  const endpoint = await post(shop, "/webhooks", wants);
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
  const shift = await post(shop, "/shifts/end", { counted_cash: 17_500 });
  const imported = await importFile(shop, "sales", gzipSync(PAST));
  const paths = [
    `/sales/${sale.id}`,
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

const answersOf = (shop: Shop, paths: string[]) =>
  Promise.all(paths.map(async (path) => ({ ...(await get(shop, path)), as_of: null })));

/** Sells until it is told to stop. */
function sellOn(shop: Shop, product: string) {
  const closing = new AbortController();
  let sold = 0;
  const selling = (async () => {
    for (; !closing.signal.aborted; sold += 1) await request(shop.url, "/sales", saleOf(shop, product));
  })();
  return {
    sold: () => sold,
    stop: async () => {
      closing.abort();
      await selling;
    },
  };
}

const salesOf = ({ tables }: Manifest): number => tables.find(({ name }) => name === "sales")?.rows ?? 0;

async function backUpAndRestore(): Promise<string> {
  const worker = appWorker(place("bundle"));
  running = await start(worker, place("state"));
  await migrate(running);
  const shop = await signUp(running.url, "kept");
  const { product, paths, cover } = await fill(shop);
  const before = await answersOf(shop, paths);
  const db = await running.miniflare.getD1Database("DB");
  const first = (await db.prepare("SELECT count(*) AS n FROM sales").first<number>("n")) ?? 0;

  const till = sellOn(shop, product);
  const live = await copyLive(running, place("live"));
  const during = till.sold();
  await run("scripts/backup.ts", "--state", place("state"), "--to", place("backup"));
  await till.stop();
  const inIt = salesOf(live) - first;
  // One may be stored whose answer has not come.
  ok(inIt > 0 && inIt <= during + 1, `${inIt} sales are in the backup, of ${during} made during it`);
  const left = "SELECT name FROM sqlite_master WHERE name GLOB 'backup_changes*'";
  deepStrictEqual((await db.prepare(left).all()).results, [], "a backup has left its triggers");
  await running.stop();

  await rejects(putInto("again", "live", true), /cut off/);
  await putInto("again", "live");
  await rejects(putInto("again", "live"), /has rows already .*Nothing was changed/);
  const source = await openSource({ state: place("again") });
  mkdirSync(place("second"));
  const { tables, objects, missing } = await copySource(source, place("second"));
  await source.close();
  deepStrictEqual({ tables, objects, missing }, { tables: live.tables, objects: live.objects, missing: [] });

  running = await start(worker, place("again"));
  const home = await signIn(running.url, "kept");
  deepStrictEqual(await answersOf(home, paths), before);
  const bytes = await (await fetch(`${running.url}${cover}`)).arrayBuffer();
  deepStrictEqual(Buffer.from(bytes), image("png"));
  const { data } = await get(home, "/products/search?q=cuadrno");
  ok(Array.isArray(data) && data.length === 1, "search does not find the book");
  await request(home.url, "/sales", saleOf(home, product));
  await running.stop();

  await run("scripts/restore.ts", "--from", place("backup"), "--state", place("third"));
  return `Backed up while ${during} sales were made, of which ${inIt} are in it; put back, and selling.`;
}

try {
  process.stdout.write(`${await backUpAndRestore()}\n`);
} finally {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
}
