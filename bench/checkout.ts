// Checkouts a second of our Worker (sign-in check, batch) beside the bare minimum: one D1 batch of the same statements
// without our code. In turns, each checkout by a customer of its own with a filled cart.
import autocannon from "autocannon";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { makeBuyers, type Buyer } from "./buyers.ts";
import type { Lab } from "./lab.ts";
import { median } from "./median.ts";
import { bareWorker, migrate, ourWorker, type Runtime } from "./runtime.ts";
import { actorOf, addProduct, signUp } from "./shop.ts";
import { cpuMs } from "./workerd.ts";

const ROUNDS = 5;
const CHECKOUTS = 600;
const LINES = 3;
const CONNECTIONS = 32;
const AIM = 0.5;

// autocannon prepares some requests more than it sends.
const SPARE = 2 * CONNECTIONS;

/** Checkouts a second, and milliseconds of CPU a checkout: NaN where that cannot be read. */
type Rate = { perSecond: number; cpu: number };

async function rate({ url, pid }: Runtime, buyers: Buyer[]): Promise<Rate> {
  const waiting = [...buyers];
  const before = cpuMs(pid);
  const begin = performance.now();
  // autocannon itself ends at a whole second.
  let end = begin;
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    amount: CHECKOUTS,
    requests: [
      {
        method: "POST",
        path: "/api/v1/purchases/checkout",
        onResponse: () => {
          end = performance.now();
        },
        setupRequest: (request) => {
          const buyer = waiting.pop();
          if (!buyer) throw new Error("there are no buyers left");
          return {
            ...request,
            body: JSON.stringify({ payment_method: "card" }),
            headers: {
              authorization: `Bearer ${buyer.token}`,
              "content-type": "application/json",
              "idempotency-key": crypto.randomUUID(),
              // For the bare Worker, which asks nobody.
              "x-buyer": buyer.id,
            },
          };
        },
      },
    ],
  });
  const after = cpuMs(pid);
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} answers are no success, ${result.errors} requests failed`);
  const cpu = before === null || after === null ? Number.NaN : (after - before) / CHECKOUTS;
  return { perSecond: (1000 * CHECKOUTS) / (end - begin), cpu };
}

export async function benchCheckout({ folder, startIn }: Lab): Promise<void> {
  const worker = ourWorker(join(folder, "bundle"));
  const loading = await startIn("ours", worker);
  await migrate(loading);
  const shop = await signUp(loading.url, "checkout");
  const products = [];
  for (let line = 1; line <= LINES; line += 1) products.push(await addProduct(shop, `BENCH-${line}`));
  const each = CHECKOUTS + SPARE;
  const buyers = await makeBuyers(loading, worker, shop, products, (ROUNDS + 1) * each);
  await loading.stop();
  cpSync(join(folder, "ours"), join(folder, "bare"), { recursive: true });
  const ours = await startIn("ours", worker);
  const bare = await startIn("bare", bareWorker(join(folder, "bare-bundle"), actorOf(shop)));

  const rounds: { ours: Rate; bare: Rate }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const some = buyers.slice(round * each, (round + 1) * each);
    rounds.push({ ours: await rate(ours, some), bare: await rate(bare, some) });
  }
  // The first round warms both up.
  const measured = rounds.slice(1);
  const row = (label: string, digits: number, of: (rate: Rate) => number, ratio: number) => {
    const list = (rates: Rate[]) => rates.map((each) => of(each).toFixed(digits)).join(" ");
    const both = `ours ${list(measured.map((round) => round.ours))}   bare ${list(measured.map((round) => round.bare))}`;
    console.log(`${label.padEnd(24)} ${both}   ratio ${ratio.toFixed(2)}${ratio < AIM ? " BELOW" : ""}`);
  };
  console.log(
    `${CONNECTIONS} connections, ${ROUNDS} rounds of ${CHECKOUTS} checkouts of ${LINES} lines each in turns; the aim is ${AIM} of bare`,
  );
  const ratioOf = (of: (round: { ours: Rate; bare: Rate }) => number) => median(measured.map(of));
  const faster = ratioOf((round) => round.ours.perSecond / round.bare.perSecond);
  row("Checkouts a second", 0, (each) => each.perSecond, faster);
  const cheaper = ratioOf((round) => round.bare.cpu / round.ours.cpu);
  row("  ms of CPU a checkout", 2, (each) => each.cpu, cheaper);
}
