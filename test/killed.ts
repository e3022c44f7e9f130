// Kills the server during checkouts, restarts it on the same state and repeats every checkout under its key: each purchase exists exactly
// once. `npm test` runs it as a step of its own, because it needs a server to kill.
import { deepStrictEqual, ok } from "node:assert";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { createBuyers, type Buyer } from "../bench/buyers.ts";
import { migrate, appWorker, start, type Runtime } from "../bench/runtime.ts";
import { addProduct, signUp } from "../bench/client.ts";

const BUYERS = 80;
const AT_ONCE = 10;
const RESPONSES_BEFORE_KILL = 20;

const purchase = z.object({ id: z.string() });
const folder = mkdtempSync(join(tmpdir(), "mostrador-killed-"));
let running: Runtime | undefined;

type Attempt = { buyer: Buyer; key: string };

/** Returns the id of the purchase; throws if the checkout fails. */
async function checkOut(url: string, { buyer, key }: Attempt): Promise<string> {
  const headers = {
    authorization: `Bearer ${buyer.token}`,
    "content-type": "application/json",
    "idempotency-key": key,
  };
  const body = JSON.stringify({ payment_method: "card" });
  const response = await fetch(`${url}/api/v1/purchases/checkout`, { method: "POST", headers, body });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`${response.status} ${text}`);
  return purchase.parse(JSON.parse(text)).id;
}

async function killAndRepeat(): Promise<string> {
  const worker = appWorker(join(folder, "bundle"));
  running = await start(worker, join(folder, "state"));
  await migrate(running);
  const shop = await signUp(running.url, "killed");
  const product = await addProduct(shop);
  const buyers = await createBuyers(running, worker, shop, [product], BUYERS);
  const attempts = buyers.map((buyer) => ({ buyer, key: randomUUID() }));

  const { url, pid } = running;
  if (pid === null) return "Skipped: only Linux reports the process id of the server.";
  const idsBefore = new Map<string, string>();
  const waiting = [...attempts];
  let isKilled = false;
  const sendAll = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      idsBefore.set(next.key, await checkOut(url, next));
      if (idsBefore.size < RESPONSES_BEFORE_KILL || isKilled) continue;
      isKilled = true;
      process.kill(Number(pid), "SIGKILL");
    }
  };
  await Promise.allSettled(Array.from({ length: AT_ONCE }, sendAll));
  ok(isKilled && idsBefore.size < BUYERS, `all ${idsBefore.size} succeeded before the server was killed`);
  await running.stop();

  running = await start(worker, join(folder, "state"));
  const { url: restartedUrl, miniflare } = running;
  const db = await miniflare.getD1Database("DB");
  const query = "SELECT count(*) AS purchases, sum(units) / 1000.0 AS units FROM sales";
  const afterKill = await db.prepare(query).first<{ purchases: number }>();
  const ids = [];
  for (const attempt of attempts) ids.push(await checkOut(restartedUrl, attempt));
  for (const [index, { key }] of attempts.entries())
    if (idsBefore.has(key)) deepStrictEqual(ids[index], idsBefore.get(key), "a purchase was made twice");
  deepStrictEqual(new Set(ids).size, BUYERS);
  deepStrictEqual(await db.prepare(query).first(), { purchases: BUYERS, units: BUYERS });
  const effects = await db
    .prepare(
      "SELECT 1000000000 - stock / 1000.0 AS sold, (SELECT count(*) FROM events WHERE type = 'purchase.placed') AS events FROM products",
    )
    .first();
  deepStrictEqual(effects, { sold: BUYERS, events: BUYERS });
  return `Killed after ${idsBefore.size} of ${BUYERS} responses, with ${afterKill?.purchases} purchases stored; after repeating all checkouts: ${BUYERS} purchases.`;
}

try {
  process.stdout.write(`${await killAndRepeat()}\n`);
} finally {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
}
