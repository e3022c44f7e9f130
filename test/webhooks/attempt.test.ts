import { describe, expect, it, vi } from "vitest";
import { Webhook } from "standardwebhooks";
import { between, failureOf, rowsOf } from "../support/d1.ts";
import { attemptDelivery } from "../../src/webhooks/attempt.ts";
import { replayDelivery } from "../../src/webhooks/deliveries.ts";
import { changeEndpoint } from "../../src/webhooks/endpoints.ts";
import { sendLateDeliveries } from "../../src/webhooks/jobs.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { recording } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";
import {
  attempt,
  attemptIn,
  deliveriesOf,
  type Endpoint,
  newDelivery,
  newEndpoint,
  requestsTo,
  storedOf,
} from "../support/webhooks.ts";

const HOUR = 3_600_000;
const after = (ms: number): Date => new Date(Date.now() + ms);

const jobsLate = async (shop: Shop, now: Date): Promise<unknown[]> => {
  const { ctx, sent } = recording(base(now), "WEBHOOKS");
  await sendLateDeliveries(ctx);
  return sent.filter((job) => JSON.stringify(job).includes(shop.tenant.id));
};

const stateOf = async (shop: Shop, { id }: Endpoint) =>
  (await call("GET", `${API}/webhooks/${id}`, { token: shop.admin.token })).body;

/** Attempts a job; `meanwhile` happens while the endpoint answers. */
async function attemptWhile(job: unknown, now: Date, meanwhile: () => Promise<unknown>): Promise<unknown[]> {
  const { ctx, sent } = recording(base(now), "WEBHOOKS");
  const before = async (nth: number) => {
    if (nth === 2) await meanwhile();
  };
  await attemptIn(between(ctx, { before }), job);
  return sent;
}

