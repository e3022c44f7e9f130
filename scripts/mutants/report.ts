// Prints the survivors with their place and their change, and the numbers of each domain.
import type { Mutant } from "./plant.ts";
import { domainOf, type Source } from "./sources.ts";
import type { MutantResult } from "./store.ts";

const lines = (sign: string, changed: string): string =>
  changed
    .split("\n")
    .map((line) => `${sign} ${line}`)
    .join("\n");

/** The lines that the mutant changes, before and after. */
function diffOf({ start, end, text }: Mutant, source: string): string {
  const from = source.lastIndexOf("\n", start) + 1;
  const to = source.indexOf("\n", end);
  const after = source.slice(from, start) + text + source.slice(end, to);
  return `${lines("-", source.slice(from, to))}\n${lines("+", after)}`;
}

const percent = (found: number, all: number): string =>
  all === 0 ? "" : `${((100 * found) / all).toFixed(1)} %`;

/** Prints mutants, each with what is known of it in brackets. */
export function printMutants(sources: Source[], mutants: Mutant[], noteOf: (mutant: Mutant) => string): void {
  const texts = new Map(sources.map(({ file, text }) => [file, text]));
  for (const mutant of mutants) {
    console.log(
      `\n${mutant.file}:${mutant.line} ${mutant.kind} in ${mutant.declaration} (${noteOf(mutant)})`,
    );
    console.log(diffOf(mutant, texts.get(mutant.file) ?? ""));
  }
}

/** Returns whether every mutant that ran was found or refused. */
export function printReport(
  sources: Source[],
  chosen: Mutant[],
  equivalents: Set<string>,
  results: Map<string, MutantResult>,
): boolean {
  const outcomeOf = ({ id }: Mutant): string =>
    equivalents.has(id) ? "equivalent" : (results.get(id)?.outcome ?? "open");
  const missed = chosen.filter((mutant) => ["survived", "unreached"].includes(outcomeOf(mutant)));
  printMutants(sources, missed, (mutant) => `${mutant.id}, ${outcomeOf(mutant)}`);
  const count = (mutants: Mutant[], outcome: string): number =>
    mutants.filter((mutant) => outcomeOf(mutant) === outcome).length;
  const rows = (title: string, nameOf: (mutant: Mutant) => string) =>
    [...new Set(chosen.map(nameOf))].toSorted().map((name) => {
      const mutants = chosen.filter((mutant) => nameOf(mutant) === name);
      const [found = 0, refused = 0, survived = 0, unreached = 0] = [
        "found",
        "refused",
        "survived",
        "unreached",
      ].map((outcome) => count(mutants, outcome));
      return {
        [title]: name,
        planted: mutants.length,
        equivalent: count(mutants, "equivalent"),
        open: count(mutants, "open"),
        found,
        refused,
        survived,
        unreached,
        score: percent(found + refused, found + refused + survived + unreached),
      };
    });
  console.table(rows("domain", ({ file }) => domainOf(file)));
  console.table(rows("kind", ({ kind }) => kind));
  return missed.length === 0;
}
