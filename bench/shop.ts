// Imports, figures and sales, with the half million lines of Online Retail. Figures depend on the machine; the ratio
// to the baseline Worker in the same run can be compared.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { casesFor, samplesOf } from "./cases.ts";
import { assertSameCosts, printCosts } from "./costs.ts";
import { printEtl } from "./etl.ts";
import type { Workspace } from "./workspace.ts";
import { printRates } from "./throughput.ts";
import { onlineRetailFiles } from "./online-retail.ts";
import { baselineWorker, migrate, appWorker } from "./runtime.ts";
import { record } from "./record.ts";
import { addProduct, importFile, request, signIn, signUp } from "./client.ts";

export async function benchShop({ folder, startWorker }: Workspace): Promise<void> {
  const worker = appWorker(join(folder, "bundle"));
  const loading = await startWorker("app", worker);
  await migrate(loading);
  const files = onlineRetailFiles();
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
  if (!large) throw new Error("the shop with all lines is missing");
  const signedIn = await signIn(loading.url, "all");
  await printEtl(loading, signedIn);
  // From the second sale on an isolate remembers the product, so the first one is not what is compared.
  await record(loading, samplesOf(signedIn, large.product).slice(-1));
  const recordings = await record(loading, samplesOf(signedIn, large.product));

  // Both Workers continue from a copy of the same state.
  await loading.stop();
  cpSync(join(folder, "app"), join(folder, "baseline"), { recursive: true });
  const app = await startWorker("app", worker);
  const baseline = await startWorker("baseline", baselineWorker(join(folder, "baseline-bundle"), recordings));
  const shop = await signIn(app.url, "all");
  await assertSameCosts(app.url, baseline.url, samplesOf(shop, large.product).slice(0, -1));
  for (const { url } of [app, baseline])
    for (const { path, init } of samplesOf(shop, large.product).slice(-1)) await request(url, path, init);
  await assertSameCosts(app.url, baseline.url, samplesOf(shop, large.product).slice(-1));
  await printRates(casesFor(large.product), shop, app, { ...baseline, name: "baseline", target: 0.75 });
}
