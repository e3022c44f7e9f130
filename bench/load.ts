// Requests a second of our Worker beside the bare one, in turns, so that a slow minute of the machine meets both.
import autocannon from "autocannon";
import type { Case } from "./cases.ts";
import { median } from "./median.ts";
import { signIn, type Shop } from "./shop.ts";

const ROUNDS = 3;
const WARM_SECONDS = 1;
const SECONDS = 5;
const CONNECTIONS = 32;
const AIM = 0.6;

async function rate(url: string, requests: ReturnType<Case["requests"]>): Promise<number> {
  const run = (duration: number) => autocannon({ url, connections: CONNECTIONS, duration, requests });
  await run(WARM_SECONDS);
  const result = await run(SECONDS);
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} answers are no success, ${result.errors} requests failed`);
  return result["2xx"] / result.duration;
}

/** Measures the cases and prints a line for each. */
export async function printRates(cases: Case[], shop: Shop, bareUrl: string): Promise<void> {
  console.log(`\nRequests a second, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s; the aim is ${AIM} of bare`);
  for (const { name, requests } of cases) {
    const rounds: { ours: number; bare: number }[] = [];
    const signedIn = await signIn(shop.url, shop.slug);
    for (let round = 0; round < ROUNDS; round += 1)
      rounds.push({
        ours: await rate(shop.url, requests(signedIn)),
        bare: await rate(bareUrl, requests(signedIn)),
      });
    const list = (which: "ours" | "bare") => rounds.map((round) => Math.round(round[which]).toString()).join(" ");
    const ratio = median(rounds.map(({ ours, bare }) => ours / bare));
    console.log(
      `${name.padEnd(28)} ours ${list("ours").padEnd(15)} bare ${list("bare").padEnd(15)} ratio ${ratio.toFixed(2)}${ratio < AIM ? " BELOW" : ""}`,
    );
  }
}
