import { describe, expect, it } from "vitest";
import { Problem } from "../../src/platform/problem.ts";
import { newId } from "../../src/values/ids.ts";
import { replayDelivery } from "../../src/webhooks/deliveries.ts";
import { addEndpoint, changeEndpoint, listEndpoints, rotateSecret } from "../../src/webhooks/endpoints.ts";
import {
  deleteExpiredDeliveries,
  type DeliveryJob,
  queueDeliveries,
  sendLateDeliveries,
} from "../../src/webhooks/jobs.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { failureOf, rowsOf } from "../support/d1.ts";
import { recording } from "../support/queues.ts";
import { base, newShop } from "../support/shops.ts";
import { attempt, newDelivery, newEndpoint, requestsTo, storedOf } from "../support/webhooks.ts";

describe("beside other endpoints of the shop", () => {
  it("disabling one fails its pending deliveries only", async () => {
    const shop = await newShop();
    const [one, other] = [await newEndpoint(shop), await newEndpoint(shop)];
    const job = await newDelivery(shop, one);
    const kept = { ...job, endpoint_id: other.id };
    expect(await storedOf(kept)).toMatchObject({ status: "pending" });
    const { token } = shop.admin;
    await call("PATCH", `${API}/webhooks/${one.id}`, { token, json: { is_enabled: false } });
    expect(await storedOf(job)).toMatchObject({ status: "failed" });
    expect(await storedOf(kept)).toMatchObject({ status: "pending" });
  });

  it("disabling one leaves what it has delivered", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const job = await newDelivery(shop, endpoint);
    await attempt(job);
    const { token } = shop.admin;
    await call("PATCH", `${API}/webhooks/${endpoint.id}`, { token, json: { is_enabled: false } });
    expect(await storedOf(job)).toMatchObject({ status: "delivered" });
  });

  it("a delivery is not put off by the circuit of another, neither at its attempt nor by the sweep", async () => {
    const shop = await newShop();
    const [one, other] = [await newEndpoint(shop), await newEndpoint(shop)];
    const job = await newDelivery(shop, one);
    const before = await storedOf(job);
    const later = new Date(Date.now() + 300_000).toISOString();
    await change("UPDATE webhook_endpoints SET open_until = ? WHERE id = ?", later, other.id);
    await change("UPDATE webhook_endpoints SET busy_until = ? WHERE id = ?", later, one.id);
    await attempt(job);
    expect(await storedOf(job)).toEqual(before);
    const { ctx, sent } = recording(base(new Date(Date.now() + 61_000)), "WEBHOOKS");
    await sendLateDeliveries(ctx);
    expect(sent).toContainEqual(job);
  });

  it("the end of an attempt sends the next delivery of the same, and an event is queued for one that has no earlier", async () => {
    const shop = await newShop();
    const one = await newEndpoint(shop);
    const first = await newDelivery(shop, one);
    const other = await newEndpoint(shop);
    const second = await newDelivery(shop, one);
    const { ctx, sent } = recording(base(), "WEBHOOKS");
    await queueDeliveries(ctx, [second]);
    expect(sent).toEqual([{ ...second, endpoint_id: other.id }]);
    const third = await newDelivery(shop, one);
    expect(await attempt({ ...second, endpoint_id: other.id })).toEqual([
      { ...third, endpoint_id: other.id },
    ]);
    expect(await attempt(first)).toEqual([second]);
    expect(await attempt({ ...third, endpoint_id: other.id })).toEqual([]);
  });

  it("a test of one lets only its own deliveries be attempted at once", async () => {
    const shop = await newShop();
    const [one, other] = [await newEndpoint(shop), await newEndpoint(shop)];
    await change(
      "UPDATE webhook_endpoints SET timeouts_in_row = 1, open_until = '2099-01-01' WHERE tenant_id = ?",
      shop.tenant.id,
    );
    await call("POST", `${API}/webhooks/${one.id}/test`, { token: shop.admin.token });
    expect(
      await rowsOf(
        "SELECT open_until FROM webhook_endpoints WHERE id IN (?, ?) ORDER BY id",
        one.id,
        other.id,
      ),
    ).toEqual([{ open_until: null }, { open_until: "2099-01-01" }]);
  });
});

