import { describe, expect, it } from "vitest";
import { eraseUser } from "../../src/erasure/account.ts";
import { resumeErasures } from "../../src/erasure/sweep.ts";
import { claimNewEvents } from "../../src/events/claim.ts";
import { replayDeadLetter } from "../../src/events/dead-letters.ts";
import { healthOf } from "../../src/health/health.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { count, failureOf, rowsOf } from "../support/d1.ts";
import { consume, exportsOf, storeEvent } from "../support/events.ts";
import { base, newPerson, newShop } from "../support/shops.ts";
import { addTwins, twinRows } from "../support/twins.ts";
import { newEndpoint } from "../support/webhooks.ts";

const DAY_MS = 86_400_000;

const ago = (ms: number): Date => new Date(Date.now() - ms);

/** The seconds that a job waits, according to the health check. */
const waitingFor = async (job: string) => (await healthOf(base())).jobs[job]?.waiting;

const exportAll = () => change("UPDATE events SET exported_at = ?", new Date().toISOString());

describe("beside shops whose events have the same ids", () => {
  it("a message exports the events of its shop", async () => {
    const shop = await newShop();
    await storeEvent(shop);
    await claimNewEvents(base());
    await addTwins(shop.tenant);
    const before = await twinRows();
    await consume("events", [{ kind: "export", tenant_id: shop.tenant.id }]);
    expect(await exportsOf(shop)).toMatchObject([{ exported_at: expect.any(String) }]);
    expect(await twinRows()).toEqual(before);
  });

  it("an erasure leaves an event that is about the person only there", async () => {
    const shop = await newShop();
    const ana = await newPerson(shop.tenant, "CUSTOMER");
    const payload = '{"customer_id":"another"}';
    const { event_id } = await storeEvent(shop, { payload });
    await addTwins(shop.tenant);
    await change(
      "UPDATE events SET payload = json_object('customer_id', ?, 'shipping_address', 'Calle 1') WHERE tenant_id <> ?",
      ana.id,
      shop.tenant.id,
    );
    await eraseUser(shop.admin.ctx(), ana.id);
    const open = () => count("SELECT count(*) n FROM erasures WHERE tenant_id = ?", shop.tenant.id);
    for (let page = 1; page <= 9 && (await open()) > 0; page += 1)
      await resumeErasures(base(new Date(Date.now() + page * 20 * 60_000)));
    expect(await open()).toBe(0);
    const stored = await rowsOf(
      "SELECT payload FROM events WHERE tenant_id = ? AND id = ?",
      shop.tenant.id,
      event_id,
    );
    expect(stored).toEqual([{ payload }]);
  });

  it("a dead letter whose event was deleted here is not replayed", async () => {
    const shop = await newShop();
    await consume("events-dead", [await storeEvent(shop)]);
    const { body } = await call("GET", `${API}/events/dead-letters`, { token: shop.admin.token });
    await addTwins(shop.tenant);
    await change("DELETE FROM events WHERE tenant_id = ?", shop.tenant.id);
    const later = shop.admin.ctx(new Date(Date.now() + 40 * DAY_MS));
    expect(await failureOf(replayDeadLetter(later, body.data[0].id, undefined))).toMatchObject({
      slug: "event-deleted",
    });
  });

  it("an event that no delivery of this shop refers to must be purged", async () => {
    await exportAll();
    const shop = await newShop();
    const { id } = await newEndpoint(shop);
    const { event_id } = await storeEvent(shop);
    await addTwins(shop.tenant);
    await change(
      "DELETE FROM webhook_deliveries WHERE tenant_id = ? AND endpoint_id = ?",
      shop.tenant.id,
      id,
    );
    // Among the first that are stored.
    await change(
      "UPDATE events SET seq = (SELECT min(seq) FROM events) - 1, exported_at = ? WHERE tenant_id = ? AND id = ?",
      ago(34 * DAY_MS).toISOString(),
      shop.tenant.id,
      event_id,
    );
    expect(await waitingFor("unpurged_event_seconds")).toBeGreaterThanOrEqual((34 * DAY_MS) / 1000 - 1);
    await exportAll();
  });
});

it("an old event is reported, though a shop before its own has a hundred new ones", async () => {
  await exportAll();
  const [first, second] = [await newShop(), await newShop()];
  for (let event = 0; event < 100; event += 1) await storeEvent(first);
  await storeEvent(second, { now: ago(600_000) });
  await claimNewEvents(base());
  expect(await waitingFor("unsent_event_seconds")).toBeGreaterThanOrEqual(600);
});

it("an erasure leaves an event of the person as it is if no device in it has a name", async () => {
  const shop = await newShop();
  const ana = await newPerson(shop.tenant, "EMPLOYEE");
  const payload = JSON.stringify({ user_id: ana.id, sessions: [{ id: "s" }] });
  const { event_id } = await storeEvent(shop, { type: "shift.ended", payload });
  await eraseUser(shop.admin.ctx(), ana.id);
  await resumeErasures(base(new Date(Date.now() + 20 * 60_000)), 100);
  expect(await count("SELECT count(*) n FROM erasures WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
  expect(await rowsOf("SELECT payload FROM events WHERE id = ?", event_id)).toEqual([{ payload }]);
});