describe("a delivery", () => {
  it("is not sent to a stored address that is no longer allowed", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const job = await newDelivery(shop, endpoint);
    const { ctx } = recording(base(), "WEBHOOKS");
    await attemptIn({ ...ctx, env: { ...ctx.env, ENVIRONMENT: "production" } }, job);
    expect(await requestsTo(endpoint)).toEqual([]);
    const [delivery] = await deliveriesOf(shop, endpoint);
    expect(delivery).toMatchObject({ status: "pending", attempts: 1, last_status: null });
    expect(delivery.last_error).toContain("the address is not allowed");
    expect(await stateOf(shop, endpoint)).toMatchObject({ circuit: "closed", consecutive_timeouts: 0 });
  });

  it("is the event as JSON, signed according to Standard Webhooks, and listed in the log", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const job = await newDelivery(shop, endpoint, {
      type: "sale.completed",
      payload: { id: "ñ€", total: 5 },
    });
    expect(await attempt(job)).toEqual([]);
    const [request] = await requestsTo(endpoint);
    if (!request) throw new Error("The receiver got no request.");
    const { headers, body } = request;
    expect(headers["webhook-id"]).toBe(`msg_${job.event_id}`);
    expect(headers["content-type"]).toBe("application/json");
    const received = new Webhook(endpoint.secret).verify(body, headers);
    const stored = await storedOf(job);
    expect(received).toEqual({
      type: "sale.completed",
      timestamp: stored?.["created_at"],
      data: { id: "ñ€", total: 5 },
    });
    const other = new Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    expect(() => other.verify(body, headers)).toThrow("No matching signature");
    expect(() => new Webhook(endpoint.secret).verify(`${body} `, headers)).toThrow("No matching signature");
    expect(await deliveriesOf(shop, endpoint)).toEqual([
      {
        id: job.event_id,
        type: "sale.completed",
        status: "delivered",
        attempts: 1,
        next_attempt_at: null,
        last_status: 200,
        last_error: null,
        created_at: expect.any(String),
        delivered_at: expect.any(String),
      },
    ]);
  });

  it("whose message is delivered twice, or five times at once, is sent once", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const job = await newDelivery(shop, endpoint);
    await Promise.all(Array.from({ length: 5 }, () => attempt(job)));
    await attempt(job);
    expect((await requestsTo(endpoint)).length).toBe(1);
  });

  it("that fails is retried after 5 s, 5 min, 30 min, 2 h and 5 h, and is then dead", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "500");
    const job = await newDelivery(shop, endpoint);
    let now = Date.now();
    for (const [attempts, wait] of [5, 300, 1800, 7200, 18_000].entries()) {
      const sent = await attempt({ ...job, attempts }, new Date(now));
      expect(sent).toEqual([{ ...job, attempts: attempts + 1 }]);
      const stored = await storedOf(job);
      expect(stored).toMatchObject({
        status: "pending",
        attempts: attempts + 1,
        last_status: 500,
        last_error: "the endpoint returned 500",
      });
      now += wait * 1000;
      expect(stored?.["due_at"]).toBe(new Date(now).toISOString());
      // It is not due yet.
      await attempt({ ...job, attempts: attempts + 1 }, new Date(now - 3000));
      expect((await storedOf(job))?.["attempts"]).toBe(attempts + 1);
    }
    expect(await attempt({ ...job, attempts: 5 }, new Date(now))).toEqual([]);
    const dead = { status: "dead", attempts: 6, next_attempt_at: null };
    expect(await deliveriesOf(shop, endpoint)).toMatchObject([dead]);
    expect(await jobsLate(shop, new Date(now + HOUR))).toEqual([]);
    const requests = await requestsTo(endpoint);
    expect(requests.length).toBe(6);
    // One dead delivery does not disable its endpoint, however often it was attempted.
    expect(await stateOf(shop, endpoint)).toMatchObject({ is_enabled: true });
    expect(new Set(requests.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1);
  });

  it("is due two seconds early, for the clock of another machine, and its signature says the second", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const start = Date.parse("2027-01-01T00:00:00.700Z");
    const at = (ms: number) => new Date(start + ms);
    const job = await newDelivery(shop, endpoint, { now: at(0) });
    await attempt(job, at(-2001));
    expect(await requestsTo(endpoint)).toEqual([]);
    await attempt(job, at(-2000));
    const [request] = await requestsTo(endpoint);
    expect(request?.headers["webhook-timestamp"]).toBe(String(Math.floor(at(-2000).getTime() / 1000)));
  });

  it("that was disabled or sent again while its endpoint answered keeps that state", async () => {
    const shop = await newShop();
    const [endpoint, other] = [await newEndpoint(shop, "200,410"), await newEndpoint(shop)];
    const again = await newDelivery(shop, endpoint);
    await attemptWhile(again, new Date(), () =>
      replayDelivery(recording(shop.admin.ctx(), "WEBHOOKS").ctx, endpoint.id, again.event_id, undefined),
    );
    expect(await storedOf(again)).toMatchObject({ status: "pending", attempts: 0, last_status: null });
    await change("UPDATE webhook_deliveries SET status = 'dead' WHERE event_id = ?", again.event_id);
    const job = await newDelivery(shop, endpoint);
    await attemptWhile(job, new Date(), () =>
      changeEndpoint(shop.admin.ctx(), endpoint.id, { is_enabled: false }),
    );
    expect(await storedOf(job)).toMatchObject({ status: "failed", last_error: "the webhook was disabled" });
    const reason = { is_enabled: false, disabled_reason: "disabled by an ADMIN" };
    expect(await stateOf(shop, endpoint)).toMatchObject(reason);
    expect(await stateOf(shop, other)).toMatchObject({ is_enabled: true, disabled_reason: null });
  });

  it("that fails once and then succeeds is delivered", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "500,204");
    const job = await newDelivery(shop, endpoint);
    const [next] = await attempt(job);
    // The message of the first attempt, delivered late.
    await attempt(job, after(5000));
    expect((await requestsTo(endpoint)).length).toBe(1);
    await attempt(next, after(5000));
    expect(await storedOf(job)).toMatchObject({
      status: "delivered",
      attempts: 2,
      last_status: 204,
      last_error: null,
    });
  });

  it.each(["304", "404", "429"])("that gets a %s has failed", async (plan) => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, plan);
    const job = await newDelivery(shop, endpoint);
    await attempt(job);
    expect(await storedOf(job)).toMatchObject({ status: "pending", last_status: Number(plan) });
  });

  it("that gets a 410 disables the endpoint and fails its pending deliveries", async () => {
    const shop = await newShop();
    const [endpoint, other] = [await newEndpoint(shop, "410"), await newEndpoint(shop)];
    const [first, second] = [await newDelivery(shop, endpoint), await newDelivery(shop, endpoint)];
    expect(await attempt(first)).toEqual([]);
    await attempt(second);
    expect((await requestsTo(endpoint)).length).toBe(1);
    expect(await storedOf(first)).toMatchObject({ status: "failed", last_status: 410 });
    expect(await storedOf(second)).toMatchObject({
      status: "failed",
      last_error: "the webhook was disabled",
    });
    const disabled = { is_enabled: false, disabled_reason: "the endpoint returned 410" };
    expect(await stateOf(shop, endpoint)).toMatchObject(disabled);
    expect(await stateOf(shop, other)).toMatchObject({ is_enabled: true });
    expect(await storedOf(await newDelivery(shop, endpoint))).toBeUndefined();
    // Disabling it again does not change why it was.
    await changeEndpoint(shop.admin.ctx(), endpoint.id, { is_enabled: false });
    expect(await stateOf(shop, endpoint)).toMatchObject(disabled);
  });

  it("that gets no response within 5 s has failed", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "hang");
    const job = await newDelivery(shop, endpoint);
    const timeouts: number[] = [];
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const spy = vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
      timeouts.push(ms);
      return timeout(100);
    });
    await attempt(job);
    spy.mockRestore();
    expect(timeouts).toEqual([5000]);
    expect(await storedOf(job)).toMatchObject({ last_status: null, last_error: "no response within 5 s" });
  });

  it("to an unreachable host has failed", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    await change("UPDATE webhook_endpoints SET url = 'http://127.0.0.1:1/' WHERE id = ?", endpoint.id);
    const job = await newDelivery(shop, endpoint);
    await attempt(job);
    expect(await storedOf(job)).toMatchObject({
      last_status: null,
      last_error: "the endpoint could not be reached",
    });
  });

  it("whose response never ends is delivered, and the response is not read", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "flood");
    const job = await newDelivery(shop, endpoint);
    await attempt(job);
    expect(await storedOf(job)).toMatchObject({ status: "delivered", last_status: 200 });
  });

  it("whose consumer dies before sending is due again after a minute and sent by the sweep", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const job = await newDelivery(shop, endpoint);
    const now = new Date();
    const dies = between(base(now), { after: () => Promise.reject(new Error("killed")) });
    await failureOf(attemptDelivery(dies, job));
    expect(await requestsTo(endpoint)).toEqual([]);
    await attempt(job);
    expect(await requestsTo(endpoint)).toEqual([]);
    expect((await storedOf(job))?.["due_at"]).toBe(new Date(now.getTime() + 60_000).toISOString());
    expect(await jobsLate(shop, new Date(now.getTime() + 120_000))).toEqual([]);
    const late = await jobsLate(shop, new Date(now.getTime() + 120_001));
    expect(late).toEqual([{ ...job, attempts: 1 }]);
    await attempt(late[0], after(125_000));
    expect((await requestsTo(endpoint)).length).toBe(1);
    expect(await storedOf(job)).toMatchObject({ status: "delivered", attempts: 2 });
  });

  it("whose consumer dies after sending is sent again with the same webhook-id", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const job = await newDelivery(shop, endpoint);
    const dies = between(base(), {
      before: (nth) => (nth === 2 ? Promise.reject(new Error("killed")) : undefined),
    });
    await attemptIn(dies, job);
    await attempt({ ...job, attempts: 1 }, after(61_000));
    const ids = (await requestsTo(endpoint)).map(({ headers }) => headers["webhook-id"]);
    expect(ids).toEqual([`msg_${job.event_id}`, `msg_${job.event_id}`]);
  });

  it("whose consumer dies during the last attempt is dead", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "500");
    const job = await newDelivery(shop, endpoint);
    const next = await newDelivery(shop, endpoint);
    await change("UPDATE webhook_deliveries SET attempts = 6 WHERE event_id = ?", job.event_id);
    const now = new Date();
    expect(await attempt({ ...job, attempts: 6 }, now)).toEqual([next]);
    // It stays in the log as long as any other.
    const due_at = new Date(now.getTime() + 30 * 24 * HOUR).toISOString();
    expect(await storedOf(job)).toMatchObject({ status: "dead", attempts: 6, due_at });
    expect(await requestsTo(endpoint)).toEqual([]);
  });

  it("costs two round trips, and the same rows however long the log is", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const cost = async () => {
      const job = await newDelivery(shop, endpoint);
      const { ctx } = recording(base(), "WEBHOOKS");
      await attemptIn(ctx, job);
      expect(ctx.db.cost.queries).toBe(2);
      return ctx.db.cost.read;
    };
    for (let index = 0; index < 3; index += 1) await newDelivery(shop, endpoint);
    const few = await cost();
    for (let index = 0; index < 60; index += 1) await newDelivery(shop, endpoint);
    expect(await cost()).toBe(few);
  });
});

