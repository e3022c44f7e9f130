// Whether a shop that floods the Worker slows down another shop. A sends many times its quotas while B sells and reads at a steady rate,
// and B's 95th percentile is compared with and without A. B is also measured while A floods another Worker, which shows what the load
// generator itself costs. The cases alternate every few seconds, and rounds with stolen CPU time do not count.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { requestSteadily } from "./steady-load.ts";
import { createFlood, type Flood } from "./flood.ts";
import type { Workspace } from "./workspace.ts";
import { migrate, appWorker } from "./runtime.ts";
import { addProduct, signIn, signUp, type Shop } from "./client.ts";
import { percentile } from "./percentile.ts";
import { measureSteal } from "./cpu-steal.ts";

/** Measured until there are ROUNDS rounds, for MINUTES at most. */
const ROUNDS = 16;
const MINUTES = 8;
/** Seconds after which A has exhausted its quotas of the minute. */
const LEAD_SECONDS = 5;
const TURN_SECONDS = 4;
const ROUNDS_PER_MINUTE = 4;
const MAX_STOLEN_SHARE = 0.02;
const TARGET_RATIO = 1.25;
const FLOOD_PER_SECOND = 50;

// Chosen so that A exhausts the quotas of its address, its ADMIN, its visitors and customers (half of the shop's quota), and the shop.
const limited = { tenant: 60, user: 18, address: 40 };
const unlimited = { tenant: 1_000_000, user: 1_000_000, address: 1_000_000 };

type Pair = { b: Shop; product: string; a: Flood; stop: () => Promise<void> };

/** Starts a Worker with both shops; `quotas` are A's, per minute. */
async function openPair(
  { folder, startWorker }: Workspace,
  name: string,
  quotas: typeof limited,
): Promise<Pair> {
  const worker = appWorker(join(folder, `${name}-bundle`));
  const { address, ...trial } = quotas;
  const { address: _, ...otherPlans } = unlimited;
  Object.assign(worker.bindings, {
    QUOTA_PLANS: JSON.stringify({ trial, standard: otherPlans, large: otherPlans }),
    QUOTA_PER_ADDRESS: String(address),
  });
  const runtime = await startWorker(name, worker);
  await migrate(runtime);
  const [a, b] = [await signUp(runtime.url, "a"), await signUp(runtime.url, "b")];
  const db = await runtime.miniflare.getD1Database("DB");
  await db.exec("UPDATE tenants SET plan = 'trial' WHERE slug = 'a'");
  return { b, product: await addProduct(b), a: await createFlood(runtime, worker, a), stop: runtime.stop };
}

/** B's response times in ms; the number of discarded rounds; the quotas that A had exhausted at the end of a minute. */
type Measurement = Record<"alone" | "elsewhere" | "withinQuota" | "overQuota", number[]> & {
  discarded: number;
  exhausted: Set<string>;
};

async function measure({ b, product, a }: Pair, other: Pair): Promise<Measurement> {
  const result: Measurement = {
    alone: [],
    elsewhere: [],
    withinQuota: [],
    overQuota: [],
    discarded: 0,
    exhausted: new Set(),
  };
  let rounds = 0;
  let nextMinute = 0;
  await requestSteadily(b, product, LEAD_SECONDS);
  for (let minute = 0; minute < MINUTES && rounds < ROUNDS; minute += 1) {
    if (minute > 0) await sleep(Math.max(0, nextMinute - Date.now()));
    nextMinute = Date.now() + 62_000;
    const signedIn = await signIn(b.url, b.slug);
    const measureDuring = async (flooder: Flood, seconds: number): Promise<number[]> => {
      const stop = await flooder.start(FLOOD_PER_SECOND);
      const times = await requestSteadily(signedIn, product, seconds);
      await stop();
      return times;
    };
    result.withinQuota.push(...(await measureDuring(a, LEAD_SECONDS)));
    for (let round = 0; round < ROUNDS_PER_MINUTE; round += 1) {
      const stolen = measureSteal();
      const alone = await requestSteadily(signedIn, product, TURN_SECONDS);
      const elsewhere = await measureDuring(other.a, TURN_SECONDS);
      const overQuota = await measureDuring(a, TURN_SECONDS);
      if (stolen() > MAX_STOLEN_SHARE) {
        result.discarded += 1;
        continue;
      }
      rounds += 1;
      result.alone.push(...alone);
      result.elsewhere.push(...elsewhere);
      result.overQuota.push(...overQuota);
    }
    for (const policy of await a.exhausted()) result.exhausted.add(policy);
  }
  return result;
}

function printRow(label: string, times: number[]): void {
  const [middle, high] = [0.5, 0.95].map((share) => percentile(times, share).toFixed(1).padStart(6));
  console.log(`  ${label.padEnd(34)} median ${middle}   95th ${high}   of ${times.length} requests`);
}

/** Prints B's response times in the pair's Worker while A floods `other`, and while A floods the pair's Worker. */
async function compare(label: string, pair: Pair, other: Pair): Promise<void> {
  const { alone, elsewhere, withinQuota, overQuota, discarded, exhausted } = await measure(pair, other);
  const cost = await pair.a.cost();
  const ratio = (reference: number[]) =>
    (percentile(overQuota, 0.95) / percentile(reference, 0.95)).toFixed(2);
  console.log(`${label}: B's response times in ms`);
  printRow("without A", alone);
  printRow("A floods another Worker", elsewhere);
  printRow(`A here, first ${LEAD_SECONDS} s of a minute`, withinQuota);
  printRow("A here, rest of the minute", overQuota);
  console.log(
    `  ${discarded} rounds discarded: more than ${MAX_STOLEN_SHARE * 100} % of the CPU time was stolen`,
  );
  console.log(`  responses to A: ${pair.a.responses()}`);
  console.log(
    `  exhausted quotas: ${[...exhausted].join(", ") || "none"}; a request of A uses ${cost.toFixed(2)} ms of CPU`,
  );
  console.log(`  A here / without A: ${ratio(alone)}, the target is ${TARGET_RATIO}`);
  console.log(`  A here / A in another Worker: ${ratio(elsewhere)}`);
}

export async function benchFairness(workspace: Workspace): Promise<void> {
  console.log(
    `A sends ${FLOOD_PER_SECOND} requests a second, ${(FLOOD_PER_SECOND * 60) / limited.tenant} times its quota; turns of ${TURN_SECONDS} s`,
  );
  const other = await openPair(workspace, "other", limited);
  const limitedPair = await openPair(workspace, "fair", limited);
  await compare("A has quotas", limitedPair, other);
  await limitedPair.stop();
  const unlimitedPair = await openPair(workspace, "free", unlimited);
  await compare("A has no quotas", unlimitedPair, other);
}
