// Runs the sessions of one page in a separate folder and against a separate server.
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../bench/runtime.ts";
import { readSteps, withOutputs } from "./page.ts";
import { isComplete, openShell } from "./shell.ts";
import { isSameOutput } from "./volatile.ts";

const URL_IN_PAGES = "http://localhost:8787";

/** `differences` name the lines of the page; `text` is the page with the printed outputs where they differ. */
export type PageRun = { commands: number; differences: string[]; text: string };

const indented = (sign: string, lines: string[]): string[] => lines.map((line) => `  ${sign} ${line}`);

/** Creates a folder in which the project's commands work, so that a page writes no files into the repository. */
function makeWorkspace(folder: string): void {
  mkdirSync(folder);
  for (const name of ["package.json", "scripts", "sdk", "node_modules"])
    symlinkSync(join(ROOT, name), join(folder, name));
}

/** Runs each command of a page; `name` is used in the differences, and `folder` must not exist yet. */
export async function runPage(file: string, name: string, url: string, folder: string): Promise<PageRun> {
  const text = readFileSync(file, "utf8");
  const steps = readSteps(text, isComplete);
  const { port } = new URL(url);
  const localUrl = `http://localhost:${port}`;
  makeWorkspace(folder);
  const shell = openShell(folder, { ...process.env, PORT: port });
  const differences: string[] = [];
  const outputs: string[][] = [];
  try {
    for (const { line, command, output } of steps) {
      const lines = await shell.run(command.replaceAll(URL_IN_PAGES, localUrl)).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`${name}:${line}: $ ${command}\n${reason}`, { cause: error });
      });
      const printed = lines.map((text) => text.replaceAll(localUrl, URL_IN_PAGES));
      const isSame = isSameOutput(output, printed);
      outputs.push(isSame ? output : printed);
      if (!isSame)
        differences.push(
          [`${name}:${line}: $ ${command}`, ...indented("-", output), ...indented("+", printed)].join("\n"),
        );
    }
  } finally {
    shell.close();
  }
  return { commands: steps.length, differences, text: withOutputs(text, steps, outputs) };
}
