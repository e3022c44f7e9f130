// The server is killed in the midst of checkouts, started again on the same state, and every checkout is sent again under its
// key: no purchase is there twice, and none is missing. Run by `npm test` on its own, because it needs a server to kill.
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
const ANSWERS_BEFORE_THE_KILL = 20;

const answer = z.object({ id: z.string() });
const folder = mkdtempSync(join(tmpdir(), "mostrador-killed-"));
let running: Runtime | undefined;

type Attempt = { buyer: Buyer; key: string };

/** The id of the purchase; fails where the server is gone. */
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
  return answer.parse(JSON.parse(text)).id;
}

async function killAndSendAgain(): Promise<string> {
  const worker = appWorker(join(folder, "bundle"));
  running = await start(worker, join(folder, "state"));
  await migrate(running);
  const shop = await signUp(running.url, "killed");
  const product = await addProduct(shop);
  const buyers = await createBuyers(running, worker, shop, [product], BUYERS);
  const attempts = buyers.map((buyer) => ({ buyer, key: randomUUID() }));

  const { url, pid } = running;
  if (pid === null) return "Skipped: only Linux says which process is the server's.";
  const first = new Map<string, string>();
  const waiting = [...attempts];
  let isKilled = false;
  const sendAll = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      first.set(next.key, await checkOut(url, next));
      if (first.size < ANSWERS_BEFORE_THE_KILL || isKilled) continue;
      isKilled = true;
      process.kill(Number(pid), "SIGKILL");
    }
  };
  await Promise.allSettled(Array.from({ length: AT_ONCE }, sendAll));
  ok(isKilled && first.size < BUYERS, `all ${first.size} were answered before the server was killed`);
  await running.stop();

  running = await start(worker, join(folder, "state"));
  const { url: again, miniflare } = running;
  const db = await miniflare.getD1Database("DB");
  const query = "SELECT count(*) AS made, sum(units) AS units FROM sales";
  const kept = await db.prepare(query).first<{ made: number }>();
  const ids = [];
  for (const attempt of attempts) ids.push(await checkOut(again, attempt));
  for (const [index, { key }] of attempts.entries())
    if (first.has(key)) deepStrictEqual(ids[index], first.get(key), "a purchase was made twice");
  deepStrictEqual(new Set(ids).size, BUYERS);
  deepStrictEqual(await db.prepare(query).first(), { made: BUYERS, units: BUYERS });
  const left = await db
    .prepare(
      "SELECT 1000000000 - stock AS sold, (SELECT count(*) FROM events WHERE type = 'purchase.placed') AS events FROM products",
    )
    .first();
  deepStrictEqual(left, { sold: BUYERS, events: BUYERS });
  return `Killed after ${first.size} answers of ${BUYERS} with ${kept?.made} purchases stored; sent again: ${BUYERS} purchases.`;
}

try {
  process.stdout.write(`${await killAndSendAgain()}\n`);
} finally {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
}
