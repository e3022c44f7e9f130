// node scripts/installed.mjs FILE ...: runs a TypeScript program with the packages and the Node that it needs.
import { ensureInstalled } from "./install.mjs";
import { exitOf, startNode } from "./tools.mjs";

await ensureInstalled();
process.exitCode = await exitOf(startNode(process.argv.slice(2), "inherit"));
