// Past shifts, written to D1 as the API stores them.
import { dayOf } from "../../src/values/days.ts";
import { newId } from "../../src/values/ids.ts";
import { change } from "./change.ts";
import type { Person, Shop } from "./shops.ts";

type Times = { start: string; end?: string };

export type PastShift = Times & {
  breaks?: (Times & { paid?: boolean })[];
  device?: string;
  openingCash?: number;
  countedCash?: number;
  zNumber?: number;
};

const time = (text: string): string => new Date(text).toISOString();

const timeOrNull = (text: string | undefined): string | null => (text === undefined ? null : time(text));

/** Makes the account of a person older than a shift. */
export const addedBefore = (person: Person, start: string): Promise<unknown> =>
  change(
    "UPDATE users SET created_at = min(created_at, ?) WHERE id = ?",
    new Date(Date.parse(start) - 86_400_000).toISOString(),
    person.id,
  );

/** Stores a shift, open without `end`, and returns its id. */
export async function storeShift(shop: Shop, person: Person, shift: PastShift): Promise<string> {
  const id = newId();
  const [start, end] = [time(shift.start), timeOrNull(shift.end)];
  await addedBefore(person, start);
  await change(
    `INSERT INTO shifts (tenant_id, id, user_id, status, start_at, day, end_at, opening_cash, counted_cash, z_number, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    shop.tenant.id,
    id,
    person.id,
    end === null ? "OPEN" : "CLOSED",
    start,
    dayOf(new Date(start), shop.tenant.timezone),
    end,
    shift.openingCash ?? 0,
    shift.countedCash ?? null,
    shift.zNumber ?? null,
    start,
  );
  await change(
    "INSERT INTO work_sessions (tenant_id, shift_id, id, device_label, start_at, end_at) VALUES (?, ?, ?, ?, ?, ?)",
    shop.tenant.id,
    id,
    newId(),
    shift.device ?? null,
    start,
    end,
  );
  for (const each of shift.breaks ?? [])
    await change(
      "INSERT INTO breaks (tenant_id, shift_id, id, is_paid, start_at, end_at) VALUES (?, ?, ?, ?, ?, ?)",
      shop.tenant.id,
      id,
      newId(),
      each.paid === true ? 1 : 0,
      time(each.start),
      timeOrNull(each.end),
    );
  return id;
}
