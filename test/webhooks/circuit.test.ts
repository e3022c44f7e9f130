// The clock is the time that each attempt is given. A time-out comes as soon as the receiver has a request that it will not answer.
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { z } from "zod";
import { DeliveryJob, queueDeliveries, sendLateDeliveries } from "../../src/webhooks/jobs.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { between, rowsOf } from "../support/d1.ts";
import { recording } from "../support/queues.ts";
import { base, newShop, type Shop } from "../support/shops.ts";
import {
  attemptIn,
  type Endpoint,
  newDelivery,
  newEndpoint,
  requestsTo,
  storedOf,
} from "../support/webhooks.ts";

let start = 0;
const at = (seconds: number): Date => new Date(start + seconds * 1000);
const iso = (seconds: number): string => at(seconds).toISOString();

let keys: string[] = [];
let running = new AbortController();
let watch = Promise.resolve();

const hangingRequests = async (): Promise<number> => {
  const counts = keys.map(async (key) => (await fetch(`${inject("receiver")}/${key}/hanging`)).json());
  return z
    .array(z.number())
    .parse(await Promise.all(counts))
    .reduce((sum, each) => sum + each, 0);
};

/** Aborts the attempts in flight when one of them hangs. */
async function watchHanging(controllers: Set<AbortController>, end: AbortSignal): Promise<void> {
  for (let seen = 0; !end.aborted; await scheduler.wait(10)) {
    const now = await hangingRequests();
    if (now === seen) continue;
    seen = now;
    for (const controller of controllers) controller.abort(new DOMException("late", "TimeoutError"));
    controllers.clear();
  }
}

beforeEach(() => {
  start = Date.now();
  keys = [];
  running = new AbortController();
  const controllers = new Set<AbortController>();
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    if (ms !== 5000) return timeout(ms);
    const controller = new AbortController();
    controllers.add(controller);
    return controller.signal;
  });
  watch = watchHanging(controllers, running.signal);
});

afterEach(async () => {
  running.abort();
  await watch;
  vi.restoreAllMocks();
});

async function endpointOf(shop: Shop, plan: string): Promise<Endpoint> {
  const endpoint = await newEndpoint(shop, plan);
  keys.push(endpoint.key);
  return endpoint;
}

const deliver = (shop: Shop, endpoint: Endpoint, made: Parameters<typeof newDelivery>[2] = {}) =>
  newDelivery(shop, endpoint, { now: at(0), ...made });

/** The circuit that an endpoint shows now. */
const circuitOf = async (shop: Shop, { id }: Endpoint) => {
  const { body } = await call("GET", `${API}/webhooks/${id}`, { token: shop.admin.token });
  return [body.circuit, body.consecutive_timeouts, body.next_probe_at];
};

/** Attempts a job after that many seconds; returns the messages that it sends with their delays. */
async function attemptAt(seconds: number, job: DeliveryJob) {
  const { ctx, sent, delays } = recording(base(at(seconds)), "WEBHOOKS");
  await attemptIn(ctx, job);
  return z
    .array(DeliveryJob)
    .parse(sent)
    .map((each, index) => ({ job: each, delay: delays[index] ?? 0 }));
}

async function queuedAt(seconds: number, jobs: DeliveryJob[]) {
  const { ctx, sent, delays } = recording(base(at(seconds)), "WEBHOOKS");
  await queueDeliveries(ctx, jobs);
  return z
    .array(DeliveryJob)
    .parse(sent)
    .map((job, index) => ({ job, delay: delays[index] ?? 0 }));
}

async function sweptAt(seconds: number, shop: Shop): Promise<DeliveryJob[]> {
  const { ctx, sent } = recording(base(at(seconds)), "WEBHOOKS");
  await sendLateDeliveries(ctx);
  return z
    .array(DeliveryJob)
    .parse(sent)
    .filter(({ tenant_id }) => tenant_id === shop.tenant.id);
}

