// Copies the API reference's browser bundle to the folder that the Worker serves, so that /docs loads nothing from other hosts.
// wrangler.toml runs it before each build.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./cli.mjs";

const usage = `node scripts/assets.mjs

Writes .assets, or the folder that ASSETS_FOLDER names.`;

await runCommand({ usage }, () => {
  const folder = process.env.ASSETS_FOLDER || ".assets";
  mkdirSync(join(folder, "docs"), { recursive: true });
  const bundle = "node_modules/@scalar/api-reference/dist/browser/standalone.js";
  copyFileSync(bundle, join(folder, "docs", "reference.js"));
  writeFileSync(join(folder, "_headers"), "/docs/*\n  X-Content-Type-Options: nosniff\n");
});
