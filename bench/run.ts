// Measures what the app costs and how fast it is, in Miniflare.
import { runCommand, UsageError } from "../scripts/cli.mjs";
import { benchCheckout } from "./checkout.ts";
import { benchFairness } from "./fairness.ts";
import { benchFirstChart } from "./first-chart.ts";
import { withWorkspace } from "./workspace.ts";
import { benchLake } from "./lake.ts";
import { benchPlain } from "./plain/bench.ts";
import { benchRecommendations } from "./recommendations.ts";
import { benchSearch } from "./search.ts";
import { benchBusyDay } from "./scale/busy-day.ts";
import { benchBytes } from "./scale/bytes.ts";
import { benchScale } from "./scale/scale.ts";
import { benchShop } from "./shop.ts";
import { benchUndo } from "./undo.ts";
import { benchWebhooks } from "./webhooks.ts";

const benches = new Map([
  ["shop", benchShop],
  ["checkout", benchCheckout],
  ["plain", benchPlain],
  ["search", benchSearch],
  ["recommendations", benchRecommendations],
  ["lake", benchLake],
  ["fairness", benchFairness],
  ["undo", benchUndo],
  ["webhooks", benchWebhooks],
  ["first-chart", benchFirstChart],
]);

// Benchmarks of a generated shop, whose size can be chosen.
const sizedBenches = new Map([
  ["scale", benchScale],
  ["busy-day", benchBusyDay],
  ["bytes", benchBytes],
]);

const usage = `npm run bench -- [NAME] [--lines N] [--state FOLDER]

NAME is ${[...benches.keys(), ...sizedBenches.keys()].join(", ")}; without it, shop: imports, figures and sales.
--lines is the number of sale lines that ${[...sizedBenches.keys()].join(", ")} generate.
--state keeps the generated shops of scale and busy-day in this folder, and uses those that it has.`;

const options = { lines: { type: "string" }, state: { type: "string" } } as const;

await runCommand(
  { usage, options, positionals: ["name"] },
  async ({ values: { lines, state }, positionals: [name = "shop"] }) => {
    const bench = benches.get(name);
    const sizedBench = sizedBenches.get(name);
    if (!bench && !sizedBench) throw new UsageError(`Unknown benchmark: ${name}.`);
    if (bench && (lines !== undefined || state !== undefined))
      throw new UsageError(`${name} takes no options.`);
    if (lines !== undefined && !/^[1-9]\d{3,7}$/.test(lines))
      throw new UsageError("--lines is a whole number from 1,000.");
    await withWorkspace(async (workspace) => {
      await bench?.(workspace);
      await sizedBench?.(workspace, { lines: lines === undefined ? undefined : Number(lines), state });
    });
  },
);