describe("an endpoint that does not answer in time", () => {
  it("opens its circuit: its deliveries wait for the probe, and none of them loses an attempt", async () => {
    const shop = await newShop();
    const endpoint = await endpointOf(shop, "hang");
    const [first, second] = [await deliver(shop, endpoint), await deliver(shop, endpoint)];
    expect(await circuitOf(shop, endpoint)).toEqual(["closed", 0, null]);
    // The probe 30 s after the 5 s of the time-out.
    expect(await attemptAt(0, first)).toEqual([{ job: { ...first, attempts: 1 }, delay: 30 }]);
    expect(await circuitOf(shop, endpoint)).toEqual(["open", 1, iso(35)]);
    expect(await attemptAt(10, second)).toEqual([]);
    expect(await storedOf(first)).toMatchObject({ status: "pending", attempts: 1, due_at: iso(35) });
    expect(await storedOf(second)).toMatchObject({ status: "pending", attempts: 0, due_at: iso(35) });
    expect((await requestsTo(endpoint)).length).toBe(1);
  });

  it("is shown as such in the list, where another endpoint of the shop is closed and delivers", async () => {
    const shop = await newShop();
    const [hanging, quick] = [await endpointOf(shop, "hang"), await newEndpoint(shop)];
    const job = await deliver(shop, hanging);
    await attemptAt(0, job);
    await attemptAt(1, { ...job, endpoint_id: quick.id });
    const { body } = await call("GET", `${API}/webhooks`, { token: shop.admin.token });
    expect(body.data).toMatchObject([
      { id: quick.id, circuit: "closed", next_probe_at: null },
      { id: hanging.id, circuit: "open", consecutive_timeouts: 1, next_probe_at: iso(35) },
    ]);
    expect((await requestsTo(quick)).length).toBe(1);
  });

  it("is probed after 30 s, 1 min, 2 min, 4 min and then every 5 min", async () => {
    const shop = await newShop();
    const endpoint = await endpointOf(shop, "hang");
    let now = 0;
    for (const pause of [30, 60, 120, 240, 300, 300]) {
      await attemptAt(now, await deliver(shop, endpoint));
      now += 5 + pause;
      expect((await circuitOf(shop, endpoint))[2]).toBe(iso(now));
    }
  });

  it("is sent one request as a probe, however many messages arrive", async () => {
    const shop = await newShop();
    const endpoint = await endpointOf(shop, "hang");
    const jobs = [await deliver(shop, endpoint), await deliver(shop, endpoint)];
    const [first] = jobs;
    if (!first) throw new Error("no delivery");
    await attemptAt(0, first);
    const again = jobs.map((job) => (job === first ? { ...job, attempts: 1 } : job));
    await Promise.all([...again, ...again].map((job) => attemptAt(36, job)));
    expect((await requestsTo(endpoint)).length).toBe(2);
  });

  it.each(["200", "500"])(
    "closes its circuit with a %s, and the waiting deliveries follow",
    async (status) => {
      const shop = await newShop();
      const endpoint = await endpointOf(shop, `hang,${status}`);
      const [first, second] = [await deliver(shop, endpoint), await deliver(shop, endpoint)];
      const [probe] = await attemptAt(0, first);
      await attemptAt(10, second);
      if (!probe) throw new Error("no probe");
      const next = await attemptAt(36, probe.job);
      expect(next.at(-1)).toEqual({ job: second, delay: 0 });
      expect(await circuitOf(shop, endpoint)).toEqual(["closed", 0, null]);
      await attemptAt(37, second);
      expect((await requestsTo(endpoint)).length).toBe(3);
    },
  );

  it("whose delivery waits longer than the circuit is probed by the next event", async () => {
    const shop = await newShop();
    const endpoint = await endpointOf(shop, "hang,200");
    const job = await deliver(shop, endpoint);
    await change("UPDATE webhook_deliveries SET attempts = 2 WHERE event_id = ?", job.event_id);
    expect(await attemptAt(0, { ...job, attempts: 2 })).toEqual([
      { job: { ...job, attempts: 3 }, delay: 1800 },
    ]);
    expect(await storedOf(job)).toMatchObject({ due_at: iso(1800) });
    const event = await deliver(shop, endpoint, { now: at(10) });
    expect(await queuedAt(10, [event])).toEqual([{ job: event, delay: 25 }]);
    await attemptAt(36, event);
    expect(await storedOf(event)).toMatchObject({ status: "delivered" });
  });

  it("is probed by another delivery, while the one that timed out is retried later", async () => {
    const shop = await newShop();
    const endpoint = await endpointOf(shop, "hang");
    const [job, other] = [await deliver(shop, endpoint), await deliver(shop, endpoint)];
    await change("UPDATE webhook_deliveries SET attempts = 2 WHERE event_id = ?", job.event_id);
    expect(await attemptAt(0, { ...job, attempts: 2 })).toEqual([
      { job: { ...job, attempts: 3 }, delay: 1800 },
      { job: other, delay: 30 },
    ]);
  });

  it("is probed once by the delivery that timed out, if that is retried when the probe is due", async () => {
    const shop = await newShop();
    const endpoint = await endpointOf(shop, "hang");
    const job = await deliver(shop, endpoint);
    // The pause is five minutes, as is the wait for the third attempt.
    await change("UPDATE webhook_endpoints SET timeouts_in_row = 4 WHERE id = ?", endpoint.id);
    await change("UPDATE webhook_deliveries SET attempts = 1 WHERE event_id = ?", job.event_id);
    expect(await attemptAt(0, { ...job, attempts: 1 })).toEqual([
      { job: { ...job, attempts: 2 }, delay: 300 },
    ]);
    expect(await storedOf(job)).toMatchObject({ status: "pending", attempts: 2, due_at: iso(305) });
  });

  it("and then answers with 410, or dies five times, is disabled", async () => {
    const shop = await newShop();
    const endpoint = await endpointOf(shop, "hang,410");
    const job = await deliver(shop, endpoint);
    await attemptAt(0, job);
    await attemptAt(36, { ...job, attempts: 1 });
    expect(await storedOf(job)).toMatchObject({ status: "failed", last_status: 410 });
    const other = await endpointOf(shop, "hang");
    for (let dead = 0; dead < 5; dead += 1) {
      const last = await deliver(shop, other);
      await change("UPDATE webhook_deliveries SET attempts = 5 WHERE event_id = ?", last.event_id);
      await attemptAt(dead * 400, { ...last, attempts: 5 });
      expect(await storedOf(last)).toMatchObject({ status: "dead", last_error: "no response within 5 s" });
    }
    const { body } = await call("GET", `${API}/webhooks/${other.id}`, { token: shop.admin.token });
    expect(body.disabled_reason).toBe("5 consecutive deliveries failed all attempts");
  });
});

