import { describe, expect, it } from "vitest";
import { sqlMutations } from "../../../scripts/mutants/sql-mutations.ts";
import type { Piece } from "../../../scripts/mutants/sql-tokens.ts";

/** The pieces of a template whose holes are written as `${...}`. */
const piecesOf = (source: string): Piece[] =>
  [...source.matchAll(/\$\{[^}]*\}|(?:(?!\$\{)[^])+/g)].map(({ 0: text, index }) => ({
    kind: text.startsWith("${") ? "hole" : "sql",
    text,
    start: index,
    end: index + text.length,
  }));

/** What the mutations of the template make of it, with their kinds. */
const mutated = (source: string): string[] =>
  sqlMutations(piecesOf(source)).map(
    ({ kind, start, end, text }) => `${kind}: ${source.slice(0, start)}${text}${source.slice(end)}`,
  );

describe("the mutations of SQL", () => {
  it("drop each condition of a statement, by its kind", () => {
    expect(
      mutated("DELETE FROM cart_items WHERE tenant_id = ${t} AND user_id = ${u} AND product_id = ${p}"),
    ).toEqual([
      "tenant: DELETE FROM cart_items WHERE true AND user_id = ${u} AND product_id = ${p}",
      "user: DELETE FROM cart_items WHERE tenant_id = ${t} AND true AND product_id = ${p}",
      "sql: DELETE FROM cart_items WHERE tenant_id = ${t} AND user_id = ${u} AND true",
    ]);
  });

  it("name a condition on the row of a shop after the shop", () => {
    expect(mutated("SELECT 1 FROM tenants t WHERE t.id = ${ctx.tenant.id} AND id = ${id}")).toEqual([
      "tenant: SELECT 1 FROM tenants t WHERE true AND id = ${id}",
      "sql: SELECT 1 FROM tenants t WHERE t.id = ${ctx.tenant.id} AND true",
    ]);
  });

  it("drop the conditions of joins, of subqueries and of what the subqueries are part of", () => {
    expect(
      mutated(
        "SELECT 1 FROM a JOIN b ON b.tenant_id = a.tenant_id WHERE NOT EXISTS (SELECT 1 FROM c WHERE c.status = 'open') ORDER BY 1",
      ),
    ).toEqual([
      "tenant-join: SELECT 1 FROM a JOIN b ON true WHERE NOT EXISTS (SELECT 1 FROM c WHERE c.status = 'open') ORDER BY 1",
      "state: SELECT 1 FROM a JOIN b ON b.tenant_id = a.tenant_id WHERE NOT EXISTS (SELECT 1 FROM c WHERE true) ORDER BY 1",
      "sql: SELECT 1 FROM a JOIN b ON b.tenant_id = a.tenant_id WHERE true ORDER BY 1",
    ]);
  });

  it("move the border of a comparison", () => {
    expect(mutated("SELECT 1 FROM days WHERE day >= ${from} LIMIT 2")).toEqual([
      "day: SELECT 1 FROM days WHERE true LIMIT 2",
      "border: SELECT 1 FROM days WHERE day > ${from} LIMIT 2",
    ]);
  });

  it("keep the AND of BETWEEN in its condition, and drop a branch of OR as false", () => {
    expect(mutated("SELECT 1 FROM days WHERE day BETWEEN ${a} AND ${b} AND (x = 1 OR y = 2)")).toEqual([
      "sql: SELECT 1 FROM days WHERE day BETWEEN ${a} AND ${b} AND (false OR y = 2)",
      "sql: SELECT 1 FROM days WHERE day BETWEEN ${a} AND ${b} AND (x = 1 OR false)",
      "day: SELECT 1 FROM days WHERE true AND (x = 1 OR y = 2)",
      "sql: SELECT 1 FROM days WHERE day BETWEEN ${a} AND ${b} AND true",
    ]);
  });

  it("drop an optional fragment alone", () => {
    expect(mutated("SELECT 1 FROM shifts WHERE id = ${id} ${until}")).toEqual([
      "sql: SELECT 1 FROM shifts WHERE id = ${id} ",
      "sql: SELECT 1 FROM shifts WHERE true ${until}",
    ]);
  });

  it("drop the conditions of CASE and of a fragment, and change no conflict target, column or value", () => {
    expect(mutated("s.day < ${day} AND ${isOpen}")).toEqual([
      "day: true AND ${isOpen}",
      "border: s.day <= ${day} AND ${isOpen}",
      "sql: s.day < ${day} AND true",
    ]);
    expect(mutated("UPDATE t SET a = CASE WHEN b = ${b} THEN 1 END")).toEqual([
      "sql: UPDATE t SET a = CASE WHEN true THEN 1 END",
    ]);
    expect(
      mutated("INSERT INTO t (a, b) VALUES (${a}, ${b}) ON CONFLICT (a) DO UPDATE SET b = excluded.b"),
    ).toEqual([]);
    expect(mutated("quantity + excluded.quantity")).toEqual([]);
  });
});
