// Checkouts per second of the app, compared with the baseline Worker, which sends the same statements to D1 and does nothing
// else. The two alternate, and each checkout is by another customer, who has just looked at their filled cart.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { createBuyers, type Buyer } from "./buyers.ts";
import type { Workspace } from "./workspace.ts";
import { median } from "./median.ts";
import { record } from "./record.ts";
import { baselineWorker, migrate, appWorker, type Runtime } from "./runtime.ts";
import { addProduct, request, signUp, type Sample } from "./client.ts";
import { assertSameCosts } from "./costs.ts";
import { cpuMs } from "./process.ts";

const ROUNDS = 5;
const CHECKOUTS = 600;
const LINES = 3;
const CONNECTIONS = 32;
const TARGET_RATIO = 0.6;

/** Checkouts per second, and milliseconds of CPU per checkout, NaN if the system does not report them. */
type Rate = { perSecond: number; cpu: number };

const checkoutOf = ({ id, session, token }: Buyer): Sample => ({
  path: "/purchases/checkout",
  init: {
    method: "POST",
    body: JSON.stringify({ payment_method: "card" }),
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "idempotency-key": crypto.randomUUID(),
      // For the baseline Worker, which has no authentication.
      "x-buyer": id,
      "x-session": session,
    },
  },
});

const cartOf = ({ token }: Buyer): Sample => ({
  path: "/cart",
  init: { headers: { authorization: `Bearer ${token}` } },
});

async function rate({ url, pid }: Runtime, checkouts: Sample[]): Promise<Rate> {
  const waiting = [...checkouts];
  const connection = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop())
      await (await request(url, next.path, next.init)).text();
  };
  const before = cpuMs(pid);
  const begin = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const seconds = (performance.now() - begin) / 1000;
  const after = cpuMs(pid);
  const cpu = before === null || after === null ? Number.NaN : (after - before) / checkouts.length;
  return { perSecond: checkouts.length / seconds, cpu };
}

export async function benchCheckout({ folder, startWorker }: Workspace): Promise<void> {
  const worker = appWorker(join(folder, "bundle"));
  const loading = await startWorker("app", worker);
  await migrate(loading);
  const shop = await signUp(loading.url, "checkout");
  const products = [];
  for (let line = 1; line <= LINES; line += 1) products.push(await addProduct(shop, `BENCH-${line}`));
  const buyers = await createBuyers(loading, worker, shop, products, 4 + (ROUNDS + 1) * CHECKOUTS);
  // An isolate remembers the offers of products, so that its first checkout costs more than those that are compared.
  for (const buyer of buyers.splice(0, 1)) await record(loading, [cartOf(buyer), checkoutOf(buyer)]);
  const [recorded] = buyers.splice(0, 1);
  if (!recorded) throw new Error("there are no buyers");
  const recordings = await record(loading, [cartOf(recorded), checkoutOf(recorded)]);
  await loading.stop();
  cpSync(join(folder, "app"), join(folder, "baseline"), { recursive: true });
  const app = await startWorker("app", worker);
  const baseline = await startWorker("baseline", baselineWorker(join(folder, "baseline-bundle"), recordings));
  const lookAtCart = async (buyer: Buyer): Promise<void> => {
    const { path, init } = cartOf(buyer);
    await (await request(app.url, path, init)).text();
  };
  for (const buyer of buyers.splice(0, 1)) {
    const { path, init } = checkoutOf(buyer);
    for (const { url } of [app, baseline]) await request(url, path, init);
  }
  const compared = buyers.splice(0, 1);
  for (const buyer of compared) await lookAtCart(buyer);
  await assertSameCosts(app.url, baseline.url, compared.map(checkoutOf));

  const rounds: { app: Rate; baseline: Rate }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const batch = buyers.slice(round * CHECKOUTS, (round + 1) * CHECKOUTS);
    for (const buyer of batch) await lookAtCart(buyer);
    const checkouts = batch.map(checkoutOf);
    rounds.push({ app: await rate(app, checkouts), baseline: await rate(baseline, checkouts) });
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
