// Requests a second of our Worker beside the baseline, in turns, so that a slow minute of the machine meets both; and
// the CPU time that workerd took a request, which is steadier where other programs compete for the cores.
import autocannon from "autocannon";
import type { Case } from "./cases.ts";
import { median } from "./median.ts";
import type { Runtime } from "./runtime.ts";
import { signIn, type Shop } from "./client.ts";
import { cpuMs } from "./process.ts";

const ROUNDS = 3;
const WARM_SECONDS = 1;
const SECONDS = 5;
const CONNECTIONS = 32;
const AIM = 0.6;

/** `cpu` in milliseconds a request, NaN where it cannot be read. */
type Rate = { perSecond: number; cpu: number };

async function rate({ url, pid }: Runtime, requests: ReturnType<Case["requests"]>): Promise<Rate> {
  const run = (duration: number) => autocannon({ url, connections: CONNECTIONS, duration, requests });
  await run(WARM_SECONDS);
  const before = cpuMs(pid);
  const result = await run(SECONDS);
  const after = cpuMs(pid);
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} answers are no success, ${result.errors} requests failed`);
  const answers = result["2xx"];
  const cpu = before === null || after === null ? Number.NaN : (after - before) / answers;
  return { perSecond: answers / result.duration, cpu };
}

/** Measures the cases and prints two lines for each. */
export async function printRates(cases: Case[], shop: Shop, ours: Runtime, bare: Runtime): Promise<void> {
  console.log(
    `\n${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s each in turns; the aim is ${AIM} of bare`,
  );
  for (const { name, requests } of cases) {
    const signedIn = await signIn(shop.url, shop.slug);
    const rounds: { ours: Rate; bare: Rate }[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      rounds.push({ ours: await rate(ours, requests(signedIn)), bare: await rate(bare, requests(signedIn)) });
    const row = (label: string, digits: number, of: (rate: Rate) => number, ratio: number) => {
      const list = (rates: Rate[]) =>
        rates
          .map((each) => of(each).toFixed(digits))
          .join(" ")
          .padEnd(16);
      const both = `ours ${list(rounds.map((round) => round.ours))} bare ${list(rounds.map((round) => round.bare))}`;
      console.log(`${label.padEnd(28)} ${both} ratio ${ratio.toFixed(2)}${ratio < AIM ? " BELOW" : ""}`);
    };
    row(
      name,
      0,
      (each) => each.perSecond,
      median(rounds.map((round) => round.ours.perSecond / round.bare.perSecond)),
    );
    row(
      "  ms of CPU a request",
      2,
      (each) => each.cpu,
      median(rounds.map((round) => round.bare.cpu / round.ours.cpu)),
    );
  }
}