describe("an open circuit", () => {
  const opened = async (plan = "hang,200") => {
    const shop = await newShop();
    const endpoint = await endpointOf(shop, plan);
    const job = await deliver(shop, endpoint);
    await attemptAt(0, job);
    return { shop, endpoint, job };
  };

  it("is probed at once by a test of an ADMIN, which closes it", async () => {
    const { shop, endpoint, job } = await opened();
    const { token } = shop.admin;
    const { body } = await call("POST", `${API}/webhooks/${endpoint.id}/test`, { token });
    await vi.waitUntil(async () => (await requestsTo(endpoint)).length === 2, { timeout: 20_000 });
    await vi.waitUntil(async () => (await circuitOf(shop, endpoint))[0] === "closed", { timeout: 20_000 });
    expect(await storedOf({ ...job, event_id: body.id })).toMatchObject({ status: "delivered" });
  });

  it("is probed at once by a replay, and opens for longer if that times out as well", async () => {
    const { shop, endpoint, job } = await opened("hang");
    const { token } = shop.admin;
    await call("POST", `${API}/webhooks/${endpoint.id}/deliveries/${job.event_id}/replay`, { token });
    await vi.waitUntil(async () => (await requestsTo(endpoint)).length === 2, { timeout: 20_000 });
    await vi.waitUntil(async () => (await circuitOf(shop, endpoint))[1] === 2, { timeout: 20_000 });
    expect((await circuitOf(shop, endpoint))[0]).toBe("open");
  });

  it.each([{ is_enabled: true }, { url: "https://example.com/hook" }])(
    "closes with the change %j",
    async (json) => {
      const { shop, endpoint } = await opened();
      const { token } = shop.admin;
      await call("PATCH", `${API}/webhooks/${endpoint.id}`, { token, json: { description: "books" } });
      expect((await circuitOf(shop, endpoint))[0]).toBe("open");
      await call("PATCH", `${API}/webhooks/${endpoint.id}`, { token, json });
      expect(await circuitOf(shop, endpoint)).toEqual(["closed", 0, null]);
    },
  );

  it("is not the result of a time-out of an address that was changed meanwhile", async () => {
    const shop = await newShop();
    const endpoint = await endpointOf(shop, "hang");
    const job = await deliver(shop, endpoint);
    const { ctx } = recording(base(at(0)), "WEBHOOKS");
    const json = { url: "https://example.com/hook" };
    const { token } = shop.admin;
    const changed = between(ctx, {
      before: async (nth) => {
        if (nth === 2) await call("PATCH", `${API}/webhooks/${endpoint.id}`, { token, json });
      },
    });
    await attemptIn(changed, job);
    expect(await circuitOf(shop, endpoint)).toEqual(["closed", 0, null]);
  });

  it("delays the message of the first event to the probe, and queues none for those after it", async () => {
    const { shop, endpoint, job } = await opened();
    const later = [await deliver(shop, endpoint), await deliver(shop, endpoint)];
    expect(await queuedAt(10, later)).toEqual([]);
    await change("UPDATE webhook_deliveries SET status = 'dead' WHERE event_id = ?", job.event_id);
    expect(await queuedAt(10, later)).toEqual([{ job: later[0], delay: 25 }]);
    expect(await queuedAt(9.5, later)).toEqual([{ job: later[0], delay: 26 }]);
    expect(await queuedAt(40, later.slice(0, 1))).toEqual([{ job: later[0], delay: 0 }]);
  });

  it("lets the probe be sent two seconds early, for the clock of another machine", async () => {
    const { endpoint, job } = await opened();
    const probe = { ...job, attempts: 1 };
    await attemptAt(32.999, probe);
    expect((await requestsTo(endpoint)).length).toBe(1);
    await attemptAt(33, probe);
    expect((await requestsTo(endpoint)).length).toBe(2);
  });

  it("that a replay closes early sends what waits for its probe", async () => {
    const { shop, endpoint, job } = await opened();
    const next = await deliver(shop, endpoint);
    await attemptAt(10, next);
    await change("UPDATE webhook_endpoints SET open_until = NULL WHERE id = ?", endpoint.id);
    await change(
      "UPDATE webhook_deliveries SET attempts = 0, due_at = ? WHERE event_id = ?",
      iso(11),
      job.event_id,
    );
    expect(await attemptAt(11, job)).toEqual([{ job: next, delay: 0 }]);
  });

  it("that is half open delays no delivery that waits for another attempt", async () => {
    const { shop, endpoint } = await opened();
    const next = await deliver(shop, endpoint);
    await change("UPDATE webhook_endpoints SET busy_until = ? WHERE id = ?", iso(100), endpoint.id);
    await change("UPDATE webhook_deliveries SET due_at = ? WHERE event_id = ?", iso(40), next.event_id);
    expect(await attemptAt(50, next)).toEqual([]);
    expect(await storedOf(next)).toMatchObject({ attempts: 0, due_at: iso(40) });
  });

  it("is left alone by the sweep, which sends the oldest delivery if the probe's message was lost", async () => {
    const { shop, endpoint, job } = await opened("hang");
    await deliver(shop, endpoint, { now: at(-120) });
    expect(await sweptAt(20, shop)).toEqual([]);
    const due = await rowsOf("SELECT due_at FROM webhook_deliveries WHERE tenant_id = ?", shop.tenant.id);
    expect(due).toEqual([{ due_at: iso(35) }, { due_at: iso(35) }]);
    expect(await sweptAt(90, shop)).toEqual([]);
    expect(await sweptAt(96, shop)).toEqual([{ ...job, attempts: 1 }]);
  });
});

