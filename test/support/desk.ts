// The desk of a person: what tests tell it over HTTP, and its alarm.
import { env } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { abortObject } from "./abort.ts";
import { tappedDb } from "./broken.ts";
import { change } from "./change.ts";
import { API, call } from "./client.ts";
import { newPerson, newShop, type Person, type Shop } from "./shops.ts";

/** A shop with an EMPLOYEE on shift. */
export async function onShift(): Promise<{ shop: Shop; seller: Person; shiftId: string }> {
  const shop = await newShop();
  const seller = await newPerson(shop.tenant, "EMPLOYEE");
  const { body } = await call("POST", `${API}/shifts/start`, { token: seller.token, json: {} });
  return { shop, seller, shiftId: body.id };
}

export const deskOf = (shop: Shop, person: Person) =>
  env.SHIFT_DESK.get(env.SHIFT_DESK.idFromName(`${shop.tenant.id}:${person.id}`));

/** Runs the alarm of somebody's desk now; false where none is set. */
export const ringDesk = (shop: Shop, person: Person): Promise<boolean> =>
  runDurableObjectAlarm(deskOf(shop, person));

export const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

/** Moves all that was done in a shift into the past, as if it had begun that much earlier; its memory is as D1 says. */
export async function age(shop: Shop, person: Person, shiftId: string, minutes: number): Promise<void> {
  const back = (column: string) =>
    `${column} = strftime('%Y-%m-%dT%H:%M:%fZ', ${column}, '-${minutes} minutes')`;
  const moved: Record<string, string[]> = {
    work_sessions: ["start_at", "end_at"],
    breaks: ["start_at", "end_at"],
    cash_moves: ["created_at"],
    activity: ["at", "created_at"],
    sales: ["placed_at"],
    alerts: ["opened_at", "closed_at"],
  };
  for (const [table, columns] of Object.entries(moved))
    await change(
      `UPDATE ${table} SET ${columns.map(back).join(", ")} WHERE tenant_id = ? AND shift_id = ?`,
      shop.tenant.id,
      shiftId,
    );
  await change(
    `UPDATE shifts SET ${["start_at", "last_activity_at"].map(back).join(", ")} WHERE tenant_id = ? AND id = ?`,
    shop.tenant.id,
    shiftId,
  );
  await forget(shop, person);
}

type When = "before" | "after";

/**
 * At the next batch that somebody's desk sends to D1, before it is sent or after it is committed, does `act` in the desk.
 * It is the desk's until the object is cut off.
 */
export const atNextBatch = (
  shop: Shop,
  person: Person,
  when: When,
  act: (state: DurableObjectState) => unknown,
): Promise<void> =>
  runInDurableObject(deskOf(shop, person), (desk, state) => {
    const whole = { env };
    const tap = () => {
      Object.assign(desk, whole);
      return act(state);
    };
    Object.assign(desk, { env: { ...env, DB: tappedDb(env.DB, { [when]: tap }) } });
  });

/** Cuts the object off at that batch, as a deployment or a failing machine does; `first` is done before. */
export const cutOff = (
  shop: Shop,
  person: Person,
  when: When,
  first: (state: DurableObjectState) => unknown = () => null,
): Promise<void> =>
  atNextBatch(shop, person, when, async (state) => {
    await first(state);
    abortObject(state);
  });

/** Makes somebody's desk ask D1 about the open shift at its next step. */
const forget = (shop: Shop, person: Person): Promise<unknown> =>
  runInDurableObject(deskOf(shop, person), (_, state) => state.storage.kv.delete("open"));