describe("an endpoint", () => {
  it("has at most one attempt in flight, whose end sends the next; another endpoint does not wait", async () => {
    const shop = await newShop();
    const [endpoint, other] = [await newEndpoint(shop), await newEndpoint(shop)];
    const [first, second, third] = [
      await newDelivery(shop, endpoint),
      await newDelivery(shop, endpoint),
      await newDelivery(shop, endpoint),
    ];
    const { ctx, sent } = recording(base(), "WEBHOOKS");
    const inFlight = between(ctx, {
      after: async (nth) => {
        if (nth > 1) return;
        for (const job of [second, third]) expect(await attempt(job)).toEqual([]);
        expect(await requestsTo(endpoint)).toEqual([]);
        await attempt({ ...first, endpoint_id: other.id });
        expect((await requestsTo(other)).length).toBe(1);
      },
    });
    await attemptIn(inFlight, first);
    expect(sent).toEqual([second]);
    expect(await attempt(second)).toEqual([third]);
    expect(await attempt(third)).toEqual([]);
    expect((await requestsTo(endpoint)).length).toBe(3);
  });

  it("is not busy because of a message that came again", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "500,200");
    const [first, second] = [await newDelivery(shop, endpoint), await newDelivery(shop, endpoint)];
    const now = new Date();
    await attempt(first, now);
    expect(await attempt(first, now)).toEqual([]);
    await attempt(second, now);
    expect(await storedOf(second)).toMatchObject({ status: "delivered" });
    expect(await storedOf(first)).toMatchObject({ status: "pending", attempts: 1, last_status: 500 });
  });

  it("is free from the end of a minute on, and stays busy with a later attempt", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const [first, second] = [await newDelivery(shop, endpoint), await newDelivery(shop, endpoint)];
    const now = new Date();
    const busyUntil = (ms: number) =>
      change(
        "UPDATE webhook_endpoints SET busy_until = ? WHERE id = ?",
        new Date(now.getTime() + ms).toISOString(),
        endpoint.id,
      );
    await busyUntil(1);
    await attempt(first, now);
    expect(await requestsTo(endpoint)).toEqual([]);
    await busyUntil(0);
    await attemptWhile(first, now, () => busyUntil(90_000));
    expect(await storedOf(first)).toMatchObject({ status: "delivered" });
    await attempt(second, new Date(now.getTime() + 80_000));
    expect((await requestsTo(endpoint)).length).toBe(1);
  });

  it("that was busy when a retry was due sends it at the end of its attempt, and nothing that has ended", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "500,200");
    const ended = await newDelivery(shop, endpoint);
    await change("UPDATE webhook_deliveries SET status = 'failed' WHERE event_id = ?", ended.event_id);
    const [first, second] = [await newDelivery(shop, endpoint), await newDelivery(shop, endpoint)];
    const now = new Date();
    const retry = { ...first, attempts: 1 };
    expect(await attempt(first, now)).toEqual([retry, second]);
    const inFiveSeconds = new Date(now.getTime() + 5000);
    expect(await attemptWhile(second, inFiveSeconds, () => attempt(retry, inFiveSeconds))).toEqual([retry]);
  });

  it("whose consumer died is free again after a minute", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const [first, second] = [await newDelivery(shop, endpoint), await newDelivery(shop, endpoint)];
    const dies = between(base(), { after: () => Promise.reject(new Error("killed")) });
    await failureOf(attemptDelivery(dies, first));
    await attempt(second, after(59_000));
    expect(await requestsTo(endpoint)).toEqual([]);
    await attempt(second, after(61_000));
    expect((await requestsTo(endpoint)).length).toBe(1);
  });

  it("that fails receives the next delivery while the failed one waits for its retry", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "500");
    const [first, second] = [await newDelivery(shop, endpoint), await newDelivery(shop, endpoint)];
    expect(await attempt(first)).toEqual([{ ...first, attempts: 1 }, second]);
    expect(await attempt(second)).toEqual([{ ...second, attempts: 1 }]);
  });

  it("with five consecutive dead deliveries is disabled; a successful one restarts the count", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "500,500,500,500,200,500");
    const { token } = shop.admin;
    const state = async () => (await call("GET", `${API}/webhooks/${endpoint.id}`, { token })).body;
    const die = async () => {
      const job = await newDelivery(shop, endpoint);
      await change("UPDATE webhook_deliveries SET attempts = 5 WHERE event_id = ?", job.event_id);
      await attempt({ ...job, attempts: 5 });
    };
    for (let dead = 0; dead < 4; dead += 1) await die();
    await attempt(await newDelivery(shop, endpoint));
    for (let dead = 0; dead < 4; dead += 1) await die();
    expect(await state()).toMatchObject({ is_enabled: true });
    const waiting = await newDelivery(shop, endpoint);
    await die();
    expect(await state()).toMatchObject({
      is_enabled: false,
      disabled_reason: "5 consecutive deliveries failed all attempts",
    });
    expect(await storedOf(waiting)).toMatchObject({ status: "failed" });
    await call("PATCH", `${API}/webhooks/${endpoint.id}`, { token, json: { is_enabled: true } });
    await die();
    expect(await state()).toMatchObject({ is_enabled: true, disabled_reason: null });
  });
});

