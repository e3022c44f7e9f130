// Deploys an environment: its migrations first, then the Worker. `npm run deploy -- staging`
import { ensureInstalled } from "./install.mjs";
import { runTool } from "./tools.mjs";

const [environment] = process.argv.slice(2);
if (environment !== "staging" && environment !== "production") {
  console.error("Say which: npm run deploy -- staging, or npm run deploy -- production");
  process.exit(2);
}
await ensureInstalled();
for (const args of [
  ["d1", "migrations", "apply", "DB", "--remote", "--env", environment],
  ["deploy", "--env", environment],
]) {
  const code = await runTool("wrangler", args);
  if (code !== 0) process.exit(code);
}
