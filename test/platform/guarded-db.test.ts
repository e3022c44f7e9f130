import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { z } from "zod";
import { type Db, type Guard, openSharedDb, returning } from "../../src/platform/d1.ts";
import { guardDb, GuardViolated, newGuard } from "../../src/platform/guarded-db.ts";
import { failureOf } from "../support/d1.ts";
import { brokenDb } from "../support/failing-bindings.ts";
import { base } from "../support/shops.ts";

const one = z.object({ n: z.number() });

it("a guard that is asked for while a batch carries it costs no round trip of its own", async () => {
  const { db } = base();
  const guarded = guardDb(db, newGuard(sql`SELECT 7`));
  const statement = returning(one, sql`SELECT 1 AS n`);
  const [done, holds, value] = await Promise.all([
    guarded.db.batch([statement]),
    guarded.holds(),
    guarded.value(),
  ]);
  expect([done.of(statement), holds, value]).toEqual([[{ n: 1 }], true, 7]);
  expect(db.cost.queries).toBe(1);
});

it("batches that start together are all refused if the guard is violated, after one round trip", async () => {
  const { db } = base();
  const guarded = guardDb(db, newGuard(sql`SELECT NULL`));
  const read = () => guarded.db.all(one, sql`SELECT 1 AS n`);
  const results = await Promise.allSettled([read(), read(), guarded.value()]);
  for (const result of results)
    expect(result).toMatchObject({ status: "rejected", reason: expect.any(GuardViolated) });
  expect(await guarded.holds()).toBe(false);
  expect(db.cost.queries).toBe(1);
});

/** What an object does that is given a guard: it has the guard in its first batch. */
const objectWith = (db: Db, given: (Guard | null)[]) => async (guard: Guard | null) => {
  given.push(guard);
  const guarded = guardDb(db, guard ?? newGuard(sql`SELECT 0`));
  await guarded.db.run(sql`SELECT 1`).catch(() => null);
  return { guard: guarded.delegated() };
};

it("a guard that is delegated is confirmed by the batch of another session, and only once", async () => {
  const [{ db }, other] = [base(), base()];
  const guarded = guardDb(db, newGuard(sql`SELECT 7`));
  const given: (Guard | null)[] = [];
  const call = objectWith(other.db, given);
  await Promise.all([guarded.db.delegate(call), guarded.db.delegate(call), guarded.holds()]);
  expect(given).toEqual([guarded.guard, null]);
  expect([db.cost.queries, await guarded.value(), db.cost.queries]).toEqual([0, 7, 1]);
});

it("a guard that is violated in another session is violated here", async () => {
  const [{ db }, other] = [base(), base()];
  const guarded = guardDb(db, newGuard(sql`SELECT NULL`));
  const call = objectWith(other.db, []);
  await expect(guarded.db.delegate(call)).rejects.toBeInstanceOf(GuardViolated);
  await expect(guarded.db.run(sql`SELECT 1`)).rejects.toBeInstanceOf(GuardViolated);
  expect([db.cost.queries, guarded.mayHaveCommitted()]).toEqual([0, false]);
});

it("a delegated call whose result is lost may have been committed, and the guard stays to be confirmed", async () => {
  const { db } = base();
  const guarded = guardDb(db, newGuard(sql`SELECT 7`));
  await expect(guarded.db.delegate(() => Promise.reject(new Error("lost")))).rejects.toThrow("lost");
  expect([guarded.mayHaveCommitted(), guarded.isConfirmed(), await guarded.holds()]).toEqual([
    true,
    false,
    true,
  ]);
});

it("a request may have been committed only if a batch with its statements was lost", async () => {
  const lost = openSharedDb({ DB: brokenDb(new Error("Network connection lost."), true) }, "first-primary");
  const asked = guardDb(lost, newGuard(sql`SELECT 7`));
  expect(await failureOf(asked.holds())).toMatchObject({ slug: "unavailable" });
  expect(asked.mayHaveCommitted()).toBe(false);
  expect(await failureOf(asked.db.run(sql`SELECT 1`))).toMatchObject({ slug: "unavailable" });
  expect(asked.mayHaveCommitted()).toBe(true);
  const refused = guardDb(base().db, newGuard(sql`SELECT 7`));
  await failureOf(refused.db.run(sql`SELECT no_such_column`));
  const violated = guardDb(base().db, newGuard(sql`SELECT 7`));
  await failureOf(violated.db.delegate(() => Promise.reject(new GuardViolated())));
  expect([refused, violated].map((each) => each.mayHaveCommitted())).toEqual([false, false]);
});

it("a guard within another is violated where the outer one is", async () => {
  const outer = guardDb(base().db, newGuard(sql`SELECT NULL`));
  const inner = guardDb(outer.db, newGuard(sql`SELECT 7`));
  await expect(inner.db.run(sql`SELECT 1`)).rejects.toBeInstanceOf(GuardViolated);
  expect(inner.delegated()).toEqual({ state: "violated", mayHaveCommitted: false });
});
