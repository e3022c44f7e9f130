// Which mutants the type checker or the linter refuses. `npm test` runs both, so nobody can commit such a bug.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mutant } from "./plant.ts";
import { ROOT, type Source } from "./sources.ts";

const COPIED = ["src", "workers", "oxlint.config.ts", "package.json"];
// What is unused or constant is due to how a mutant is written: the same bug can be written without it.
const TYPE_ERROR = /^((?:src|workers)\/[^(]+)\(\d+,\d+\): (error (?!TS61(?:33|92|96|98|99)\b).*)$/gm;
const UNAWAITED_PROMISE =
  /^((?:src|workers)\/[^:]+):\d+:\d+: (.*typescript\((?:no-floating-promises|no-misused-promises|return-await)\).*)$/gm;
const MAX_OUTPUT_BYTES = 64 * 1024 ** 2;

/** What a tool of node_modules prints in `folder`. Throws if it cannot be started. */
function outputOf(folder: string, tool: string, args: string[]): string {
  const program = join(ROOT, "node_modules/.bin", tool);
  const { error, stdout } = spawnSync(program, args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  if (error) throw error;
  return stdout;
}

/** The files that the type checker or the linter complains of, each with its first complaint. */
function complaintsIn(folder: string): Map<string, string> {
  const types = outputOf(folder, "tsc", ["--pretty", "false"]);
  const lint = outputOf(folder, "oxlint", ["--format", "unix", "src", "workers"]);
  const complaints = [...types.matchAll(TYPE_ERROR), ...lint.matchAll(UNAWAITED_PROMISE)];
  return new Map(complaints.toReversed().map(([, file = "", complaint = ""]) => [file, complaint]));
}

/** Calls `refused` with each mutant that the type checker or the linter refuses, and with what it says. One of each file is checked at a time. */
export function checkRefused(
  sources: Source[],
  mutants: Mutant[],
  refused: (mutant: Mutant, complaint: string) => void,
): void {
  const texts = new Map(sources.map(({ file, text }) => [file, text]));
  const folder = mkdtempSync(join(tmpdir(), "mutants-"));
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const config = { extends: join(ROOT, "tsconfig.json"), include: ["src", "workers"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const byFile = [...Map.groupBy(mutants, ({ file }) => file).values()];
    const rounds = Math.max(0, ...byFile.map((ofFile) => ofFile.length));
    for (let round = 0; round < rounds; round += 1) {
      const planted = byFile.flatMap((ofFile) => ofFile[round] ?? []);
      const write = (textOf: (mutant: Mutant, text: string) => string): void => {
        for (const mutant of planted)
          writeFileSync(join(folder, mutant.file), textOf(mutant, texts.get(mutant.file) ?? ""));
      };
      write(({ start, end, text: changed }, text) => text.slice(0, start) + changed + text.slice(end));
      const complaints = complaintsIn(folder);
      for (const mutant of planted) {
        const complaint = complaints.get(mutant.file);
        if (complaint !== undefined) refused(mutant, complaint);
      }
      write((_, text) => text);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
