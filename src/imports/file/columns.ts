import { invalid, Problem } from "../../platform/problem.ts";

/** The columns of a kind of import. */
export type ColumnLayout<C extends string = string> = { required: readonly C[]; optional: readonly C[] };

const normalize = (name: string): string => name.trim().toLowerCase();

/** The index of each known column in the header, by name in any order and case. */
export const columnPositions = <C extends string>(
  layout: ColumnLayout<C>,
  header: string[],
): Map<C, number> => {
  const names = header.map(normalize);
  return new Map(
    [...layout.required, ...layout.optional].flatMap((column) => {
      const at = names.indexOf(normalize(column));
      return at < 0 ? [] : [[column, at] as const];
    }),
  );
};

const headerHint = (layout: ColumnLayout, header: string[]): string =>
  header.length === 1 && header[0]?.includes(";")
    ? "The columns seem to be separated by semicolons; separate them by commas."
    : `The first line must name ${layout.required.join(", ")}.`;

/** Validates a header and returns the columns that the import ignores. @throws Problem missing-columns, invalid */
export function checkHeader(layout: ColumnLayout, header: string[]): { ignored: string[] } {
  const found = columnPositions(layout, header);
  const missing = layout.required.filter((column) => !found.has(column));
  if (missing.length > 0)
    throw new Problem("missing-columns", headerHint(layout, header), {
      errors: missing.map((column) => ({ pointer: "#", detail: `the column ${column} is missing` })),
    });
  const names = header.map(normalize);
  const known = [...found.values()];
  const repeated = known.filter((at) => names.lastIndexOf(names[at] ?? "") !== at);
  if (repeated.length > 0)
    throw invalid(
      repeated.map((at) => ({ pointer: "#", detail: `the column ${header[at]} appears more than once` })),
    );
  return { ignored: header.filter((_, at) => !known.includes(at)) };
}
