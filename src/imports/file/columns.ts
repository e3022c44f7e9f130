// The columns of a file by the names of its first line, in any order and case.
import { invalid, Problem } from "../../platform/problem.ts";

/** The columns that a kind of import knows. */
export type Layout<C extends string = string> = { required: readonly C[]; optional: readonly C[] };

const fold = (name: string): string => name.trim().toLowerCase();

/** Where each column stands. */
export const positionsOf = <C extends string>(layout: Layout<C>, header: string[]): Map<C, number> => {
  const names = header.map(fold);
  return new Map(
    [...layout.required, ...layout.optional].flatMap((column) => {
      const at = names.indexOf(fold(column));
      return at < 0 ? [] : [[column, at] as const];
    }),
  );
};

const hintOf = (layout: Layout, header: string[]): string =>
  header.length === 1 && header[0]?.includes(";")
    ? "The file seems to be separated by semicolons: separate by commas."
    : `The first line must name ${layout.required.join(", ")}.`;

/** Checks a header; answers the columns that mean nothing here. @throws Problem missing-columns, invalid */
export function checkHeader(layout: Layout, header: string[]): { ignored: string[] } {
  const found = positionsOf(layout, header);
  const missing = layout.required.filter((column) => !found.has(column));
  if (missing.length > 0)
    throw new Problem("missing-columns", hintOf(layout, header), {
      errors: missing.map((column) => ({ pointer: "#", detail: `the column ${column} is missing` })),
    });
  const names = header.map(fold);
  const known = [...found.values()];
  const twice = known.filter((at) => names.lastIndexOf(names[at] ?? "") !== at);
  if (twice.length > 0)
    throw invalid(twice.map((at) => ({ pointer: "#", detail: `the column ${header[at]} is there twice` })));
  return { ignored: header.filter((_, at) => !known.includes(at)) };
}
