// External programs. They are never installed into the project; npm packages are installed into a temporary folder, at a fixed version.
import { spawn } from "node:child_process";
import { ROOT } from "../bench/runtime.ts";

/** Thrown if a program is not available on this machine; its attack is skipped. */
export class MissingToolError extends Error {}

export type Output = { code: number | null; text: string };

/** Runs a program in `cwd` and waits until it ends. @throws MissingToolError */
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
      reject(error.code === "ENOENT" ? new MissingToolError(`${program} is not installed here.`) : error),
    );
    child.once("close", (code) => resolve({ code, text: Buffer.concat(chunks).toString() }));
  });
}

// npm's error codes when it cannot reach the registry. Any other code is a real failure.
const UNREACHABLE_CODES = new Set([
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

/** Installs an npm package into `folder`. @throws MissingToolError if the registry cannot be reached */
export async function fetchPackage(name: string, version: string, folder: string): Promise<void> {
  const args = ["install", `${name}@${version}`, "--prefix", folder, "--no-audit", "--no-fund", "--no-save"];
  const { code, text } = await runProgram("npm", args, folder);
  if (code === 0) return;
  const message = `${name}@${version} could not be fetched: ${text.slice(-300).trim()}`;
  const [, errorCode = ""] = /^npm (?:error|ERR!) code (\w+)$/m.exec(text) ?? [];
  throw UNREACHABLE_CODES.has(errorCode) ? new MissingToolError(message) : new Error(message);
}
