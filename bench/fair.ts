// Whether a shop that floods slows another one. A asks many times its quotas, by many users, as public readers, and from one
// address more than from others; B sells and reads at a steady rate. Compared are B's 95th percentiles alone and beside A,
// in turns: with every limit of A reached, and with no limit. A's rate is fixed, for as fast as it can the load generator
// itself would take the cores from B, which no quota can help. What it takes all the same shows where A floods another Worker.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { askSteadily } from "./calm.ts";
import { flood, type Flood } from "./flood.ts";
import type { Lab } from "./lab.ts";
import { median } from "./median.ts";
import { migrate, ourWorker } from "./runtime.ts";
import { addProduct, signIn, signUp, type Shop } from "./shop.ts";

const SECONDS = 15;
/** So long A spends what it may, and somewhat longer. */
const LEAD = 5;
const AIM = 1.25;
const FLOOD = 50;

// So that the address, the ADMIN, readers and customers (half of the shop's), and then the shop are refused one by one.
const few = { tenant: 60, user: 18, address: 40 };
const many = { tenant: 1_000_000, user: 1_000_000, address: 1_000_000 };

type Pair = { b: Shop; product: string; a: Flood; stop: () => Promise<void> };

/** A Worker of its own with both shops, and these quotas a minute for A. */
async function open({ folder, startIn }: Lab, name: string, quotas: typeof few): Promise<Pair> {
  const worker = ourWorker(join(folder, `${name}-bundle`));
  const { address, ...trial } = quotas;
  const { address: _, ...free } = many;
  Object.assign(worker.bindings, {
    QUOTA_PLANS: JSON.stringify({ trial, standard: free, large: free }),
    QUOTA_PER_ADDRESS: String(address),
  });
  const runtime = await startIn(name, worker);
  await migrate(runtime);
  const [a, b] = [await signUp(runtime.url, "a"), await signUp(runtime.url, "b")];
  const db = await runtime.miniflare.getD1Database("DB");
  await db.exec("UPDATE tenants SET plan = 'trial' WHERE slug = 'a'");
  return { b, product: await addProduct(b), a: await flood(runtime, worker, a), stop: runtime.stop };
}

type Round = { alone: number; elsewhere: number; spending: number; beside: number };

async function measure({ b, product, a }: Pair, other: Pair, count: number): Promise<Round[]> {
  const rounds: Round[] = [];
  let fresh = 0;
  await askSteadily(b, product, LEAD);
  for (let round = 0; round < count; round += 1) {
    const signedIn = await signIn(b.url, b.slug);
    const during = async (flooder: Flood) => {
      const flooding = flooder.run(FLOOD, LEAD + SECONDS + 1);
      const spending = await askSteadily(signedIn, product, LEAD);
      const beside = await askSteadily(signedIn, product, SECONDS);
      await flooding;
      return { spending, beside };
    };
    const alone = await askSteadily(signedIn, product, SECONDS);
    const elsewhere = (await during(other.a)).beside;
    // In a new minute, so that what A may do falls into its first seconds.
    await sleep(Math.max(0, fresh - Date.now()));
    fresh = Date.now() + 62_000;
    rounds.push({ alone, elsewhere, ...(await during(a)) });
  }
  return rounds;
}

/** Prints B's percentiles in the pair's Worker, while A floods `other` and then the pair's. */
async function compare(label: string, pair: Pair, other: Pair, count: number): Promise<void> {
  const rounds = await measure(pair, other, count);
  const reached = await pair.a.reached();
  const cost = await pair.a.cost();
  const row = (label: string, of: (round: Round) => number) =>
    console.log(`  ${label.padEnd(34)} ${rounds.map((round) => of(round).toFixed(1).padStart(6)).join(" ")}`);
  const ratio = (of: (round: Round) => number) => median(rounds.map((round) => round.beside / of(round)));
  console.log(`${label}: B's 95th percentile in ms`);
  row("alone", ({ alone }) => alone);
  row("A refused by a Worker of its own", ({ elsewhere }) => elsewhere);
  row(`A here, its first ${LEAD} s`, ({ spending }) => spending);
  row("A here, after that", ({ beside }) => beside);
  console.log(`  A was answered: ${pair.a.answered()}; used up: ${reached}`);
  console.log(`  a request of A takes ${cost.toFixed(2)} ms of CPU`);
  console.log(`  A here / alone: ${ratio(({ alone }) => alone).toFixed(2)}, the aim is ${AIM}`);
  console.log(`  A here / A elsewhere: ${ratio(({ elsewhere }) => elsewhere).toFixed(2)}`);
}

export async function benchFair(lab: Lab): Promise<void> {
  console.log(
    `A asks ${FLOOD} times a second, ${(FLOOD * 60) / few.tenant} times its quota; rounds of ${SECONDS} s in turns`,
  );
  const other = await open(lab, "other", few);
  const fair = await open(lab, "fair", few);
  await compare("A has quotas", fair, other, 5);
  await fair.stop();
  const free = await open(lab, "free", many);
  await compare("A has none", free, other, 3);
}
