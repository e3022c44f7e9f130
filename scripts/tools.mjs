// Starts the tools of node_modules with the Node in node_modules, because wrangler refuses an older Node.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const isWindows = process.platform === "win32";

export const root = fileURLToPath(new URL("..", import.meta.url));

const node = join(root, "node_modules", "node", "bin", isWindows ? "node.exe" : "node");

const toolEnv = () => ({
  ...process.env,
  PATH: [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter),
  // A local run needs neither.
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
});

/** Runs a program of node_modules/.bin in the project's folder and on this terminal. Returns its exit code. */
export const runTool = (name, args) =>
  // On Windows these programs are .cmd files, which only a shell can start.
  exitOf(spawn(name, args, { cwd: root, env: toolEnv(), stdio: "inherit", shell: isWindows }));

/** Starts a script with the Node of node_modules. It cannot read the terminal unless `stdio` says so. `cwd` is the project's folder. */
export function startNode(args, stdio = ["ignore", "inherit", "inherit"], variables = {}, cwd = root) {
  if (!existsSync(node))
    throw new Error(
      "node_modules lacks Node: delete node_modules, then run npm ci with install scripts allowed.",
    );
  return spawn(node, args, { cwd, env: { ...toolEnv(), ...variables }, stdio });
}

/** Starts wrangler itself: its launcher in .bin does not pass signals on. */
export const startWrangler = (args, stdio, variables) => {
  const program = join("node_modules", "wrangler", "wrangler-dist", "cli.js");
  return startNode(["--no-warnings", program, ...args], stdio, variables);
};

/** Waits until a process ends. Returns its exit code, 1 if a signal ended it. */
export const exitOf = (child) =>
  new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
