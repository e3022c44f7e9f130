// node scripts/installed.mjs FILE ...: runs a program of ours with the packages and the Node that it needs, which a fresh clone lacks.
import { ensureInstalled } from "./install.mjs";
import { exitOf, startNode } from "./tools.mjs";

await ensureInstalled();
process.exitCode = await exitOf(startNode(process.argv.slice(2)));
