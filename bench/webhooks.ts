// Whether endpoints that never answer delay the deliveries of another shop. Workers take turns: in the first, a quick shop is alone; in
// the others, shops beside it sell every four seconds, and their endpoints answer, or hang. An endpoint is new in each turn, so that each
// turn has its first time-out. The local runtime runs one batch of the queue at a time. Ratios are those within a round, because the
// machine may be busy with other work.
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { addProduct, request, saleOf, signIn, signUp, type Shop } from "./client.ts";
import { measureSteal } from "./cpu-steal.ts";
import { percentile } from "./percentile.ts";
import { appWorker, migrate, type Worker } from "./runtime.ts";
import type { Workspace } from "./workspace.ts";

const ROUNDS = 8;
const TURN_SECONDS = 12;
const QUICK_EVERY_MS = 300;
const OTHERS_EVERY_MS = 4000;
/** How long after a turn its last deliveries may arrive. */
const GRACE_MS = 60_000;
const TARGET_RATIO = 1.25;

const SCENARIOS = [
  { name: "alone", shops: 0, path: "quick" },
  { name: "3 endpoints that answer", shops: 3, path: "quick" },
  { name: "1 endpoint that hangs", shops: 1, path: "hang" },
  { name: "3 endpoints that hang", shops: 3, path: "hang" },
];

const idShape = z.object({ id: z.string() });
const deliveryShape = z.object({ data: idShape });

/** A receiver whose path /quick answers at once and whose path /hang never does. `arrivals` are the times by the id of the sale. */
async function receive() {
  const arrivals = new Map<string, number>();
  let hanging = 0;
  const server = createServer((incoming, response) => {
    if (incoming.url !== "/quick") {
      hanging += 1;
      return;
    }
    const at = performance.now();
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("end", () => {
      response.writeHead(204).end();
      arrivals.set(deliveryShape.parse(JSON.parse(Buffer.concat(parts).toString())).data.id, at);
    });
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
    body: JSON.stringify({ url, event_types: ["sale.completed"] }),
  });
  return idShape.parse(await response.json()).id;
}

type Seller = { shop: Shop; product: string };

/** Sells at a steady rate until `end`; returns when each sale was requested. */
async function sellSteadily(
  { shop, product }: Seller,
  everyMs: number,
  end: number,
): Promise<Map<string, number>> {
  const sold = new Map<string, number>();
  for (let next = performance.now(); next < end; next += everyMs) {
    await sleep(Math.max(0, next - performance.now()));
    const at = performance.now();
    const response = await request(shop.url, "/sales", saleOf(shop, product));
    sold.set(idShape.parse(await response.json()).id, at);
  }
  return sold;
}

async function openSeller(url: string, slug: string): Promise<Seller> {
  const shop = await signUp(url, slug);
  return { shop, product: await addProduct(shop) };
}

const signedIn = async ({ shop, product }: Seller): Promise<Seller> => ({
  shop: await signIn(shop.url, shop.slug),
  product,
});

/** Starts a Worker; returns a turn, which yields the milliseconds from the request of each sale of the quick shop to its delivery. */
async function openScenario(
  { startWorker }: Workspace,
  worker: Worker,
  receiver: Receiver,
  { shops, path, name }: (typeof SCENARIOS)[number],
) {
  const runtime = await startWorker(name, worker);
  await migrate(runtime);
  const quick = await openSeller(runtime.url, "quick");
  await addWebhook(quick.shop, `${receiver.url}/quick`);
  const others: Seller[] = [];
  for (let index = 0; index < shops; index += 1) others.push(await openSeller(runtime.url, `other-${index}`));
  return async (): Promise<number[]> => {
    const seller = await signedIn(quick);
    const beside = await Promise.all(others.map(signedIn));
    const end = performance.now() + TURN_SECONDS * 1000;
    const turns = beside.map(async (other) => {
      const id = await addWebhook(other.shop, `${receiver.url}/${path}`);
      await sellSteadily(other, OTHERS_EVERY_MS, end);
      const { url, headers } = other.shop;
      return () => request(url, `/webhooks/${id}`, { method: "DELETE", headers });
    });
    const sold = await sellSteadily(seller, QUICK_EVERY_MS, end);
    const missing = (): number => [...sold.keys()].filter((id) => !receiver.arrivals.has(id)).length;
    for (const until = performance.now() + GRACE_MS; missing() > 0 && performance.now() < until;)
      await sleep(100);
    if (missing() > 0)
      console.log(`  ${name}: ${missing()} deliveries did not arrive within ${GRACE_MS / 1000} s`);
    for (const remove of await Promise.all(turns)) await remove();
    return [...sold].map(([id, at]) => (receiver.arrivals.get(id) ?? Number.POSITIVE_INFINITY) - at);
  };
}

const median = (values: number[]): number => percentile(values, 0.5);

export async function benchWebhooks(workspace: Workspace): Promise<void> {
  const receiver = await receive();
  const worker = appWorker(join(workspace.folder, "bundle"));
  const scenarios: { name: string; turn: () => Promise<number[]>; delays: number[][] }[] = [];
  for (const scenario of SCENARIOS)
    scenarios.push({
      name: scenario.name,
      turn: await openScenario(workspace, worker, receiver, scenario),
      delays: [],
    });
  const stolen = measureSteal();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const { delays, turn } of scenarios) delays.push(await turn());
  const alone = scenarios[0]?.delays ?? [];
  console.log(
    `From the sale of the quick shop to its delivery, ${ROUNDS} turns of ${TURN_SECONDS} s each; the target is ${TARGET_RATIO} times that of alone`,
  );
  for (const { name, delays } of scenarios) {
    const all = delays.flat();
    const figure = (share: number): string => {
      const ratio = median(
        delays.map((each, round) => percentile(each, share) / percentile(alone[round] ?? [], share)),
      );
      return `${percentile(all, share).toFixed(0).padStart(6)} ms (${ratio.toFixed(2)})`;
    };
    const max = percentile(all, 1).toFixed(0);
    console.log(
      `  ${name.padEnd(24)} median ${figure(0.5)}   95th ${figure(0.95)}   max ${max} ms of ${all.length}`,
    );
  }
  console.log(
    `  in brackets: the median, over the rounds, of the ratio to alone; ${receiver.hangingRequests()} requests to endpoints that hang; ${(stolen() * 100).toFixed(1)} % of the CPU time was stolen`,
  );
  receiver.close();
}
