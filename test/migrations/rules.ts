// Reads the rules of schema.sql: what must be refused is taken from the committed text, not from the database under test.
import schema from "./schema.sql?raw";

/** A CHECK and its terms: what AND joins at its top level. */
export type Check = { table: string; name: string; terms: string[] };
/** A key of a table, or a unique index with its condition. */
export type Unique = { table: string; name: string; columns: string[]; where: string | null };
export type ForeignKey = { table: string; name: string; columns: string[] };

const namesIn = (list: string): string[] => [...list.matchAll(/[`"](\w+)[`"]/g)].map(([, name = ""]) => name);

const tables = [...schema.matchAll(/^CREATE TABLE [`"](\w+)[`"] \(([\s\S]*?)\) (?:STRICT|WITHOUT)/gm)].map(
  ([, name = "", body = ""]) => ({ name, body }),
);

/** The text up to the parenthesis that closes the one before it. */
function insideParenthesis(text: string): string {
  let depth = 1;
  for (const { 0: parenthesis, index } of text.matchAll(/[()]/g)) {
    depth += parenthesis === "(" ? 1 : -1;
    if (depth === 0) return text.slice(0, index);
  }
  throw new Error(`no parenthesis closes ${text}`);
}

/** Splits at each AND that is neither in parentheses nor of a BETWEEN. */
function termsOf(expression: string): string[] {
  const terms = [""];
  let depth = 0;
  let isBetween = false;
  for (const token of expression.split(/(\(|\)|\bBETWEEN\b|\bAND\b)/)) {
    if (token === "(") depth += 1;
    if (token === ")") depth -= 1;
    if (depth === 0 && token === "BETWEEN") isBetween = true;
    else if (depth === 0 && token === "AND" && isBetween) isBetween = false;
    else if (depth === 0 && token === "AND") {
      terms.push("");
      continue;
    }
    terms.push(`${terms.pop() ?? ""}${token}`);
  }
  return terms.map((term) => term.trim());
}

export const checks: Check[] = tables.flatMap(({ name: table, body }) =>
  [...body.matchAll(/CONSTRAINT "(\w+)" CHECK\(/g)].map(({ 0: head, 1: name = "", index }) => ({
    table,
    name,
    terms: termsOf(insideParenthesis(body.slice(index + head.length))),
  })),
);

export const foreignKeys: ForeignKey[] = tables.flatMap(({ name: table, body }) =>
  [...body.matchAll(/FOREIGN KEY \((.*?)\) REFERENCES [`"](\w+)[`"]/g)].map(([, list = "", parent = ""]) => {
    const columns = namesIn(list);
    return { table, name: `${table}.${columns.at(-1)} to ${parent}`, columns };
  }),
);

const primaryKeys: Unique[] = tables.map(({ name: table, body }) => {
  const [, list = ""] = /PRIMARY KEY\((.*?)\)/.exec(body) ?? [];
  const [, column = ""] = /^\s*[`"](\w+)[`"] (?:text|integer) PRIMARY KEY/m.exec(body) ?? [];
  return { table, name: `the key of ${table}`, columns: list ? namesIn(list) : [column], where: null };
});

const uniqueIndexes: Unique[] = [
  ...schema.matchAll(/^CREATE UNIQUE INDEX `(\w+)` ON `(\w+)` \((.*?)\)(?: WHERE (.*))?;$/gm),
].map(([, name = "", table = "", list = "", where = null]) => ({
  table,
  name,
  columns: namesIn(list),
  where,
}));

export const uniques: Unique[] = [...primaryKeys, ...uniqueIndexes];

/** Each trigger that refuses something. */
export const refusingTriggers: string[] = [
  ...schema.matchAll(/^CREATE TRIGGER (\w+)([\s\S]*?)^END;$/gm),
].flatMap(([, name = "", body = ""]) => (body.includes("RAISE(ABORT") ? [name] : []));

/** How often the text has a rule of each kind, however it is written. */
export const rulesInText = {
  checks: schema.match(/\bCHECK\s*\(/gi)?.length ?? 0,
  foreignKeys: schema.match(/\bREFERENCES\b/gi)?.length ?? 0,
  uniques: schema.match(/\bUNIQUE\b|\bPRIMARY KEY\b/gi)?.length ?? 0,
};
