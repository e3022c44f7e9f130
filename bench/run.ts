// Measures what the app costs and how fast it is, in Miniflare.
import { runCommand, UsageError } from "../scripts/cli.mjs";
import { benchCheckout } from "./checkout.ts";
import { benchFairness } from "./fairness.ts";
import { withWorkspace } from "./workspace.ts";
import { benchLake } from "./lake.ts";
import { benchRecommendations } from "./recommendations.ts";
import { benchSearch } from "./search.ts";
import { benchShop } from "./shop.ts";
import { benchUndo } from "./undo.ts";

const benches = new Map([
  ["shop", benchShop],
  ["checkout", benchCheckout],
  ["search", benchSearch],
  ["recommendations", benchRecommendations],
  ["lake", benchLake],
  ["fairness", benchFairness],
  ["undo", benchUndo],
]);

const usage = `npm run bench -- [NAME]

NAME is ${[...benches.keys()].join(", ")}; without it, shop: imports, figures and sales.`;

await runCommand({ usage, positionals: ["name"] }, async ({ positionals: [name = "shop"] }) => {
  const bench = benches.get(name);
  if (!bench) throw new UsageError(`Unknown benchmark: ${name}.`);
  await withWorkspace(bench);
});
