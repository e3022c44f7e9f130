import { sql, type SQL } from "drizzle-orm";
import { expect, it } from "vitest";
import { z } from "zod";
import {
  openSharedDb,
  requireThat,
  returning,
  undisclosed,
  violates,
  violatesAny,
  violatesForeignKey,
} from "../../src/platform/d1.ts";
import { Problem } from "../../src/platform/problem.ts";
import { brokenDb } from "../support/failing-bindings.ts";
import { failureOf } from "../support/d1.ts";
import { recordedDb } from "../support/recorded-bindings.ts";
import { base, newShop } from "../support/shops.ts";

const one = z.object({ n: z.number() });

it("a statement that D1 rejects is a bug, and one that it could not run is an unavailable dependency", async () => {
  const { db } = base();
  const malformed = await failureOf(db.run(sql`SELECT no_such_column`));
  const unbound = await failureOf(db.all(one, { text: "SELECT ? AS n", params: [{}] }));
  expect([malformed, unbound].map((error) => error instanceof Problem)).toEqual([false, false]);
  for (const error of [new TypeError("not a value"), new RangeError("not a number")])
    expect(
      await failureOf(openSharedDb({ DB: brokenDb(error, true) }, "first-primary").run(sql`SELECT 1`)),
    ).toBe(error);
  const lost = { DB: brokenDb(new Error("Network connection lost."), true) };
  expect(await failureOf(openSharedDb(lost, "first-primary").run(sql`SELECT 1`))).toMatchObject({
    slug: "unavailable",
    status: 503,
  });
});

it("a violated constraint is told by its name, of whichever kind it is, and is not another one", async () => {
  const { db } = base();
  await db.run(sql`CREATE TABLE test_parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL, size INTEGER CONSTRAINT test_size CHECK (size > 0),
    UNIQUE (name, size))`);
  await db.run(sql`CREATE TABLE test_children (parent INTEGER REFERENCES test_parents (id))`);
  await db.run(sql`INSERT INTO test_parents VALUES (1, 'a', 1)`);
  const names = ["test_parents.id", "test_parents.name", "test_size", "a_rule"];
  const kinds = async (statement: SQL) => {
    const error = await failureOf(db.run(statement));
    return [names.filter((name) => violates(error, name)), violatesForeignKey(error), violatesAny(error)];
  };
  expect(await kinds(sql`INSERT INTO test_parents VALUES (1, 'b', 1)`)).toEqual([
    ["test_parents.id"],
    false,
    true,
  ]);
  expect(await kinds(sql`INSERT INTO test_parents VALUES (2, 'a', 1)`)).toEqual([
    ["test_parents.name"],
    false,
    true,
  ]);
  expect(await kinds(sql`INSERT INTO test_parents VALUES (2, NULL, 1)`)).toEqual([
    ["test_parents.name"],
    false,
    true,
  ]);
  expect(await kinds(sql`INSERT INTO test_parents VALUES (2, 'b', 0)`)).toEqual([["test_size"], false, true]);
  expect(await kinds(requireThat("a_rule", sql`false`))).toEqual([["a_rule"], false, true]);
  expect(await kinds(sql`INSERT INTO test_children VALUES (2)`)).toEqual([[], true, true]);
  expect(await kinds(sql`SELECT no_such_column`)).toEqual([[], false, false]);
  await db.run(requireThat("a_rule", sql`true`));
});

it("the rows of an undisclosed statement are counted apart from the others of its batch", async () => {
  const { tenant } = await newShop();
  const { db } = base();
  const shop = () => returning(one, sql`SELECT 1 AS n FROM tenants WHERE id = ${tenant.id}`);
  await db.batch([shop(), undisclosed(shop())]);
  expect([db.cost.read, db.undisclosed]).toEqual([2, { read: 1, written: 0 }]);
  await db.batch([undisclosed(sql`UPDATE tenants SET plan = plan WHERE id = ${tenant.id}`)]);
  expect(db.undisclosed.written).toBe(db.cost.written);
  expect(db.cost.written).toBeGreaterThan(0);
});

it("all statements of a request are sent in one session, so that it reads what it has written", async () => {
  const starts: unknown[] = [];
  const db = openSharedDb({ DB: recordedDb(starts) }, "first-unconstrained");
  expect(db.bookmark()).toBeNull();
  await db.run(sql`SELECT 1`);
  await db.batch([sql`SELECT 1`, sql`SELECT 2`]);
  expect(starts).toEqual(["first-unconstrained"]);
  expect(db.bookmark()).toMatch(/\S/);
});
