// Checkouts per second of the app, compared with the baseline Worker, which sends the same statements in one D1 batch and does nothing
// else. The two alternate, and each checkout is by another customer with a filled cart.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { createBuyers, type Buyer } from "./buyers.ts";
import type { Workspace } from "./workspace.ts";
import { median } from "./median.ts";
import { baselineWorker, migrate, appWorker, type Runtime } from "./runtime.ts";
import { actorOf, addProduct, signUp } from "./client.ts";
import { cpuMs } from "./process.ts";

const ROUNDS = 5;
const CHECKOUTS = 600;
const LINES = 3;
const CONNECTIONS = 32;
const TARGET_RATIO = 0.5;

/** Checkouts per second, and milliseconds of CPU per checkout, NaN if the system does not report them. */
type Rate = { perSecond: number; cpu: number };

async function checkOut(url: string, { id, token }: Buyer): Promise<void> {
  const response = await fetch(`${url}/api/v1/purchases/checkout`, {
    method: "POST",
    body: JSON.stringify({ payment_method: "card" }),
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "idempotency-key": crypto.randomUUID(),
      // For the baseline Worker, which has no authentication.
      "x-buyer": id,
    },
  });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`A checkout was refused with ${response.status}: ${text}`);
}

async function rate({ url, pid }: Runtime, buyers: Buyer[]): Promise<Rate> {
  const waiting = [...buyers];
  const connection = async (): Promise<void> => {
    for (let buyer = waiting.pop(); buyer; buyer = waiting.pop()) await checkOut(url, buyer);
  };
  const before = cpuMs(pid);
  const begin = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const seconds = (performance.now() - begin) / 1000;
  const after = cpuMs(pid);
  const cpu = before === null || after === null ? Number.NaN : (after - before) / buyers.length;
  return { perSecond: buyers.length / seconds, cpu };
}

export async function benchCheckout({ folder, startWorker }: Workspace): Promise<void> {
  const worker = appWorker(join(folder, "bundle"));
  const loading = await startWorker("app", worker);
  await migrate(loading);
  const shop = await signUp(loading.url, "checkout");
  const products = [];
  for (let line = 1; line <= LINES; line += 1) products.push(await addProduct(shop, `BENCH-${line}`));
  const buyers = await createBuyers(loading, worker, shop, products, (ROUNDS + 1) * CHECKOUTS);
  await loading.stop();
  cpSync(join(folder, "app"), join(folder, "baseline"), { recursive: true });
  const app = await startWorker("app", worker);
  const baseline = await startWorker(
    "baseline",
    baselineWorker(join(folder, "baseline-bundle"), actorOf(shop)),
  );

  const rounds: { app: Rate; baseline: Rate }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const batch = buyers.slice(round * CHECKOUTS, (round + 1) * CHECKOUTS);
    rounds.push({ app: await rate(app, batch), baseline: await rate(baseline, batch) });
  }
  // The first round warms both up.
  const measured = rounds.slice(1);
  const row = (label: string, digits: number, of: (rate: Rate) => number, ratio: number) => {
    const list = (rates: Rate[]) => rates.map((each) => of(each).toFixed(digits)).join(" ");
    const both = `app ${list(measured.map((round) => round.app))}   baseline ${list(measured.map((round) => round.baseline))}`;
    console.log(
      `${label.padEnd(24)} ${both}   ratio ${ratio.toFixed(2)}${ratio < TARGET_RATIO ? " BELOW" : ""}`,
    );
  };
  console.log(
    `${CONNECTIONS} connections, ${ROUNDS} rounds of ${CHECKOUTS} checkouts of ${LINES} lines each in turns; the target is ${TARGET_RATIO} of baseline`,
  );
  const ratioOf = (of: (round: { app: Rate; baseline: Rate }) => number) => median(measured.map(of));
  const faster = ratioOf((round) => round.app.perSecond / round.baseline.perSecond);
  row("Checkouts a second", 0, (each) => each.perSecond, faster);
  const cheaper = ratioOf((round) => round.baseline.cpu / round.app.cpu);
  row("  ms of CPU a checkout", 2, (each) => each.cpu, cheaper);
}
