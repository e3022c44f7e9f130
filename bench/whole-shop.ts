// Imports, figures and sales, with the half million lines of Online Retail. Figures are of this machine; the ratio to a bare
// Worker in the same run is what can be compared.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { casesFor } from "./cases.ts";
import { printCosts } from "./costs.ts";
import { printEtl } from "./etl.ts";
import type { Lab } from "./lab.ts";
import { printRates } from "./load.ts";
import { retailFiles } from "./retail.ts";
import { bareWorker, migrate, ourWorker } from "./runtime.ts";
import { sameAnswers } from "./equivalence.ts";
import { actorOf, addProduct, importFile, signIn, signUp } from "./shop.ts";

export async function benchShop({ folder, startIn }: Lab): Promise<void> {
  const worker = ourWorker(join(folder, "bundle"));
  const loading = await startIn("ours", worker);
  await migrate(loading);
  const files = retailFiles();
  const shops = [];
  for (const slug of ["small", "all"] as const) {
    const shop = await signUp(loading.url, slug);
    const { seconds, rows_read, rows_accepted, rows_rejected } = await importFile(shop, "sales", files[slug]);
    console.log(
      `Import: ${rows_read} rows in ${seconds.toFixed(1)} s, ${Math.round(rows_read / seconds)} a second; ${rows_accepted} accepted, ${rows_rejected} rejected`,
    );
    shops.push({ shop, product: await addProduct(shop), label: `${rows_read} lines` });
  }
  await printCosts(shops);
  const large = shops[1];
  if (!large) throw new Error("there is no shop with all lines");
  await printEtl(loading, await signIn(loading.url, "all"));

  // Both Workers go on from the same state, each with its own copy.
  await loading.stop();
  cpSync(join(folder, "ours"), join(folder, "bare"), { recursive: true });
  const ours = await startIn("ours", worker);
  const bare = await startIn("bare", bareWorker(join(folder, "bare-bundle"), actorOf(large.shop)));
  const shop = await signIn(ours.url, "all");
  await sameAnswers(shop, bare.url, large.product);
  await printRates(casesFor(large.product), shop, ours, bare);
}