describe("the sweep for late deliveries", () => {
  it("fails what waits at an endpoint that was disabled or deleted, and keeps it in the log for 30 days", async () => {
    const shop = await newShop();
    const jobs = [];
    for (const end of [
      "UPDATE webhook_endpoints SET is_enabled = 0 WHERE id = ?",
      "DELETE FROM webhook_endpoints WHERE id = ?",
    ]) {
      const endpoint = await newEndpoint(shop);
      jobs.push(await newDelivery(shop, endpoint));
      await change(end, endpoint.id);
    }
    const now = after(61_000);
    expect(await jobsLate(shop, now)).toEqual([]);
    for (const job of jobs)
      expect(await storedOf(job)).toMatchObject({
        status: "failed",
        last_error: "the webhook was disabled or deleted",
        due_at: new Date(now.getTime() + 30 * 24 * HOUR).toISOString(),
      });
  });

  it("sends once what waits at an endpoint whose probe is due", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const job = await newDelivery(shop, endpoint);
    await change(
      "UPDATE webhook_endpoints SET timeouts_in_row = 1, open_until = ? WHERE id = ?",
      after(-30_000).toISOString(),
      endpoint.id,
    );
    const now = after(61_000);
    expect(await jobsLate(shop, now)).toEqual([job]);
    expect(await storedOf(job)).toMatchObject({ due_at: now.toISOString() });
  });

  it("sends the oldest delivery of each endpoint, and not the same again in the next minute", async () => {
    const shop = await newShop();
    const [endpoint, other] = [await newEndpoint(shop), await newEndpoint(shop)];
    const first = await newDelivery(shop, endpoint);
    await newDelivery(shop, endpoint);
    const late = await jobsLate(shop, after(61_000));
    expect(late.length).toBe(2);
    expect(late).toEqual(expect.arrayContaining([first, { ...first, endpoint_id: other.id }]));
    expect(await jobsLate(shop, after(120_000))).toEqual([]);
    expect((await jobsLate(shop, after(122_000))).length).toBe(2);
  });
});

