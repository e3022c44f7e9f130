// One bash for each page, so that later commands can use the variables of earlier ones.
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const COMMAND_TIMEOUT_MS = 120_000;

export type Shell = { run: (command: string) => Promise<string[]>; close: () => void };

/** Whether a command is complete: open quotes, here-documents and trailing backslashes need further lines. */
export function isComplete(command: string): boolean {
  if (command.endsWith("\\")) return false;
  const { status, stderr } = spawnSync("bash", ["-n"], { input: `${command}\n`, encoding: "utf8" });
  return status === 0 && stderr === "";
}

/** Starts a bash in `folder`; `run` returns the output and errors of a command, and throws if it does not end in time. */
export function openShell(folder: string, env: NodeJS.ProcessEnv): Shell {
  // Detached, so that it has a process group, which ends together with everything that its commands started.
  const bash = spawn("bash", ["--noprofile", "--norc"], { cwd: folder, env, detached: true });
  const close = (): void => {
    if (bash.pid !== undefined && bash.exitCode === null && bash.signalCode === null) process.kill(-bash.pid);
  };
  const printed = createInterface({ input: bash.stdout })[Symbol.asyncIterator]();
  const script = join(folder, ".command.sh");
  const run = async (command: string): Promise<string[]> => {
    const mark = `end-${randomUUID()}`;
    writeFileSync(script, `${command}\n`);
    bash.stdin.write(`. '${script}' </dev/null 2>&1; printf '\\n%s\\n' ${mark}\n`);
    const timeout = setTimeout(close, COMMAND_TIMEOUT_MS);
    const lines: string[] = [];
    for (let next = await printed.next(); next.value !== mark; next = await printed.next()) {
      if (next.done)
        throw new Error(`the shell has ended, or the command took over ${COMMAND_TIMEOUT_MS / 1000} s`);
      lines.push(next.value.trimEnd());
    }
    clearTimeout(timeout);
    while (lines.at(-1) === "") lines.pop();
    return lines;
  };
  return { run, close };
}