describe("beside other deliveries of the shop", () => {
  /** Two events that two endpoints have got. */
  async function deliveredTwice() {
    const shop = await newShop();
    const [one, other] = [await newEndpoint(shop), await newEndpoint(shop)];
    const events = [await newDelivery(shop, other), await newDelivery(shop, other)];
    for (const job of events) for (const { id } of [one, other]) await attempt({ ...job, endpoint_id: id });
    const replay = (key?: string) =>
      failingReplay(() =>
        replayDelivery(recording(shop.admin.ctx(), "WEBHOOKS").ctx, other.id, events[0]?.event_id ?? "", key),
      );
    const states = async () => {
      const rows = await rowsOf(
        "SELECT status FROM webhook_deliveries WHERE tenant_id = ? ORDER BY endpoint_id, event_id",
        shop.tenant.id,
      );
      return rows.map(({ status }) => status);
    };
    return { shop, other, replay, states };
  }

  const failingReplay = async (replay: () => ReturnType<typeof replayDelivery>) => {
    try {
      return (await replay()).value.status;
    } catch (error) {
      if (error instanceof Problem) return error.slug;
      throw error;
    }
  };

  it("a replay sends one event to one endpoint", async () => {
    const { replay, states } = await deliveredTwice();
    expect(await replay()).toBe("pending");
    expect(await states()).toEqual(["delivered", "delivered", "pending", "delivered"]);
  });

  it("a replay at an endpoint that is disabled changes nothing, and may be repeated once it is enabled", async () => {
    const { shop, other, replay, states } = await deliveredTwice();
    const enable = (is_enabled: boolean) => changeEndpoint(shop.admin.ctx(), other.id, { is_enabled });
    await enable(false);
    expect([await replay("key"), await replay("key")]).toEqual(["webhook-disabled", "webhook-disabled"]);
    expect(await states()).toEqual(["delivered", "delivered", "delivered", "delivered"]);
    await enable(true);
    expect(await replay("key")).toBe("pending");
  });

  it("what has ended or was attempted is not put into the queue by its event, nor is it counted as waiting there", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const job = await newDelivery(shop, endpoint);
    await attempt(job);
    const queuedOf = async (...events: DeliveryJob[]) => {
      const { ctx, sent } = recording(base(), "WEBHOOKS");
      await queueDeliveries(ctx, events);
      return sent;
    };
    await change("UPDATE webhook_deliveries SET attempts = 0 WHERE event_id = ?", job.event_id);
    expect(await queuedOf(job)).toEqual([]);
    const [next, last] = [await newDelivery(shop, endpoint), await newDelivery(shop, endpoint)];
    expect(await queuedOf(next, last)).toEqual([next]);
    await change("UPDATE webhook_deliveries SET attempts = 1 WHERE event_id = ?", next.event_id);
    expect(await queuedOf(next)).toEqual([]);
  });
});

it("the endpoints of a shop are listed page by page, with what they are for", async () => {
  const shop = await newShop();
  const add = (description: string) =>
    addEndpoint(
      shop.admin.ctx(),
      { url: "https://example.com/hook", event_types: ["*"], description },
      undefined,
    );
  for (const description of ["books", "stock", "mails"])
    expect((await add(description)).value.description).toBe(description);
  const ctx = shop.admin.ctx();
  const first = await listEndpoints(ctx, { limit: 2 });
  const second = await listEndpoints(ctx, { limit: 2, cursor: first.next_cursor ?? undefined });
  const descriptions = [first, second].map(({ data }) => data.map(({ description }) => description));
  expect([...descriptions, second.next_cursor]).toEqual([["mails", "stock"], ["books"], null]);
});

