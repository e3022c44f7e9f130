// node scripts/installed.mjs FILE ...: installs the packages if need be, and runs a TypeScript program with the Node of node_modules.
import { ensureInstalled } from "./install.mjs";
import { exitOf, startNode } from "./tools.mjs";

await ensureInstalled();
process.exitCode = await exitOf(startNode(process.argv.slice(2), "inherit", {}, process.cwd()));
