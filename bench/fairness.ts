// Whether a shop that floods slows another one. A asks many times its quotas, by customers, as public readers, by its staff, and
// much from one address; B sells and reads at a steady rate. Compared are B's 95th percentiles alone and beside A, with every
// limit of A reached and with no limit. A's rate is fixed, for as fast as it can the load generator itself would take the
// cores from B, which no quota can help: what it takes all the same shows where A floods another Worker. The three take turns
// of some seconds within each minute of A's, so that whatever else the machine does falls on all of them, and a round in which
// a hypervisor has taken the processors away does not count.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { requestSteadily } from "./steady-load.ts";
import { flood, type Flood } from "./flood.ts";
import type { Workspace } from "./workspace.ts";
import { migrate, appWorker } from "./runtime.ts";
import { addProduct, signIn, signUp, type Shop } from "./client.ts";
import { measureSteal } from "./cpu-steal.ts";

/** So many rounds are wanted, in so many minutes at most. */
const ROUNDS = 16;
const MINUTES = 8;
/** So long A spends what it may, and somewhat longer. */
const LEAD = 5;
const TURN = 4;
const ROUNDS_A_MINUTE = 4;
const STOLEN = 0.02;
const AIM = 1.25;
const FLOOD = 50;

// So that the address, the ADMIN, readers and customers (half of the shop's), and then the shop are refused one by one.
const few = { tenant: 60, user: 18, address: 40 };
const many = { tenant: 1_000_000, user: 1_000_000, address: 1_000_000 };

type Pair = { b: Shop; product: string; a: Flood; stop: () => Promise<void> };

/** A Worker of its own with both shops, and these quotas a minute for A. */
async function open({ folder, startWorker }: Workspace, name: string, quotas: typeof few): Promise<Pair> {
  const worker = appWorker(join(folder, `${name}-bundle`));
  const { address, ...trial } = quotas;
  const { address: _, ...free } = many;
  Object.assign(worker.bindings, {
    QUOTA_PLANS: JSON.stringify({ trial, standard: free, large: free }),
    QUOTA_PER_ADDRESS: String(address),
  });
  const runtime = await startWorker(name, worker);
  await migrate(runtime);
  const [a, b] = [await signUp(runtime.url, "a"), await signUp(runtime.url, "b")];
  const db = await runtime.miniflare.getD1Database("DB");
  await db.exec("UPDATE tenants SET plan = 'trial' WHERE slug = 'a'");
  return { b, product: await addProduct(b), a: await flood(runtime, worker, a), stop: runtime.stop };
}

/** What B's answers took, in ms; how many rounds are left out; which quotas of A were used up at the end of some minute. */
type Took = Record<"alone" | "elsewhere" | "spending" | "beside", number[]> & {
  leftOut: number;
  reached: Set<string>;
};

async function measure({ b, product, a }: Pair, other: Pair): Promise<Took> {
  const took: Took = { alone: [], elsewhere: [], spending: [], beside: [], leftOut: 0, reached: new Set() };
  let rounds = 0;
  let fresh = 0;
  await requestSteadily(b, product, LEAD);
  for (let minute = 0; minute < MINUTES && rounds < ROUNDS; minute += 1) {
    if (minute > 0) await sleep(Math.max(0, fresh - Date.now()));
    fresh = Date.now() + 62_000;
    const signedIn = await signIn(b.url, b.slug);
    const during = async (flooder: Flood, seconds: number): Promise<number[]> => {
      const stop = await flooder.begin(FLOOD);
      const times = await requestSteadily(signedIn, product, seconds);
      await stop();
      return times;
    };
    took.spending.push(...(await during(a, LEAD)));
    for (let round = 0; round < ROUNDS_A_MINUTE; round += 1) {
      const stolen = measureSteal();
      const alone = await requestSteadily(signedIn, product, TURN);
      const elsewhere = await during(other.a, TURN);
      const beside = await during(a, TURN);
      if (stolen() > STOLEN) {
        took.leftOut += 1;
        continue;
      }
      rounds += 1;
      took.alone.push(...alone);
      took.elsewhere.push(...elsewhere);
      took.beside.push(...beside);
    }
    for (const policy of await a.reached()) took.reached.add(policy);
  }
  return took;
}

function percentile(times: number[], part: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * part) - 1] ?? Number.NaN;
}

function printRow(label: string, times: number[]): void {
  const [middle, high] = [0.5, 0.95].map((part) => percentile(times, part).toFixed(1).padStart(6));
  console.log(`  ${label.padEnd(34)} median ${middle}   95th ${high}   of ${times.length} requests`);
}

/** Prints what B's answers take in the pair's Worker, while A floods `other` and then the pair's. */
async function compare(label: string, pair: Pair, other: Pair): Promise<void> {
  const { alone, elsewhere, spending, beside, leftOut, reached } = await measure(pair, other);
  const cost = await pair.a.cost();
  const ratio = (of: number[]) => (percentile(beside, 0.95) / percentile(of, 0.95)).toFixed(2);
  console.log(`${label}: what B's answers took, in ms`);
  printRow("alone", alone);
  printRow("A refused by a Worker of its own", elsewhere);
  printRow(`A here, its first ${LEAD} s of a minute`, spending);
  printRow("A here, after that", beside);
  console.log(
    `  ${leftOut} rounds are left out, for more than ${STOLEN * 100} % of the processors were stolen`,
  );
  console.log(`  A was answered: ${pair.a.answered()}`);
  console.log(
    `  used up: ${[...reached].join(", ") || "none"}; a request of A takes ${cost.toFixed(2)} ms of CPU`,
  );
  console.log(`  A here / alone: ${ratio(alone)}, the aim is ${AIM}`);
  console.log(`  A here / A elsewhere: ${ratio(elsewhere)}`);
}

export async function benchFairness(workspace: Workspace): Promise<void> {
  console.log(
    `A asks ${FLOOD} times a second, ${(FLOOD * 60) / few.tenant} times its quota; in turns of ${TURN} s`,
  );
  const other = await open(workspace, "other", few);
  const fair = await open(workspace, "fair", few);
  await compare("A has quotas", fair, other);
  await fair.stop();
  const free = await open(workspace, "free", many);
  await compare("A has none", free, other);
}
