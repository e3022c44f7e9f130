// npm run bench: what the Worker costs and how fast it is, in Miniflare, with the half million lines of Online Retail.
// Figures are of this machine; the ratio to a bare Worker in the same run is what can be compared.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { casesFor } from "./cases.ts";
import { printCosts } from "./costs.ts";
import { printEtl } from "./etl.ts";
import { printRates } from "./load.ts";
import { retailFiles } from "./retail.ts";
import { bareModules, migrate, ourBindings, ourModules, start, type Runtime } from "./runtime.ts";
import { sameAnswers } from "./same.ts";
import { actorOf, addProduct, importSales, signIn, signUp } from "./shop.ts";

const folder = mkdtempSync(join(tmpdir(), "mostrador-bench-"));
const running: Runtime[] = [];

async function startIn(state: string, ...[modules, bindings]: [Parameters<typeof start>[0], Record<string, string>]) {
  const runtime = await start(modules, join(folder, state), bindings);
  running.push(runtime);
  return runtime;
}

try {
  const modules = ourModules(join(folder, "bundle"));
  const bindings = ourBindings();
  const loading = await startIn("ours", modules, bindings);
  await migrate(loading);
  const files = retailFiles();
  const shops = [];
  for (const slug of ["small", "all"] as const) {
    const shop = await signUp(loading.url, slug);
    const { seconds, rows_read, rows_accepted, rows_rejected } = await importSales(shop, files[slug]);
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
  const ours = await startIn("ours", modules, bindings);
  const { tenant, sub, sid } = actorOf(large.shop);
  const bare = await startIn("bare", bareModules(), { TENANT: tenant, USER: sub, LOGIN: sid });
  const shop = await signIn(ours.url, "all");
  await sameAnswers(shop, bare.url, large.product);
  await printRates(casesFor(large.product), shop, bare.url);
} finally {
  await Promise.allSettled(running.map((runtime) => runtime.stop()));
  rmSync(folder, { recursive: true, force: true });
}
