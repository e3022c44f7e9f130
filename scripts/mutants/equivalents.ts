// test/mutants/equivalent.json: mutants that change nothing which a test could notice, each with its reason.
import { z } from "zod";
import { readText, type Source } from "./sources.ts";

const Equivalents = z.array(
  z.strictObject({ id: z.string(), file: z.string(), change: z.string(), reason: z.string() }),
);

/** The listed mutants. Throws if one of them no longer exists. */
export function readEquivalents(sources: Source[]): Set<string> {
  const listed = Equivalents.parse(JSON.parse(readText("test/mutants/equivalent.json")));
  const planted = new Set(sources.flatMap(({ mutants }) => mutants.map(({ id }) => id)));
  const gone = listed.filter(({ id }) => !planted.has(id));
  if (gone.length > 0)
    throw new Error(
      `equivalent.json lists mutants that no longer exist: ${gone.map(({ id, file }) => `${id} (${file})`).join(", ")}`,
    );
  return new Set(listed.map(({ id }) => id));
}
