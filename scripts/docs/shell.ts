// One bash for each page, so that a variable of one command is there for the next.
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

export type Shell = { run: (command: string) => Promise<string[]>; close: () => void };

/** Whether bash needs no further line for this command; quotes, here-documents and trailing backslashes ask for more. */
export function isComplete(command: string): boolean {
  if (command.endsWith("\\")) return false;
  const { status, stderr } = spawnSync("bash", ["-n"], { input: `${command}\n`, encoding: "utf8" });
  return status === 0 && stderr === "";
}

/** Starts a bash in `folder`; `run` answers what a command prints on both of its streams. */
export function openShell(folder: string, env: NodeJS.ProcessEnv): Shell {
  const bash = spawn("bash", ["--noprofile", "--norc"], { cwd: folder, env });
  const printed = createInterface({ input: bash.stdout })[Symbol.asyncIterator]();
  const script = join(folder, ".command.sh");
  const run = async (command: string): Promise<string[]> => {
    const mark = `end-${randomUUID()}`;
    writeFileSync(script, `${command}\n`);
    bash.stdin.write(`. ./.command.sh </dev/null 2>&1; printf '\\n%s\\n' ${mark}\n`);
    const lines: string[] = [];
    for (let next = await printed.next(); next.value !== mark; next = await printed.next()) {
      if (next.done) throw new Error("the shell has ended");
      lines.push(next.value.trimEnd());
    }
    while (lines.at(-1) === "") lines.pop();
    return lines;
  };
  return { run, close: () => bash.kill() };
}
