// The Durable Object of a person's shift: its state, its alarm, and failures in the middle of a step.
import { env } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { abortObject } from "./abort.ts";
import { tappedDb } from "./failing-bindings.ts";
import { change } from "./change.ts";
import { rowsOf } from "./d1.ts";
import { API, call } from "./client.ts";
import { newPerson, newShop, type Person, type Shop } from "./shops.ts";

/** A new shop with an EMPLOYEE on shift. */
export async function onShift(): Promise<{ shop: Shop; seller: Person; shiftId: string }> {
  const shop = await newShop();
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const { body } = await call("POST", `${API}/shifts/start`, { token: seller.token, json: {} });
  return { shop, seller, shiftId: body.id };
}

export const deskOf = (shop: Shop, person: Person) =>
  env.SHIFT_DESK.get(env.SHIFT_DESK.idFromName(`${shop.tenant.id}:${person.id}`));

/** Runs the alarm of a person's desk now; false if none is set. */
export const runAlarm = (shop: Shop, person: Person): Promise<boolean> =>
  runDurableObjectAlarm(deskOf(shop, person));

export const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

/** Moves a shift and everything in it into the past, and makes the desk read D1 at its next step. */
export async function ageShift(shop: Shop, person: Person, shiftId: string, minutes: number): Promise<void> {
  const earlier = (column: string) =>
    `${column} = strftime('%Y-%m-%dT%H:%M:%fZ', ${column}, '-${minutes} minutes')`;
  const timeColumns: Record<string, string[]> = {
    work_sessions: ["start_at", "end_at"],
    breaks: ["start_at", "end_at"],
    cash_moves: ["created_at"],
    activity: ["at", "created_at"],
    sales: ["placed_at"],
    alerts: ["opened_at", "closed_at"],
  };
  for (const [table, columns] of Object.entries(timeColumns))
    await change(
      `UPDATE ${table} SET ${columns.map(earlier).join(", ")} WHERE tenant_id = ? AND shift_id = ?`,
      shop.tenant.id,
      shiftId,
    );
  await change(
    `UPDATE shifts SET ${["start_at", "last_activity_at"].map(earlier).join(", ")} WHERE tenant_id = ? AND id = ?`,
    shop.tenant.id,
    shiftId,
  );
  await clearCache(shop, person);
}

type When = "before" | "after";

/** Runs `act` in a person's desk at its next batch, before the batch is sent or after it is committed. */
export const atNextBatch = (
  shop: Shop,
  person: Person,
  when: When,
  act: (state: DurableObjectState) => unknown,
): Promise<void> =>
  runInDurableObject(deskOf(shop, person), (desk, state) => {
    const original = { env };
    const tap = () => {
      Object.assign(desk, original);
      return act(state);
    };
    Object.assign(desk, { env: { ...env, DB: tappedDb(env.DB, { [when]: tap }) } });
  });

/** Runs `before` and resets the object at its next batch, as a deployment or a failing machine does. */
export const resetAtNextBatch = (
  shop: Shop,
  person: Person,
  when: When,
  before: (state: DurableObjectState) => unknown = () => null,
): Promise<void> =>
  atNextBatch(shop, person, when, async (state) => {
    await before(state);
    abortObject(state);
  });

/** Whose desks of a shop watch an open shift, as they store it. Their cache of the shift is not an effect: D1 has it. */
export async function watchedShifts(shop: Shop): Promise<string[]> {
  const people = await rowsOf("SELECT id FROM users WHERE tenant_id = ? ORDER BY id", shop.tenant.id);
  const watches = people.map(async ({ id }) =>
    runInDurableObject(
      env.SHIFT_DESK.get(env.SHIFT_DESK.idFromName(`${shop.tenant.id}:${String(id)}`)),
      async (_, { storage }) =>
        `${String(id)} watched: ${storage.kv.get("watched") !== undefined}, alarm: ${(await storage.getAlarm()) !== null}`,
    ),
  );
  return Promise.all(watches);
}

/** Makes a person's desk read the open shift from D1 at its next step. */
const clearCache = (shop: Shop, person: Person): Promise<unknown> =>
  runInDurableObject(deskOf(shop, person), (_, state) => state.storage.kv.delete("open"));
