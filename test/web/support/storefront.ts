// The sample examples/storefront in front of the demo shop, on any free port.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createTestHarness } from "wrangler";
import shop from "../../../scripts/demo/shop.json" with { type: "json" };
import { memoryStore, Mostrador } from "../../../sdk/src/index.ts";
import { demoPassword } from "./browser.ts";
import type { Shop } from "./server.ts";
import "./sdk-alias.ts";

const { createKeys } = await import("../../../examples/storefront/keys.ts");

const FOLDER = join(import.meta.dirname, "../../../examples/storefront");

/** `api` is the address of the demo shop. */
export async function startStorefront(api: string): Promise<Shop> {
  const admin = new Mostrador({ url: api, tenant: shop.slug, session: memoryStore() });
  await admin.signIn({ email: "ines@mostrador.example", password: demoPassword });
  const keys = await createKeys(admin, api);
  execFileSync("npm", ["run", "--silent", "build"], { cwd: FOLDER, stdio: "inherit" });
  const harness = createTestHarness({
    root: FOLDER,
    workers: [
      {
        configPath: "wrangler.toml",
        vars: { MOSTRADOR_URL: api, PUBLISHABLE_KEY: keys.publishable.key },
        secrets: { MOSTRADOR_KEY: keys.secret.key },
      },
    ],
  });
  const { url } = await harness.listen();
  // Its port is free, so it is not known before.
  await admin.updateApiKey(keys.publishable.id, { origins: [url.origin] });
  return { url: url.origin, stop: () => harness.close() };
}
