// Programs of others: looked for, never installed into the project. Packages of npm are fetched at the version named here.
import { spawn } from "node:child_process";
import { ROOT } from "../bench/runtime.ts";

/** The program is not on this machine: its attack is skipped. */
export class Missing extends Error {}

export type Output = { code: number | null; text: string };

/** Runs a program to its end in `cwd`. @throws Missing */
export function runProgram(
  program: string,
  args: string[],
  cwd = ROOT,
  env: Record<string, string> = {},
): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new Missing(`${program} is not installed here.`) : error),
    );
    child.once("close", (code) => resolve({ code, text: Buffer.concat(chunks).toString() }));
  });
}

// What npm says where it has not reached the registry; all else it was told by it, or fell over itself.
const UNREACHED = new Set([
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "EIDLETIMEOUT",
  "ENETUNREACH",
  "ENOTFOUND",
  "ERR_SOCKET_TIMEOUT",
  "ETIMEDOUT",
]);

/** Installs one package of npm at one version into `folder`. @throws Missing where the registry cannot be reached */
export async function fetchPackage(name: string, version: string, folder: string): Promise<void> {
  const args = ["install", `${name}@${version}`, "--prefix", folder, "--no-audit", "--no-fund", "--no-save"];
  const { code, text } = await runProgram("npm", args, folder);
  if (code === 0) return;
  const said = `${name}@${version} could not be fetched: ${text.slice(-300).trim()}`;
  const [, why = ""] = /^npm (?:error|ERR!) code (\w+)$/m.exec(text) ?? [];
  throw UNREACHED.has(why) ? new Missing(said) : new Error(said);
}
