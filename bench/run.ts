// npm run bench [-- NAME]: what the Worker costs and how fast it is, in Miniflare. Without a name: imports, figures and sales.
import { benchCheckout } from "./checkout.ts";
import { benchFair } from "./fair.ts";
import { withLab } from "./lab.ts";
import { benchLake } from "./lake.ts";
import { benchRecommendations } from "./recommendations.ts";
import { benchSearch } from "./search.ts";
import { benchShop } from "./whole-shop.ts";

const benches = new Map([
  ["shop", benchShop],
  ["checkout", benchCheckout],
  ["search", benchSearch],
  ["recommendations", benchRecommendations],
  ["lake", benchLake],
  ["fair", benchFair],
]);

const [name = "shop"] = process.argv.slice(2);
const bench = benches.get(name);
if (!bench) throw new Error(`there is no bench ${name}: use ${[...benches.keys()].join(" or ")}`);
await withLab(bench);
