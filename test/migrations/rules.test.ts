// Breaks every rule of the schema once in SQL: each term of each CHECK, each key and unique index, each foreign key, and each
// trigger that refuses.
import { beforeAll, describe, expect, it } from "vitest";
import { rowsOf } from "../support/d1.ts";
import { attempt, type Column, columnsOf, copyRow, selection } from "./attempts.ts";
import { migrateOldShop } from "./old-shop.ts";
import { type Check, checks, foreignKeys, refusingTriggers, rulesInText, uniques } from "./rules.ts";
import { triggerViolations } from "./trigger-violations.ts";

beforeAll(async () => {
  await migrateOldShop();
}, 120_000);

const numbersIn = (text: string): bigint[] => [...text.matchAll(/\d+/g)].map(([digits]) => BigInt(digits));

/** SQL of values at and beyond the borders of a term, by the type of the column. */
function candidates(term: string, { name, type }: Column, columns: Column[]): string[] {
  const borders = numbersIn(term).flatMap((number) => [number + 1n, number - 1n, -number - 1n]);
  if (type === "integer")
    return [
      "NULL",
      "-1",
      "2",
      ...borders.map(String),
      ...columns
        .filter((each) => each.type === "integer" && each.name !== name)
        .map((each) => `"${each.name}" + 1`),
    ];
  const strings = [...term.matchAll(/'[^']*'/g)].map(([text]) => text);
  const lists = borders
    .filter((length) => length >= 0n && length < 1000n)
    .map((length) => `'[${Array.from({ length: Number(length) }, () => "0").join(",")}]'`);
  return ["NULL", "'x'", "''", ...strings, ...lists];
}

/** Statements that each copy a row so that it breaks this term of a CHECK and no other term of its table. */
async function* breaking(check: Check, term: string): AsyncGenerator<string> {
  const columns = await columnsOf(check.table);
  const all = checks.filter(({ table }) => table === check.table).flatMap(({ terms }) => terms);
  const mentioned = columns.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(term));
  for (const column of mentioned)
    for (const value of candidates(term, column, columns)) {
      const replaced = { [column.name]: value };
      const evaluate = (terms: string[]) =>
        rowsOf(
          `SELECT ${terms.map((each, at) => `(${each}) AS t${at}`).join(", ")}
            FROM (SELECT ${selection(columns, replaced)} FROM "${check.table}" LIMIT 20)`,
        );
      // Where a value is not JSON, another term may fail to be evaluated.
      const [terms, rows] = await evaluate(all)
        .then((found) => [all, found] as const)
        .catch(async () => [[term], await evaluate([term]).catch(() => [])] as const);
      for (const [nth, row] of rows.entries())
        if (terms.every((each, at) => (row[`t${at}`] === 0) === (each === term)))
          yield await copyRow(check.table, replaced, { nth, same: Object.keys(replaced) });
    }
}

// What the batch does first: rows that the condition of a partial index includes, and triggers that would refuse before a key.
const prepared: Record<string, string[]> = {
  alerts_open: ["UPDATE alerts SET closed_at = NULL"],
  breaks_open: ["UPDATE breaks SET end_at = NULL"],
  payments_by_hand: ["UPDATE payments SET provider = 'manual'"],
  shifts_open: ["UPDATE shifts SET status = 'OPEN', end_at = NULL"],
  "the key of audit_log": ["DROP TRIGGER audit_log_no_replace"],
  "the key of shift_audit": ["DROP TRIGGER shift_audit_no_replace"],
  "the key of tax_rates": ["UPDATE tax_rates SET is_default = 0"],
};

describe("the rules of schema.sql", () => {
  it("are all found by these tests", () => {
    expect(checks.length).toBe(rulesInText.checks);
    expect(foreignKeys.length).toBe(rulesInText.foreignKeys);
    expect(uniques.length).toBe(rulesInText.uniques);
    expect(Object.keys(triggerViolations).toSorted()).toEqual(refusingTriggers.toSorted());
  });

  it.each(checks.flatMap((check) => check.terms.map((term) => [check.name, term, check] as const)))(
    "include the CHECK %s: %s",
    async (name, term, check) => {
      const answers: string[] = [];
      for await (const statement of breaking(check, term)) {
        answers.push(await attempt(statement));
        if (answers.at(-1)?.includes(`CHECK constraint failed: ${name}`)) return;
      }
      expect.fail(`no value is refused by it; add one to candidates: ${answers.join(", ")}`);
    },
  );

  it.each(foreignKeys.map((key) => [key.name, key] as const))(
    "include the foreign key of %s",
    async (_, { table, columns }) => {
      const column = columns.at(-1) ?? "";
      const { type } = (await columnsOf(table)).find(({ name }) => name === column) ?? {};
      const missing = type === "integer" ? "999999" : "'missing'";
      const answers = [
        await attempt(`UPDATE "${table}" SET "${column}" = ${missing} WHERE "${column}" IS NOT NULL`),
      ];
      for (let nth = 0; nth < 5; nth += 1)
        answers.push(await attempt(await copyRow(table, { [column]: missing }, { nth })));
      expect(answers).toContainEqual(expect.stringContaining("FOREIGN KEY constraint failed"));
    },
  );

  it.each(uniques.map((unique) => [unique.name, unique] as const))(
    "include the uniqueness of %s",
    async (name, { table, columns, where }) => {
      const list = columns.map((column) => `${table}.${column}`).join(", ");
      const copy = await copyRow(table, {}, { same: columns, where: where ?? "true" });
      expect(await attempt(...(prepared[name] ?? []), copy)).toContain(`UNIQUE constraint failed: ${list}`);
    },
  );

  it.each(Object.entries(triggerViolations))("include the trigger %s", async (_, { rule, statements }) => {
    expect(await attempt(...statements.slice(0, -1))).toBe("accepted");
    expect(await attempt(...statements)).toContain(`rule: ${rule}`);
  });
});
