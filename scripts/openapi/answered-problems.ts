// The file of the problems that operations have answered in the last run of tests: lines of an operationId and a slug.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const FILE = join(import.meta.dirname, "../../.wrangler/answered-problems.txt");

export function writeAnsweredProblems(lines: Iterable<string>): void {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, `${[...new Set(lines)].toSorted().join("\n")}\n`);
}

export const readAnsweredProblems = (): Set<string> => new Set(readFileSync(FILE, "utf8").split("\n"));
