// Checkouts a second of our Worker (sign-in check, read, batch) beside the bare minimum: one D1 batch of the same statements
// without our code. In turns, each checkout by a customer of its own with a filled cart.
import autocannon from "autocannon";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { makeBuyers, type Buyer } from "./buyers.ts";
import type { Lab } from "./lab.ts";
import { median } from "./median.ts";
import { bareWorker, migrate, ourWorker, type Runtime } from "./runtime.ts";
import { actorOf, addProduct, signUp } from "./shop.ts";

const ROUNDS = 5;
const CHECKOUTS = 600;
const CONNECTIONS = 32;
const AIM = 0.5;

// autocannon prepares some requests more than it sends.
const SPARE = 2 * CONNECTIONS;

/** Checkouts a second of these buyers. */
async function rate({ url }: Runtime, product: string, buyers: Buyer[]): Promise<number> {
  const waiting = [...buyers];
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    amount: CHECKOUTS,
    requests: [
      {
        method: "POST",
        path: "/api/v1/purchases/checkout",
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
              "x-product": product,
            },
          };
        },
      },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} answers are no success, ${result.errors} requests failed`);
  return result["2xx"] / result.duration;
}

export async function benchCheckout({ folder, startIn }: Lab): Promise<void> {
  const worker = ourWorker(join(folder, "bundle"));
  const loading = await startIn("ours", worker);
  await migrate(loading);
  const shop = await signUp(loading.url, "checkout");
  const product = await addProduct(shop);
  const each = CHECKOUTS + SPARE;
  const buyers = await makeBuyers(loading, worker, shop, product, (ROUNDS + 1) * each);
  await loading.stop();
  cpSync(join(folder, "ours"), join(folder, "bare"), { recursive: true });
  const ours = await startIn("ours", worker);
  const bare = await startIn("bare", bareWorker(join(folder, "bare-bundle"), actorOf(shop)));

  const rounds: { ours: number; bare: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const some = buyers.slice(round * each, (round + 1) * each);
    rounds.push({ ours: await rate(ours, product, some), bare: await rate(bare, product, some) });
  }
  // The first round warms both up.
  const measured = rounds.slice(1);
  const ratio = median(measured.map((round) => round.ours / round.bare));
  const list = (of: (round: { ours: number; bare: number }) => number) =>
    measured.map((round) => of(round).toFixed(0)).join(" ");
  console.log(
    `${CONNECTIONS} connections, ${ROUNDS} rounds of ${CHECKOUTS} checkouts each in turns; the aim is ${AIM} of bare`,
  );
  console.log(
    `Checkouts a second   ours ${list((round) => round.ours)}   bare ${list((round) => round.bare)}   ratio ${ratio.toFixed(2)}${ratio < AIM ? " BELOW" : ""}`,
  );
}
