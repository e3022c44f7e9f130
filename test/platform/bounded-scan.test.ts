import { sql } from "drizzle-orm";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { scanPage } from "../../src/platform/bounded-scan.ts";
import { runPlan } from "../../src/platform/plan.ts";
import { base, newShop } from "../support/shops.ts";

const row = z.object({ id: z.string() });

const MAX_ROWS = 5;

/** Lists the users of a shop whose names are "yes". */
async function listMatches(tenantId: string, limit: number) {
  const found: string[] = [];
  let after = "~";
  for (let pages = 0; pages < 100; pages += 1) {
    const ctx = base();
    const page = await runPlan(
      ctx,
      scanPage(
        {
          table: "users",
          index: null,
          indexed: [sql`tenant_id = ${tenantId}`, sql`id < ${after}`],
          filters: [sql`first_name = 'yes'`],
          columns: sql`s.id`,
          row,
          order: ["id"],
          key: row,
          limit,
          maxRows: MAX_ROWS,
        },
        ({ id }) => id,
      ),
    );
    expect(ctx.db.cost).toMatchObject({ queries: 1 });
    expect(ctx.db.cost.read).toBeLessThanOrEqual(4 * MAX_ROWS);
    found.push(...page.data.map(({ id }) => id));
    if (page.next_cursor === null) return found;
    after = page.next_cursor;
  }
  throw new Error("the list does not end");
}

it("a bounded scan finds each matching row once, in order, whatever lies between them", async () => {
  const shop = await newShop();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { maxLength: 40, size: "max" }),
      fc.integer({ min: 1, max: 8 }),
      async (matches, limit) => {
        const users = matches.map((isMatch, at) => ({
          id: String(at).padStart(3, "0"),
          name: isMatch ? "yes" : "no",
        }));
        const { db } = base();
        await db.batch([
          sql`DELETE FROM users WHERE tenant_id = ${shop.tenant.id} AND length(id) = 3`,
          sql`INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, created_at)
            SELECT ${shop.tenant.id}, value ->> 'id', value ->> 'id', '', value ->> 'name', '', 'EMPLOYEE', ''
            FROM json_each(${JSON.stringify(users)})`,
        ]);
        const expected = users.filter(({ name }) => name === "yes").map(({ id }) => id);
        expect(await listMatches(shop.tenant.id, limit)).toEqual(expected.toReversed());
      },
    ),
    { numRuns: 40 },
  );
});

it("a page of a bounded scan reads a thousand rows unless its list says otherwise", async () => {
  const shop = await newShop();
  const ctx = base();
  // The one that matches is the last of 1,001.
  await ctx.db
    .run(sql`INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, created_at)
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    SELECT ${shop.tenant.id}, printf('u%04d', i), printf('u%04d', i), '', iif(i = 0, 'yes', 'no'), '', 'EMPLOYEE', '' FROM n`);
  const pageAfter = (after: string) =>
    runPlan(
      base(),
      scanPage(
        {
          table: "users",
          index: null,
          indexed: [sql`tenant_id = ${shop.tenant.id}`, sql`id >= 'u'`, sql`id < ${after}`],
          filters: [sql`first_name = 'yes'`],
          columns: sql`s.id`,
          row,
          order: ["id"],
          key: row,
          limit: 10,
        },
        ({ id }) => id,
      ),
    );
  expect(await pageAfter("~")).toEqual({ data: [], next_cursor: "u0001" });
  expect(await pageAfter("u0001")).toEqual({ data: [{ id: "u0000" }], next_cursor: null });
});