it("a secret that was rotated signs for 24 hours to the instant, and beside at most three others", async () => {
  const shop = await newShop();
  const endpoint = await newEndpoint(shop);
  const start = Date.now();
  const day = 86_400_000;
  const rotateAt = (ms: number) => rotateSecret(shop.admin.ctx(new Date(start + ms)), endpoint.id, undefined);
  const signatures = async (ms: number) => {
    const now = new Date(start + ms);
    await attempt(await newDelivery(shop, endpoint, { now }), now);
    return (await requestsTo(endpoint)).at(-1)?.headers["webhook-signature"]?.split(" ").length;
  };
  await rotateAt(0);
  expect([await signatures(day - 1), await signatures(day)]).toEqual([2, 1]);
  for (let nth = 0; nth < 5; nth += 1) await rotateAt(2 * day);
  expect(await signatures(2 * day)).toBe(4);
});

it("the secret of an endpoint that does not exist is not rotated, however often and for whom", async () => {
  const shop = await newShop();
  await newEndpoint(shop);
  const id = newId();
  for (let nth = 0; nth < 2; nth += 1)
    expect(await failureOf(rotateSecret(shop.admin.ctx(), id, "key"))).toMatchObject({ slug: "not-found" });
  expect(await rowsOf("SELECT action FROM audit_log WHERE entity_id = ?", id)).toEqual([]);
  const { status } = await call("POST", `${API}/webhooks/${id}/test`, { token: shop.admin.token });
  expect(status).toBe(404);
});

it("a delivery that has ended stays in the log to the last instant of its 30 days", async () => {
  const shop = await newShop();
  const job = await newDelivery(shop, await newEndpoint(shop));
  const now = new Date();
  await attempt(job, now);
  const inDays = (ms: number) => base(new Date(now.getTime() + 30 * 86_400_000 + ms));
  await deleteExpiredDeliveries(inDays(0));
  expect(await storedOf(job)).toMatchObject({ status: "delivered" });
  await deleteExpiredDeliveries(inDays(1));
  expect(await storedOf(job)).toBeUndefined();
});

it("a delivery that ended long ago is not sent again", async () => {
  const shop = await newShop();
  const job = await newDelivery(shop, await newEndpoint(shop));
  await attempt(job);
  await change("UPDATE webhook_deliveries SET due_at = '2026-01-01' WHERE tenant_id = ?", shop.tenant.id);
  const { ctx, sent } = recording(base(), "WEBHOOKS");
  await sendLateDeliveries(ctx);
  expect(sent.filter((each) => JSON.stringify(each).includes(shop.tenant.id))).toEqual([]);
  expect(await storedOf(job)).toMatchObject({ status: "delivered", due_at: "2026-01-01" });
});

it("a circuit is half open from the instant of its probe", async () => {
  const shop = await newShop();
  await newEndpoint(shop);
  const now = new Date();
  const circuitAt = async (at: Date) => {
    const [endpoint] = (await listEndpoints(shop.admin.ctx(at), { limit: 1 })).data;
    return [endpoint?.circuit, endpoint?.next_probe_at];
  };
  await change(
    "UPDATE webhook_endpoints SET timeouts_in_row = 1, open_until = ? WHERE tenant_id = ?",
    now.toISOString(),
    shop.tenant.id,
  );
  expect([await circuitAt(new Date(now.getTime() - 1)), await circuitAt(now)]).toEqual([
    ["open", now.toISOString()],
    ["half_open", null],
  ]);
});

it("a new endpoint is in the audit log", async () => {
  const shop = await newShop();
  const { id } = await newEndpoint(shop);
  expect(
    await rowsOf(
      "SELECT action, actor_id FROM audit_log WHERE tenant_id = ? AND entity_id = ?",
      shop.tenant.id,
      id,
    ),
  ).toEqual([{ action: "webhook.added", actor_id: shop.admin.id }]);
});
