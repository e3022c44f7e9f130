// Plants the mutants of a file: each is one change of its source, behind a switch.
import { createHash } from "node:crypto";
import { type Change, isDocumentation, scriptMutations } from "./script-mutations.ts";
import { sqlMutations } from "./sql-mutations.ts";
import type { Piece } from "./sql-tokens.ts";
import { child, children, type Node, parse, text, walk } from "./syntax.ts";

/** `id` depends on the code and its declaration, not on the line; a static one is evaluated once: when its module loads, or for `??=`. */
export type Mutant = {
  id: string;
  kind: string;
  file: string;
  line: number;
  declaration: string;
  isStatic: boolean;
  /** The source between `start` and `end` becomes `text`. */
  start: number;
  end: number;
  text: string;
  target: { start: number; end: number };
};

/** The pieces of an SQL template; null for another expression. */
function piecesOf(node: Node, source: string): Piece[] | null {
  if (node.type !== "TaggedTemplateExpression" || text(child(node, "tag"), "name") !== "sql") return null;
  const quasi = child(node, "quasi");
  if (!quasi) return null;
  const holes = children(quasi, "expressions");
  return children(quasi, "quasis").flatMap((_, index): Piece[] => {
    const hole = holes[index];
    const start = index === 0 ? quasi.start + 1 : source.indexOf("}", holes[index - 1]?.end) + 1;
    const end = hole ? source.lastIndexOf("${", hole.start) : quasi.end - 1;
    const sql: Piece = { kind: "sql", text: source.slice(start, end), start, end };
    const close = hole ? source.indexOf("}", hole.end) + 1 : 0;
    return hole ? [sql, { kind: "hole", text: source.slice(end, close), start: end, end: close }] : [sql];
  });
}

// What an earlier run has computed would hide the mutant.
const isOnce = (node: Node): boolean =>
  node.type === "AssignmentExpression" && text(node, "operator") === "??=";

const hash = (value: string): string => createHash("sha256").update(value).digest("hex").slice(0, 10);

/** All mutants of a file. */
export function plant(file: string, source: string): Mutant[] {
  const mutants: Mutant[] = [];
  const seen = new Map<string, number>();
  const lineAt = (offset: number): number => source.slice(0, offset).split("\n").length;
  walk(parse(source), (node, position) => {
    if (isDocumentation(node)) return false;
    const pieces = piecesOf(node, source);
    const changes: Change[] = pieces
      ? sqlMutations(pieces).map((edit) => ({ ...edit, target: node }))
      : scriptMutations(node, position, source);
    for (const { kind, start, end, text: replacement, target } of changes) {
      const key = [file, kind, position.declaration, source.slice(start, end), replacement].join("\n");
      const nth = seen.get(key) ?? 0;
      seen.set(key, nth + 1);
      mutants.push({
        id: hash(`${key}\n${nth}`),
        kind,
        file,
        line: lineAt(start),
        declaration: position.declaration,
        isStatic: !position.isInFunction || position.ancestors.some(isOnce),
        start,
        end,
        text: replacement,
        target: { start: target.start, end: target.end },
      });
    }
    return true;
  });
  return mutants;
}

type Range = { start: number; end: number };

const isWithin = (inner: Range, outer: Range): boolean =>
  inner.start >= outer.start && inner.end <= outer.end;

/** The source with every mutant behind a switch: `globalThis.__mutant("id")` says whether it is active. */
export function withSwitches(source: string, mutants: Mutant[]): string {
  const targets = new Map<string, Mutant[]>();
  for (const mutant of mutants) {
    const key = `${mutant.target.start}-${mutant.target.end}`;
    targets.set(key, [...(targets.get(key) ?? []), mutant]);
  }
  const groups = [...targets.values()]
    .flatMap((all) => (all[0] ? [{ ...all[0].target, all }] : []))
    .toSorted((a, b) => a.start - b.start || b.end - a.end);

  const render = (range: Range, inside: typeof groups): string => {
    let result = "";
    let at = range.start;
    while (inside.length > 0) {
      const [group, ...others] = inside;
      if (!group) break;
      const nested = others.filter((other) => isWithin(other, group));
      const variants = group.all.map(
        (mutant) =>
          `globalThis.__mutant("${mutant.id}") ? (${source.slice(group.start, mutant.start)}${mutant.text}${source.slice(mutant.end, group.end)}) : `,
      );
      result += `${source.slice(at, group.start)}(${variants.join("")}(${render(group, nested)}))`;
      at = group.end;
      inside = others.filter((other) => !nested.includes(other));
    }
    return result + source.slice(at, range.end);
  };
  return render({ start: 0, end: source.length }, groups);
}
