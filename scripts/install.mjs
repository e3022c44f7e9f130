// Installs the packages of package-lock.json where node_modules differs. npm writes node_modules/.package-lock.json as its last
// step, so a manual install counts and an interrupted one does not.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { exitOf, root } from "./tools.mjs";

/** Runs `npm ci` in a folder of the project unless its node_modules matches its package-lock.json. */
export async function ensureInstalled(folder = ".") {
  if (isInstalled(folder)) return;
  console.log(
    folder === "."
      ? "Installing packages (npm ci), a minute or two ..."
      : `Installing the packages of ${folder} (npm ci) ...`,
  );
  // npm must not run with the Node in the node_modules that it deletes.
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  const npm = spawn("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: join(root, folder),
    env: { ...process.env, PATH: path.join(delimiter) },
    stdio: "inherit",
    // On Windows npm is a .cmd file, which only a shell can start.
    shell: process.platform === "win32",
  });
  const code = await exitOf(npm).catch((error) => {
    throw new Error(`npm could not be started (${error.message}): install npm, or put it on the PATH.`);
  });
  if (code !== 0) throw new Error("npm ci failed: see its message above.");
}

/** Whether node_modules of a folder of the project matches its package-lock.json. */
export function isInstalled(folder = ".") {
  const locked = packagesOf(join(folder, "package-lock.json"));
  const installed = packagesOf(join(folder, "node_modules", ".package-lock.json"));
  if (!installed) return false;
  // Optional packages of other platforms are not installed.
  return Object.entries(locked ?? {}).every(
    ([path, { version, optional }]) =>
      path === "" || installed[path]?.version === version || (optional && !installed[path]),
  );
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}