describe("no delivery is lost", () => {
  it("if an endpoint hangs and recovers: each event arrives, those of a sale in order, with or without messages", async () => {
    for (const loses of [() => false, () => true]) {
      const shop = await newShop();
      const endpoint = await endpointOf(shop, "hang,500,hang,hang,200,hang,200");
      const jobs: DeliveryJob[] = [];
      for (let event = 0; event < 8; event += 1)
        jobs.push(
          await deliver(shop, endpoint, {
            payload: { id: `s${event}`, ...(event % 2 === 1 ? { refund_of: `s${event - 1}` } : {}) },
            type: event % 2 === 1 ? "sale.refunded" : "sale.completed",
          }),
        );
      let messages = (await queuedAt(0, jobs)).map(({ job }) => ({ job, due: 0 }));
      for (let now = 0; now < 3600; now += 1) {
        const due = messages.filter((message) => message.due <= now);
        messages = messages.filter((message) => message.due > now);
        for (const { job } of due)
          for (const { job: next, delay } of await attemptAt(now, job))
            if (!loses()) messages.push({ job: next, due: now + Math.max(1, delay) });
        if (now % 60 === 0) for (const job of await sweptAt(now, shop)) messages.push({ job, due: now + 1 });
      }
      const stored = await rowsOf(
        "SELECT DISTINCT status FROM webhook_deliveries WHERE tenant_id = ?",
        shop.tenant.id,
      );
      expect(stored).toEqual([{ status: "delivered" }]);
      const arrived = (await requestsTo(endpoint)).map(({ headers }) => headers["webhook-id"]);
      for (const { event_id } of jobs) expect(arrived).toContain(`msg_${event_id}`);
      for (let sale = 0; sale < 8; sale += 2) {
        const [sold, back] = [jobs[sale], jobs[sale + 1]].map((job) => `msg_${job?.event_id}`);
        expect(arrived.lastIndexOf(sold)).toBeLessThan(arrived.indexOf(back));
      }
    }
  });
});
