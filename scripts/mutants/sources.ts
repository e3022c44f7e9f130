// The files whose mutants are planted, and the files of tests.
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Mutant, plant } from "./plant.ts";

export const ROOT = join(import.meta.dirname, "../..");

/** A file, the hash of its text, and its mutants. */
export type Source = { file: string; text: string; hash: string; mutants: Mutant[] };

export const hashOf = (value: string): string =>
  createHash("sha256").update(value).digest("hex").slice(0, 16);

export const readText = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** The files of src and workers. Tables have no code that runs; their constraints are tested in test/migrations. */
export const readSources = (): Source[] =>
  globSync(["src/**/*.ts", "workers/**/*.ts"], { cwd: ROOT })
    .filter((file) => !/(^|\/)(tables|env\.d)\.ts$/.test(file))
    .toSorted()
    .map((file) => {
      const text = readText(file);
      return { file, text, hash: hashOf(text), mutants: plant(file, text) };
    });

/** The folder under src, or "workers". */
export const domainOf = (file: string): string =>
  file.startsWith("src/") ? (file.split("/")[1] ?? "") : "workers";

const readHashes = (pattern: string): Map<string, string> =>
  new Map(
    globSync(pattern, { cwd: ROOT })
      .toSorted()
      .map((file) => [file, hashOf(readText(file))]),
  );

/** The test files and the hash of each. */
export const readTests = (): Map<string, string> => readHashes("test/**/*.test.ts");

/** A hash of the tests and of what supports them. */
export const hashOfTests = (): string => hashOf([...readHashes("test/**/*.ts").values()].join(""));

/** A hash of the requests that the walks over all operations send. */
export const hashOfRequests = (): string =>
  hashOf([...readHashes("test/http/operations/*.ts").values()].join(""));
