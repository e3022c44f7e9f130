// Whether endpoints that never answer delay the deliveries of another shop. Three Workers take turns: in the first, a quick shop is
// alone; in the others, one and three shops beside it have an endpoint that hangs, a new one each turn, so that each turn has its
// first time-out and its first probe. The local runtime runs one batch of the queue at a time.
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { request, signIn, signUp, type Shop } from "./client.ts";
import { measureSteal } from "./cpu-steal.ts";
import { percentile } from "./percentile.ts";
import { appWorker, migrate, type Worker } from "./runtime.ts";
import type { Workspace } from "./workspace.ts";

const ROUNDS = 3;
const TURN_SECONDS = 45;
const QUICK_EVERY_MS = 250;
const HANGING_EVERY_MS = 1000;
/** How long after a turn its last deliveries may arrive. */
const GRACE_MS = 60_000;
const HANGING_SHOPS = [0, 1, 3];
const TARGET_RATIO = 1.25;

const idShape = z.object({ id: z.string() });

/** A receiver whose path /quick answers at once and whose path /hang never does. */
async function receive() {
  const arrivals = new Map<string, number>();
  let hanging = 0;
  const server = createServer((incoming, response) => {
    if (incoming.url !== "/quick") {
      hanging += 1;
      return;
    }
    arrivals.set(String(incoming.headers["webhook-id"]), performance.now());
    incoming.resume();
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    arrivals,
    hangingRequests: () => hanging,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

type Receiver = Awaited<ReturnType<typeof receive>>;

async function addWebhook(shop: Shop, url: string): Promise<string> {
  const response = await request(shop.url, "/webhooks", {
    method: "POST",
    headers: { ...shop.headers, "content-type": "application/json" },
    body: JSON.stringify({ url, event_types: ["webhook.ping"] }),
  });
  return idShape.parse(await response.json()).id;
}

/** Emits an event for the endpoint; returns its id. */
async function emit(shop: Shop, webhook: string): Promise<string> {
  const init = { method: "POST", headers: shop.headers };
  return idShape.parse(await (await request(shop.url, `/webhooks/${webhook}/test`, init)).json()).id;
}

/** Emits events at a steady rate until `end`. */
async function emitSteadily(
  shop: Shop,
  webhook: string,
  everyMs: number,
  end: number,
): Promise<Map<string, number>> {
  const sent = new Map<string, number>();
  for (let next = performance.now(); next < end; next += everyMs) {
    await sleep(Math.max(0, next - performance.now()));
    const at = performance.now();
    sent.set(await emit(shop, webhook), at);
  }
  return sent;
}

/** Starts a Worker with a quick shop and hanging ones; returns a turn, which yields the delays of the quick shop's deliveries in ms. */
async function openScenario(
  { startWorker }: Workspace,
  worker: Worker,
  receiver: Receiver,
  hangingShops: number,
) {
  const runtime = await startWorker(`hanging-${hangingShops}`, worker);
  await migrate(runtime);
  const quick = await signUp(runtime.url, "quick");
  const webhook = await addWebhook(quick, `${receiver.url}/quick`);
  const slugs = Array.from({ length: hangingShops }, (_, index) => `hanging-${index}`);
  for (const slug of slugs) await signUp(runtime.url, slug);
  return async (): Promise<number[]> => {
    const shop = await signIn(runtime.url, quick.slug);
    const end = performance.now() + TURN_SECONDS * 1000;
    const hanging = slugs.map(async (slug) => {
      const other = await signIn(runtime.url, slug);
      const id = await addWebhook(other, `${receiver.url}/hang`);
      await emitSteadily(other, id, HANGING_EVERY_MS, end);
      return () => request(other.url, `/webhooks/${id}`, { method: "DELETE", headers: other.headers });
    });
    const sent = await emitSteadily(shop, webhook, QUICK_EVERY_MS, end);
    const missing = (): string[] => [...sent.keys()].filter((id) => !receiver.arrivals.has(`msg_${id}`));
    for (const until = performance.now() + GRACE_MS; missing().length > 0 && performance.now() < until;)
      await sleep(100);
    if (missing().length > 0)
      console.log(`  ${missing().length} deliveries did not arrive within ${GRACE_MS / 1000} s`);
    for (const remove of await Promise.all(hanging)) await remove();
    return [...sent].map(([id, at]) => (receiver.arrivals.get(`msg_${id}`) ?? Infinity) - at);
  };
}

export async function benchWebhooks(workspace: Workspace): Promise<void> {
  const receiver = await receive();
  const worker = appWorker(join(workspace.folder, "bundle"));
  const scenarios = [];
  for (const hanging of HANGING_SHOPS)
    scenarios.push({
      hanging,
      delays: [] as number[],
      turn: await openScenario(workspace, worker, receiver, hanging),
    });
  const stolen = measureSteal();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const { delays, turn } of scenarios) delays.push(...(await turn()));
  const figures = scenarios.map(({ hanging, delays }) => {
    const [middle, high, max] = [0.5, 0.95, 1].map((share) => percentile(delays, share));
    return { hanging, middle: middle ?? NaN, high: high ?? NaN, max: max ?? NaN, of: delays.length };
  });
  const [alone] = figures;
  console.log(
    `Delay of the quick shop's deliveries in ms, ${ROUNDS} turns of ${TURN_SECONDS} s each; the target is ${TARGET_RATIO} times that of alone`,
  );
  for (const { hanging, middle, high, max, of } of figures) {
    const ratio = (value: number, reference = NaN) =>
      `${value.toFixed(0).padStart(6)} (${(value / reference).toFixed(2)})`;
    console.log(
      `  ${hanging} hanging endpoints   median ${ratio(middle, alone?.middle)}   95th ${ratio(high, alone?.high)}   max ${max.toFixed(0).padStart(6)}   of ${of}`,
    );
  }
  console.log(
    `  ${receiver.hangingRequests()} requests to hanging endpoints; ${(stolen() * 100).toFixed(1)} % of the CPU time was stolen`,
  );
  receiver.close();
}
