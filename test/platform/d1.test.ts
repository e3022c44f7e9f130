import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { z } from "zod";
import { openSharedDb, returning, undisclosed } from "../../src/platform/d1.ts";
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