describe("the events of one sale", () => {
  const sale = { id: "s1" };
  const refund = { id: "r1", refund_of: "s1" };

  it("are sent in order: the refund waits until the sale has been delivered", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "500,200");
    const sold = await newDelivery(shop, endpoint, { type: "sale.completed", payload: sale });
    const back = await newDelivery(shop, endpoint, { type: "sale.refunded", payload: refund });
    expect(await attempt(back)).toEqual([]);
    const [again] = await attempt(sold);
    expect(await attempt(back)).toEqual([]);
    expect((await requestsTo(endpoint)).length).toBe(1);
    // The end of the first attempt sends the second.
    expect(await attempt(again, after(5000))).toEqual([back]);
    await attempt(back, after(5000));
    const types = (await requestsTo(endpoint)).map(({ body }) => JSON.parse(body).type);
    expect(types).toEqual(["sale.completed", "sale.completed", "sale.refunded"]);
  });

  it("continue after a dead one", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "500");
    const sold = await newDelivery(shop, endpoint, { payload: sale });
    const back = await newDelivery(shop, endpoint, { payload: refund });
    await change("UPDATE webhook_deliveries SET attempts = 5 WHERE event_id = ?", sold.event_id);
    expect(await attempt({ ...sold, attempts: 5 })).toEqual([back]);
    expect(await storedOf(sold)).toMatchObject({ status: "dead" });
  });

  it("that wait are not sent by the sweep before the earlier one", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "500");
    const sold = await newDelivery(shop, endpoint, { payload: sale });
    const back = await newDelivery(shop, endpoint, { payload: refund });
    const [again] = await attempt(sold);
    await attempt(again, after(5000));
    await attempt(back);
    expect((await storedOf(back))?.["due_at"]).toBe((await storedOf(sold))?.["due_at"]);
  });

  it("that wait leave the times of all others", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const other = { id: "s2" };
    const [sold, back] = [
      await newDelivery(shop, endpoint, { payload: sale }),
      await newDelivery(shop, endpoint, { payload: refund }),
    ];
    for (const payload of [other, { id: "r2", refund_of: "s2" }])
      await newDelivery(shop, endpoint, { payload });
    const times = () =>
      rowsOf(
        "SELECT due_at FROM webhook_deliveries WHERE tenant_id = ? AND event_id <> ? ORDER BY event_id",
        shop.tenant.id,
        back.event_id,
      );
    const before = await times();
    await attempt(back);
    expect(await times()).toEqual(before);
    const probe = after(30_000).toISOString();
    await change("UPDATE webhook_endpoints SET open_until = ? WHERE id = ?", probe, endpoint.id);
    await change("UPDATE webhook_deliveries SET status = 'dead' WHERE event_id = ?", sold.event_id);
    const ended = await times();
    await attempt(back);
    expect(await times()).toEqual(ended);
    expect(await storedOf(back)).toMatchObject({ due_at: probe });
  });

  it("of another sale, or for another endpoint, do not wait", async () => {
    const shop = await newShop();
    const [failing, well] = [await newEndpoint(shop, "500"), await newEndpoint(shop)];
    const sold = await newDelivery(shop, failing, { payload: sale });
    const other = await newDelivery(shop, failing, { payload: { id: "s2" } });
    const back = await newDelivery(shop, well, { payload: refund });
    await attempt(sold);
    await attempt(other);
    await attempt({ ...sold, endpoint_id: well.id });
    await attempt(back);
    expect((await requestsTo(failing)).length).toBe(2);
    expect((await requestsTo(well)).length).toBe(2);
  });
});
