// Worked hours are read from totals by day and month, and are the same as if all shifts were read.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runPlan } from "../../src/platform/plan.ts";
import { buildShifts } from "../../src/shifts/hours/build.ts";
import { hoursByDay } from "../../src/shifts/hours/report.ts";
import { workedSeconds } from "../../src/shifts/hours/worked.ts";
import { addDays } from "../../src/values/days.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { count, rowsOf } from "../support/d1.ts";
import { plainDays, plainSeconds, rangesAround } from "../support/plain-worked.ts";
import { storeShift } from "../support/shifts.ts";
import { base, newPerson, newShop, type Person, type Shop } from "../support/shops.ts";

const FIRST = Date.UTC(2026, 8, 28, 3, 0, 0, 7);
const HOUR = 3_600_000;
const NOW = new Date(FIRST + 60 * 24 * HOUR);

async function build(limit?: number): Promise<void> {
  for (let after: string | null = ""; after !== null;) after = await buildShifts(base(), after, limit);
}

const unbuilt = (shop: Shop) =>
  count("SELECT count(*) AS n FROM unbuilt_shifts WHERE tenant_id = ?", shop.tenant.id);

const iso = (ms: number): string => new Date(ms).toISOString();

const step = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("shift" as const),
      person: fc.nat(2),
      off: fc.integer({ min: 1, max: 40 * HOUR }),
      length: fc.integer({ min: 0, max: 30 * HOUR }),
      breakAt: fc.integer({ min: 0, max: 99 }),
      isPaid: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("correct" as const), nth: fc.nat(), by: fc.nat(90) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("break" as const), nth: fc.nat(), at: fc.nat(90) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("build" as const), limit: fc.integer({ min: 1, max: 9 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("timezone" as const),
      name: fc.constantFrom("Europe/Madrid", "Pacific/Auckland", "America/St_Johns", "UTC"),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function emptyShop({ tenant }: Shop): Promise<void> {
  for (const table of ["breaks", "work_sessions", "shifts"])
    await change(`DELETE FROM ${table} WHERE tenant_id = ?`, tenant.id);
}

/** Makes the steps; the last shift of the third person stays open. */
async function run(shop: Shop, people: Person[], steps: Step[]): Promise<void> {
  const at = people.map(() => FIRST);
  const shifts: { id: string; start: number; end: number }[] = [];
  for (const each of steps) {
    const shift = "nth" in each ? shifts[each.nth % Math.max(1, shifts.length)] : undefined;
    if (each.kind === "shift") {
      const [person, from = FIRST] = [people[each.person], at[each.person]];
      if (!person) continue;
      const [start, end] = [from + each.off, from + each.off + each.length];
      at[each.person] = end;
      const middle = start + Math.floor((each.length * each.breakAt) / 100);
      const id = await storeShift(shop, person, {
        start: iso(start),
        end: iso(end),
        breaks: [{ start: iso(middle), end: iso(Math.floor((middle + end) / 2)), paid: each.isPaid }],
      });
      shifts.push({ id, start, end });
    } else if (each.kind === "correct" && shift) {
      // Inwards, so that no two shifts of a person overlap.
      shift.end -= Math.floor(((shift.end - shift.start) * each.by) / 200);
      await change("UPDATE shifts SET end_at = ? WHERE id = ?", iso(shift.end), shift.id);
      await change(
        "UPDATE breaks SET start_at = min(start_at, ?1), end_at = min(end_at, ?1) WHERE shift_id = ?2",
        iso(shift.end),
        shift.id,
      );
    } else if (each.kind === "break" && shift) {
      const start = shift.start + Math.floor(((shift.end - shift.start) * each.at) / 100);
      await change("UPDATE breaks SET start_at = ?1, end_at = ?1 WHERE shift_id = ?2", iso(start), shift.id);
    } else if (each.kind === "build") await build(each.limit);
    else if (each.kind === "timezone") {
      await change("UPDATE tenants SET timezone = ? WHERE id = ?", each.name, shop.tenant.id);
      Object.assign(shop.tenant, { timezone: each.name });
    }
  }
  const [third] = people.slice(2);
  if (third) await storeShift(shop, third, { start: iso((at[2] ?? FIRST) + HOUR) });
}

describe("worked hours", () => {
  it("are those of all shifts, whatever of them is built, corrected or moved to other days", async () => {
    const shop = await newShop();
    const people = [
      shop.admin,
      await newPerson(shop.tenant, "EMPLOYEE"),
      await newPerson(shop.tenant, "EMPLOYEE"),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 3, maxLength: 25 }),
        fc.integer({ min: -5, max: 45 }),
        async (steps, days) => {
          await emptyShop(shop);
          await run(shop, people, steps);
          const ctx = { ...shop.admin.ctx(NOW), tenant: shop.tenant };
          const compare = async () => {
            const day = addDays("2026-10-01", days);
            for (const range of rangesAround(day, shop.tenant.timezone))
              expect(await runPlan(ctx, workedSeconds(ctx, range)), JSON.stringify(range)).toEqual(
                await plainSeconds(ctx, range),
              );
            const report = await hoursByDay(ctx, { from: day, to: addDays(day, 9), format: "json" });
            const plain = await plainDays(ctx, day, addDays(day, 9));
            expect(
              new Set(
                report.data.map(({ unpaid_break_seconds: unpaid, user_id, seconds, shifts, day: on }) =>
                  JSON.stringify({ day: on, user_id, seconds, unpaid, shifts }),
                ),
              ),
            ).toEqual(new Set(plain.days.map((row) => JSON.stringify(row))));
            expect(Object.fromEntries(report.totals.map(({ user_id, shifts }) => [user_id, shifts]))).toEqual(
              plain.shifts,
            );
          };
          await compare();
          await build();
          expect(await unbuilt(shop)).toBe(0);
          await compare();
        },
      ),
      { numRuns: 25 },
    );
  });

  it("read a row for each month and other day, however many people have worked, and however long", async () => {
    const costs = [];
    for (const staff of [1, 4]) {
      const shop = await newShop();
      const people = [];
      for (let nth = 0; nth < staff; nth += 1) people.push(await newPerson(shop.tenant, "EMPLOYEE"));
      for (let day = 0; day < 70; day += 1)
        for (const person of people) {
          const date = addDays("2026-03-01", day);
          await storeShift(shop, person, { start: `${date}T08:00:00Z`, end: `${date}T16:00:00Z` });
        }
      await build();
      const reads = [];
      for (const path of [
        "/reports/dashboard?from=2026-03-05&to=2026-05-05",
        "/shifts/hours?from=2026-03-01&to=2026-05-31",
      ])
        reads.push(costOf(await call("GET", `${API}${path}`, { token: shop.admin.token })).read);
      costs.push(reads);
    }
    const [one = [], four = []] = costs;
    for (const [nth, read] of four.entries()) {
      expect(read).toBeLessThan(110);
      // Each further person is some rows of accounts.
      expect(read - (one[nth] ?? 0)).toBeLessThanOrEqual(3 * 8);
    }
  });

  it("of a shift that changes while it is split are split again", async () => {
    const shop = await newShop();
    const person = await newPerson(shop.tenant, "EMPLOYEE");
    const id = await storeShift(shop, person, { start: "2026-03-02T08:00:00Z", end: "2026-03-02T16:00:00Z" });
    const ctx = base();
    const { all } = ctx.db;
    let isChanged = false;
    const racing: typeof ctx = {
      ...ctx,
      db: {
        ...ctx.db,
        all: async (shape, statement) => {
          const rows = await all(shape, statement);
          if (!isChanged)
            await change("UPDATE shifts SET end_at = '2026-03-02T10:00:00.000Z' WHERE id = ?", id);
          isChanged = true;
          return rows;
        },
      },
    };
    await buildShifts(racing, "");
    expect(await unbuilt(shop)).toBe(1);
    expect(await rowsOf("SELECT day FROM shift_days WHERE shift_id = ?", id)).toEqual([]);
    await build();
    expect(await rowsOf("SELECT day, seconds FROM shift_days WHERE shift_id = ?", id)).toEqual([
      { day: "2026-03-02", seconds: 7200 },
    ]);
  });
});
