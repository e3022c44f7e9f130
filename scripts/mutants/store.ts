// What earlier runs found, in .wrangler/mutants: the results, one JSON line each, and the map of the test files.
import {
  appendFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ROOT } from "./sources.ts";

const FOLDER = join(ROOT, ".wrangler/mutants");

/** `source` is the hash of the mutant's file, `tests` that of all test files. `by` names the test that noticed it, or says why it is refused. */
const MutantResult = z.object({
  id: z.string(),
  source: z.string(),
  tests: z.string(),
  outcome: z.enum(["found", "refused", "survived", "unreached"]),
  by: z.string(),
  ms: z.number(),
});
export type MutantResult = z.infer<typeof MutantResult>;

/**
 * A test file's hash, the time it takes without a mutant, and the mutants that each of its tests reaches; `failed` if it fails without one.
 * `planted` has, for each source file that it reaches, a hash of the mutants that were planted then.
 */
const MappedTest = z.object({
  hash: z.string(),
  ms: z.number(),
  failed: z.string().nullable(),
  reached: z.record(z.string(), z.array(z.string())),
  planted: z.record(z.string(), z.string()),
});
export type MappedTest = z.infer<typeof MappedTest>;

const read = (name: string): string =>
  existsSync(join(FOLDER, name)) ? readFileSync(join(FOLDER, name), "utf8") : "";

export const readResults = (): MutantResult[] =>
  read("results.jsonl")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => MutantResult.parse(JSON.parse(line)));

export function storeResult(result: MutantResult): void {
  appendFileSync(join(FOLDER, "results.jsonl"), `${JSON.stringify(result)}\n`);
}

/** A file for each test file, because a map of all is too large to be written again for each. */
const MAP = join(FOLDER, "map");

export const readMap = (): Map<string, MappedTest> =>
  new Map(
    globSync("*.json", { cwd: MAP }).flatMap((name): [string, MappedTest][] => {
      const { data } = MappedTest.safeParse(JSON.parse(readFileSync(join(MAP, name), "utf8")));
      return data ? [[decodeURIComponent(name.slice(0, -".json".length)), data]] : [];
    }),
  );

/** Another run, of other domains, may be reading. */
export function storeMapped(test: string, mapped: MappedTest): void {
  mkdirSync(MAP, { recursive: true });
  const path = join(MAP, `${encodeURIComponent(test)}.json`);
  const written = `${path}.${process.pid}`;
  writeFileSync(written, JSON.stringify(mapped));
  renameSync(written, path);
}

/** Writes what the tests' configuration plants. Returns the file's path. */
export function storePlan(plan: { files: string[]; version: string }): string {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, "plan.json");
  writeFileSync(path, JSON.stringify(plan));
  return path;
}
