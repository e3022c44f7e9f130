import { describe, expect, it } from "vitest";
import { deleteExpiredDeliveries, sendLateDeliveries, type DeliveryJob } from "../../src/webhooks/jobs.ts";
import { newId } from "../../src/values/ids.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { recording, recordingQueue } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";
import { addTwins, changeTwins, twinRows } from "../support/twins.ts";
import { callWith } from "../support/variant.ts";
import { attempt, newDelivery, newEndpoint, requestsTo, storedOf } from "../support/webhooks.ts";

const after = (ms: number): Date => new Date(Date.now() + ms);

/** A shop with a pending delivery, and its twins. */
async function shopWithTwins() {
  const shop = await newShop();
  const endpoint = await newEndpoint(shop);
  const job = await newDelivery(shop, endpoint);
  await addTwins(shop.tenant);
  return { shop, endpoint, job };
}

const changeOurs = ({ tenant }: Shop, table: string, assignment: string, value: string) =>
  change(`UPDATE ${table} SET ${assignment} WHERE tenant_id = ?2`, value, tenant.id);

/** The jobs of the shop that the sweep sends at this time. */
async function sweptAt(now: Date, shop: Shop): Promise<unknown[]> {
  const { ctx, sent } = recording(base(now), "WEBHOOKS");
  await sendLateDeliveries(ctx);
  return sent.filter((each) => JSON.stringify(each).includes(shop.tenant.id));
}

const disable = (shop: Shop, { endpoint_id }: DeliveryJob) =>
  call("PATCH", `${API}/webhooks/${endpoint_id}`, { token: shop.admin.token, json: { is_enabled: false } });

describe("beside shops whose endpoints and deliveries have the same ids", () => {
  it("an attempt goes to the address of this shop", async () => {
    const { endpoint, job } = await shopWithTwins();
    const theirs = newId();
    await changeTwins("webhook_endpoints", `url = replace(url, '${endpoint.key}', ?1)`, theirs);
    await attempt(job);
    expect((await requestsTo(endpoint)).length).toBe(1);
    expect(await requestsTo({ key: theirs })).toEqual([]);
  });

  it("an attempt is made while theirs are in flight", async () => {
    const { job } = await shopWithTwins();
    await changeTwins("webhook_endpoints", "busy_until = ?1", after(60_000).toISOString());
    await attempt(job);
    expect(await storedOf(job)).toMatchObject({ status: "delivered" });
  });

  it("a delivery waits for the probe of its own circuit", async () => {
    const { shop, job } = await shopWithTwins();
    const probe = after(35_000).toISOString();
    await changeOurs(shop, "webhook_endpoints", "open_until = ?1", probe);
    await changeTwins("webhook_endpoints", "open_until = ?1", after(300_000).toISOString());
    await attempt(job);
    expect(await storedOf(job)).toMatchObject({ status: "pending", due_at: probe });
  });

  it("the sweep sends a late delivery, though their circuits are open", async () => {
    const { shop, job } = await shopWithTwins();
    await changeTwins("webhook_endpoints", "open_until = ?1", after(300_000).toISOString());
    expect(await sweptAt(after(61_000), shop)).toEqual([job]);
  });

  it("the sweep leaves theirs that are not late", async () => {
    const { shop, job } = await shopWithTwins();
    await changeTwins("webhook_deliveries", "due_at = ?1", after(300_000).toISOString());
    const before = await twinRows();
    expect(await sweptAt(after(61_000), shop)).toEqual([job]);
    expect(await twinRows()).toEqual(before);
  });

  it("expired deliveries are deleted, and theirs that have not expired are not", async () => {
    const { shop, job } = await shopWithTwins();
    await changeOurs(shop, "webhook_deliveries", "status = ?1, due_at = '2020'", "delivered");
    await changeTwins("webhook_deliveries", "status = ?1", "pending");
    const before = await twinRows();
    await deleteExpiredDeliveries(base());
    expect(await storedOf(job)).toBeUndefined();
    expect(await twinRows()).toEqual(before);
  });

  it("disabling an endpoint fails its pending deliveries, and leaves theirs", async () => {
    const { shop, job } = await shopWithTwins();
    const before = await twinRows();
    await disable(shop, job);
    expect(await storedOf(job)).toMatchObject({ status: "failed" });
    expect(await twinRows()).toEqual(before);
  });

  it("disabling an endpoint leaves a delivery that is pending only there", async () => {
    const { shop, job } = await shopWithTwins();
    await changeOurs(shop, "webhook_deliveries", "status = ?1", "delivered");
    await disable(shop, job);
    expect(await storedOf(job)).toMatchObject({ status: "delivered", last_error: null });
  });

  it("a replay probes the circuit of this shop", async () => {
    const { shop, endpoint, job } = await shopWithTwins();
    const assignment = "timeouts_in_row = 1, open_until = ?1";
    const probe = after(300_000).toISOString();
    await changeOurs(shop, "webhook_endpoints", assignment, probe);
    await changeTwins("webhook_endpoints", assignment, probe);
    const before = await twinRows();
    const path = `${API}/webhooks/${endpoint.id}`;
    const { token } = shop.admin;
    const { queue } = recordingQueue();
    await callWith({ WEBHOOKS: queue }, "POST", `${path}/deliveries/${job.event_id}/replay`, { token });
    expect((await call("GET", path, { token })).body.circuit).toBe("half_open");
    expect(await twinRows()).toEqual(before);
  });

  it("the secret of an endpoint that was deleted here is not rotated, also if the request is repeated", async () => {
    const { shop, endpoint } = await shopWithTwins();
    const { token } = shop.admin;
    await call("DELETE", `${API}/webhooks/${endpoint.id}`, { token });
    const headers = { "idempotency-key": newId() };
    const rotate = () => call("POST", `${API}/webhooks/${endpoint.id}/rotate-secret`, { token, headers });
    expect((await rotate()).status).toBe(404);
    expect((await rotate()).status).toBe(404);
  });
});
