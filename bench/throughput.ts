// Requests per second and CPU time per request of the app, compared with another server. The two alternate, so that a slow minute
// of the machine affects both; the CPU time depends less on what else runs there.
import autocannon from "autocannon";
import type { Case } from "./cases.ts";
import { median } from "./median.ts";
import { signIn, type Shop } from "./client.ts";
import { cpuMs } from "./process.ts";

const ROUNDS = 3;
const WARM_SECONDS = 1;
const SECONDS = 5;
const CONNECTIONS = 32;

/** `pid` is the process whose CPU time is read, null if the system does not report it. */
export type Server = { url: string; pid: string | null };

/** What the app is compared with, and the share of its requests per second that the app should reach. */
export type Peer = Server & { name: string; target: number };

/** `cpu` in milliseconds per request, NaN if the system does not report it. */
type Rate = { perSecond: number; cpu: number };

async function rate({ url, pid }: Server, requests: ReturnType<Case["requests"]>): Promise<Rate> {
  const run = (duration: number) => autocannon({ url, connections: CONNECTIONS, duration, requests });
  await run(WARM_SECONDS);
  const before = cpuMs(pid);
  const result = await run(SECONDS);
  const after = cpuMs(pid);
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} responses are errors, ${result.errors} requests failed`);
  const responses = result["2xx"];
  const cpu = before === null || after === null ? Number.NaN : (after - before) / responses;
  return { perSecond: responses / result.duration, cpu };
}

/** Measures the cases and prints a line for the requests per second of each, and one for their CPU time where it is known of both. */
export async function printRates(cases: Case[], shop: Shop, app: Server, peer: Peer): Promise<void> {
  console.log(
    `\n${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s each in turns; the target is ${peer.target} of ${peer.name}`,
  );
  for (const { name, requests } of cases) {
    const signedIn = await signIn(shop.url, shop.slug);
    const rounds: { app: Rate; peer: Rate }[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      rounds.push({
        app: await rate(app, requests(signedIn)),
        peer: await rate(peer, requests(signedIn)),
      });
    const row = (label: string, digits: number, of: (rate: Rate) => number, ratio: number) => {
      const list = (rates: Rate[]) =>
        rates
          .map((each) => of(each).toFixed(digits))
          .join(" ")
          .padEnd(16);
      const both = `app ${list(rounds.map((round) => round.app))} ${peer.name} ${list(rounds.map((round) => round.peer))}`;
      console.log(
        `${label.padEnd(28)} ${both} ratio ${ratio.toFixed(2)}${ratio < peer.target ? " BELOW" : ""}`,
      );
    };
    row(
      name,
      0,
      (each) => each.perSecond,
      median(rounds.map((round) => round.app.perSecond / round.peer.perSecond)),
    );
    if (rounds.every((round) => Number.isFinite(round.peer.cpu + round.app.cpu)))
      row(
        "  ms of CPU a request",
        2,
        (each) => each.cpu,
        median(rounds.map((round) => round.peer.cpu / round.app.cpu)),
      );
  }
}
