import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { sendLateDeliveries } from "../../src/webhooks/jobs.ts";
import { replayDelivery } from "../../src/webhooks/deliveries.ts";
import { dayOf } from "../../src/values/days.ts";
import { EVENT_TYPES } from "../../src/events/schema.ts";
import { change } from "../support/change.ts";
import { API, call, costOf } from "../support/client.ts";
import { count, failureOf, rowsOf } from "../support/d1.ts";
import { storeEvent } from "../support/events.ts";
import { recording, recordingQueue, until } from "../support/queues.ts";
import { base, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";
import {
  attempt,
  deliveriesOf,
  type Endpoint,
  newDelivery,
  newEndpoint,
  requestsTo,
  storedOf,
} from "../support/webhooks.ts";
import { beginSweep } from "../../workers/sweeps.ts";

const path = (rest = ""): string => `${API}/webhooks${rest}`;

const json = { url: "https://example.com/hook", event_types: ["sale.completed"] };

const register = (shop: Shop, more: Record<string, unknown> = {}) =>
  call("POST", path(), { token: shop.admin.token, json: { ...json, ...more } });

describe("registering an endpoint", () => {
  it("returns a secret that no other response contains", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const created = await register(shop, {
      event_types: ["sale.refunded", "sale.completed", "sale.refunded"],
    });
    expect(created.status).toBe(201);
    const { secret, ...endpoint } = created.body;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(endpoint.event_types).toEqual(["sale.completed", "sale.refunded"]);
    const one = await call("GET", path(`/${endpoint.id}`), { token });
    expect(one.body).toEqual(endpoint);
    expect((await call("GET", path(), { token })).body.data).toEqual([endpoint]);
    const changed = await call("PATCH", path(`/${endpoint.id}`), { token, json: { description: "books" } });
    expect(changed.body).toEqual({ ...endpoint, description: "books", updated_at: expect.any(String) });
    const logs = await call("GET", path(`/${endpoint.id}/deliveries`), { token });
    for (const answer of [one, changed, logs]) expect(answer.text).not.toContain("whsec_");
  });

  it("rejects an address that is not public, and so does a change", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const { id } = await newEndpoint(shop);
    const pointer = (answer: { text: string }) => JSON.parse(answer.text).errors[0].pointer;
    for (const ENVIRONMENT of ["local", "staging", "production"])
      for (const url of [
        "https://10.0.0.1/x",
        "https://u:p@example.com/",
        "http://example.com/",
        "https://example.com/\ud800",
        "nonsense",
      ]) {
        const answers = [
          await callWith({ ENVIRONMENT }, "POST", path(), { token, json: { ...json, url } }),
          await callWith({ ENVIRONMENT }, "PATCH", path(`/${id}`), { token, json: { url } }),
        ];
        expect(answers.map((answer) => [answer.status, pointer(answer)])).toEqual([
          [422, "#/url"],
          [422, "#/url"],
        ]);
      }
    const loopback = { ...json, url: "http://localhost:9000/hook" };
    const inProduction = await callWith({ ENVIRONMENT: "production" }, "POST", path(), {
      token,
      json: loopback,
    });
    expect(inProduction.status).toBe(422);
    expect((await register(shop, loopback)).status).toBe(201);
  });

  it("rejects the twenty-first endpoint of a shop", async () => {
    const shop = await newShop();
    for (let index = 0; index < 20; index += 1) expect((await register(shop)).status).toBe(201);
    const answer = await register(shop);
    expect([answer.status, answer.body.type]).toEqual([409, "/problems/too-many-webhooks"]);
    expect((await register(await newShop())).status).toBe(201);
  });

  it.each([
    [[]],
    [["sale completed"]],
    [["Sale.Completed"]],
    [["**"]],
    ["*"],
    [["sale.sold"]],
    [["user.registered"]],
  ])("is refused for the types %j", async (event_types) => {
    const shop = await newShop();
    expect((await register(shop, { event_types })).status).toBe(422);
    const { id } = await newEndpoint(shop);
    const json = { event_types };
    const changed = await call("PATCH", path(`/${id}`), { token: shop.admin.token, json });
    expect([changed.status, changed.body.errors[0].pointer]).toEqual([
      422,
      expect.stringMatching(/^#\/event_types/),
    ]);
  });

  it("accepts each type of the document", async () => {
    const { event_types } = (await register(await newShop(), { event_types: [...EVENT_TYPES] })).body;
    expect(event_types).toEqual(EVENT_TYPES.toSorted());
  });

  it("stored with a type that is not in the document keeps working", async () => {
    const shop = await newShop();
    const { id } = await newEndpoint(shop);
    await change("UPDATE webhook_endpoints SET event_types = '[\"user.registered\"]' WHERE id = ?", id);
    const json = { description: "books" };
    const { status, body } = await call("PATCH", path(`/${id}`), { token: shop.admin.token, json });
    expect([status, body.event_types]).toEqual([200, ["user.registered"]]);
  });
});

describe("an event of a shop", () => {
  it("creates one delivery in its batch for each enabled endpoint of the shop that subscribes to its type", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const wants = await newEndpoint(shop, "200", ["sale.refunded", "sale.completed"]);
    const all = await newEndpoint(shop);
    const not = await newEndpoint(shop, "200", ["sale.cancelled"]);
    const off = await newEndpoint(shop);
    await call("PATCH", path(`/${off.id}`), { token: shop.admin.token, json: { is_enabled: false } });
    await newEndpoint(other);
    const { event_id } = await storeEvent(shop, { type: "sale.refunded" });
    const deliveries = await rowsOf(
      "SELECT endpoint_id FROM webhook_deliveries WHERE event_id = ?",
      event_id,
    );
    expect(new Set(deliveries.map((row) => row["endpoint_id"]))).toEqual(new Set([wants.id, all.id]));
    expect(await deliveriesOf(shop, not)).toEqual([]);
  });

  it("that is not committed creates no delivery", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "200", ["sale.completed"]);
    const { id } = await newProduct(shop, { stock: 1 });
    const answers = await Promise.all([1, 1, 1, 1].map((units) => sellOne(shop.admin.token, id, units)));
    expect(answers.filter(({ status }) => status === 201).length).toBe(1);
    const deliveries = "SELECT count(*) n FROM webhook_deliveries WHERE endpoint_id = ?";
    expect(await count(deliveries, endpoint.id)).toBe(1);
  });

  it("costs at most one row read and none written in a shop without endpoints, and five rows per endpoint in another", async () => {
    const [unsubscribed, subscribed] = [await newShop(), await newShop()];
    const cost = async (shop: Shop) => {
      const { id } = await newProduct(shop, { stock: 9 });
      await sellOne(shop.admin.token, id);
      return costOf(await sellOne(shop.admin.token, id));
    };
    const without = await cost(unsubscribed);
    await newEndpoint(subscribed);
    const one = await cost(subscribed);
    await newEndpoint(subscribed);
    const two = await cost(subscribed);
    expect(without.written).toBeLessThanOrEqual(13);
    expect([one.written - without.written, two.written - one.written]).toEqual([5, 5]);
    expect(one.queries).toBe(without.queries);
  });

  it("of a sale is delivered through the real queues, signed", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "200", ["sale.completed"]);
    const { id } = await newProduct(shop);
    const sale = await sellOne(shop.admin.token, id, 2);
    await until(async () => (await deliveriesOf(shop, endpoint))[0]?.status === "delivered");
    const [request] = await requestsTo(endpoint);
    const received = new Webhook(endpoint.secret).verify(request?.body ?? "", request?.headers ?? {});
    expect(received).toEqual({ type: "sale.completed", timestamp: sale.body.created_at, data: sale.body });
  });
});

describe("a test", () => {
  it("sends a ping to this endpoint only, whatever its event types", async () => {
    const shop = await newShop();
    const [endpoint, other] = [await newEndpoint(shop, "200", ["sale.completed"]), await newEndpoint(shop)];
    const answer = await call("POST", path(`/${endpoint.id}/test`), { token: shop.admin.token });
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ type: "webhook.ping", status: "pending", attempts: 0 });
    await until(async () => (await deliveriesOf(shop, endpoint))[0]?.status === "delivered");
    const [request] = await requestsTo(endpoint);
    expect(JSON.parse(request?.body ?? "").data).toEqual({ id: answer.body.id, endpoint_id: endpoint.id });
    expect(await deliveriesOf(shop, other)).toEqual([]);
  });

  it("and a replay are rejected for a disabled endpoint", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const endpoint = await newEndpoint(shop);
    const job = await newDelivery(shop, endpoint);
    const disabled = await call("PATCH", path(`/${endpoint.id}`), { token, json: { is_enabled: false } });
    expect(disabled.body).toMatchObject({ is_enabled: false, disabled_reason: "disabled by an ADMIN" });
    expect(await storedOf(job)).toMatchObject({ status: "failed", last_error: "the webhook was disabled" });
    for (const rest of ["/test", `/deliveries/${job.event_id}/replay`]) {
      const answer = await call("POST", path(`/${endpoint.id}${rest}`), { token });
      expect([answer.status, answer.body.type]).toEqual([409, "/problems/webhook-disabled"]);
    }
    expect(
      await count(
        "SELECT count(*) n FROM events WHERE tenant_id = ? AND type <> 'product.created'",
        shop.tenant.id,
      ),
    ).toBe(1);
  });
});

/** Which of the secrets have signed a delivery that is sent now, and no other secret has. */
async function signers(shop: Shop, endpoint: Endpoint, secrets: string[], now: Date): Promise<string[]> {
  await attempt(await newDelivery(shop, endpoint, { now }), now);
  const request = (await requestsTo(endpoint)).at(-1);
  if (!request) throw new Error("The receiver got no request.");
  const { headers, body } = request;
  const signatures = headers["webhook-signature"]?.split(" ") ?? [];
  const at = new Date(Number(headers["webhook-timestamp"]) * 1000);
  const valid = secrets.filter((secret) =>
    signatures.includes(new Webhook(secret).sign(headers["webhook-id"] ?? "", at, body)),
  );
  expect(signatures.length).toBe(valid.length);
  return valid;
}

describe("a rotated secret", () => {
  it("signs together with the old one for 24 hours, and a second rotation does not shorten that", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const rotate = async () =>
      (await call("POST", path(`/${endpoint.id}/rotate-secret`), { token: shop.admin.token })).body;
    const first = await rotate();
    const added = "2026-01-01T00:00:00.000Z";
    await change("UPDATE webhook_endpoints SET updated_at = ? WHERE id = ?", added, endpoint.id);
    const second = await rotate();
    const { body } = await call("GET", path(`/${endpoint.id}`), { token: shop.admin.token });
    expect(body.updated_at > added).toBe(true);
    expect(Date.parse(first.old_until)).toBeGreaterThan(Date.now() + 86_300_000);
    const secrets = [endpoint.secret, first.secret, second.secret];
    expect(await signers(shop, endpoint, secrets, new Date())).toEqual(secrets);
    expect(await signers(shop, endpoint, secrets, new Date(Date.now() + 86_500_000))).toEqual([
      second.secret,
    ]);
  });

  it("signs together with the last three before it, whose receivers have had the least time to change", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const secrets = [endpoint.secret];
    for (let nth = 0; nth < 5; nth += 1)
      secrets.push(
        (await call("POST", path(`/${endpoint.id}/rotate-secret`), { token: shop.admin.token })).body.secret,
      );
    expect(await signers(shop, endpoint, secrets, new Date())).toEqual(secrets.slice(-4));
  });
});

describe("a replay", () => {
  it("sends a delivery again that was delivered, with the same webhook-id", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const job = await newDelivery(shop, endpoint);
    await attempt(job);
    const answer = await call("POST", path(`/${endpoint.id}/deliveries/${job.event_id}/replay`), {
      token: shop.admin.token,
    });
    expect([answer.status, answer.body.status, answer.body.attempts]).toEqual([202, "pending", 0]);
    await until(async () => (await deliveriesOf(shop, endpoint))[0]?.status === "delivered");
    const ids = (await requestsTo(endpoint)).map(({ headers }) => headers["webhook-id"]);
    expect(ids).toEqual([`msg_${job.event_id}`, `msg_${job.event_id}`]);
  });

  it("that fails leaves in the log when the delivery was received before", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "200,500");
    const job = await newDelivery(shop, endpoint);
    await attempt(job);
    const [delivered] = await deliveriesOf(shop, endpoint);
    const sent = recordingQueue();
    await callWith(
      { WEBHOOKS: sent.queue },
      "POST",
      path(`/${endpoint.id}/deliveries/${job.event_id}/replay`),
      { token: shop.admin.token },
    );
    await attempt(job);
    expect(await deliveriesOf(shop, endpoint)).toMatchObject([
      { status: "pending", attempts: 1, last_status: 500, delivered_at: delivered.delivered_at },
    ]);
    expect(delivered.delivered_at).toMatch(/^20/);
  });

  it("of an event that is no longer stored answers since which day events are; one that never existed is not found", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const job = await newDelivery(shop, endpoint);
    await attempt(job);
    const inDays = (days: number) => shop.admin.ctx(new Date(Date.now() + days * 86_400_000));
    const replay = (days: number, id: string) =>
      failureOf(replayDelivery(inDays(days), endpoint.id, id, undefined));
    expect((await replayDelivery(inDays(31), endpoint.id, job.event_id, undefined)).value.id).toBe(
      job.event_id,
    );
    await change("DELETE FROM webhook_deliveries WHERE tenant_id = ?", shop.tenant.id);
    const since = dayOf(new Date(Date.now() + 86_400_000), shop.tenant.timezone);
    expect(await replay(31, job.event_id)).toMatchObject({
      slug: "event-deleted",
      status: 410,
      message: expect.stringContaining(`before ${since} cannot be sent again`),
      extra: { stored_since: since },
    });
    expect(await replay(29, job.event_id)).toMatchObject({ slug: "not-found" });
    expect(await replay(31, "01900000-0000-7000-8000-000000000000")).toMatchObject({ slug: "not-found" });
  });

  it("gives a dead delivery all attempts again", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "500,200");
    const job = await newDelivery(shop, endpoint);
    await change("UPDATE webhook_deliveries SET attempts = 5 WHERE event_id = ?", job.event_id);
    await attempt({ ...job, attempts: 5 });
    expect(await storedOf(job)).toMatchObject({ status: "dead" });
    await call("POST", path(`/${endpoint.id}/deliveries/${job.event_id}/replay`), {
      token: shop.admin.token,
    });
    await until(async () => (await storedOf(job))?.["status"] === "delivered");
    expect(await storedOf(job)).toMatchObject({ attempts: 1 });
  });
});

describe("the log of an endpoint", () => {
  it("is paged newest first, and filtered by status", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const endpoint = await newEndpoint(shop, "500,200");
    const jobs = [];
    for (let index = 0; index < 5; index += 1) jobs.push(await newDelivery(shop, endpoint));
    await attempt(jobs[1]);
    await attempt(jobs[3]);
    const list = async (query: string) =>
      (await call("GET", path(`/${endpoint.id}/deliveries?${query}`), { token })).body;
    const ids = jobs.map((job) => job.event_id).toReversed();
    const first = await list("limit=2");
    const second = await list(`limit=3&cursor=${first.next_cursor}`);
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids);
    expect(second.next_cursor).toBeNull();
    expect((await list("status=delivered")).data.map(({ id }: { id: string }) => id)).toEqual([ids[1]]);
    expect((await list("status=pending")).data.length).toBe(4);
    const cost = costOf(await call("GET", path(`/${endpoint.id}/deliveries?limit=2`), { token }));
    expect(cost.queries).toBe(1);
  });

  it("ends with the endpoint: pending deliveries are not sent", async () => {
    const shop = await newShop();
    const { token } = shop.admin;
    const endpoint = await newEndpoint(shop);
    const job = await newDelivery(shop, endpoint);
    expect((await call("DELETE", path(`/${endpoint.id}`), { token })).status).toBe(204);
    expect((await call("GET", path(`/${endpoint.id}/deliveries`), { token })).status).toBe(404);
    expect((await call("DELETE", path(`/${endpoint.id}`), { token })).status).toBe(404);
    await attempt(job);
    expect(await requestsTo(endpoint)).toEqual([]);
    expect(await storedOf(job)).toMatchObject({ status: "failed", last_error: "the webhook was deleted" });
    const { ctx, sent } = recording(base(new Date(Date.now() + 86_400_000)), "WEBHOOKS");
    await sendLateDeliveries(ctx);
    expect(sent).not.toContainEqual(job);
  });

  it("reads no deliveries of other statuses than the one that is asked for", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    await change(
      `INSERT INTO events (tenant_id, id, type, payload, created_at)
        SELECT ?1, printf('01900000-0000-7000-8000-%012x', value), 'sale.completed', '{}', '2024-01-01T00:00:00.000Z'
        FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 500) SELECT * FROM n)`,
      shop.tenant.id,
    );
    await change("UPDATE webhook_deliveries SET status = 'delivered' WHERE tenant_id = ?", shop.tenant.id);
    const list = `${API}/webhooks/${endpoint.id}/deliveries`;
    const pending = await call("GET", `${list}?status=pending`, { token: shop.admin.token });
    expect(pending.body.data).toEqual([]);
    expect(costOf(pending).read).toBeLessThan(20);
    const delivered = await call("GET", `${list}?status=delivered&limit=5`, { token: shop.admin.token });
    expect(delivered.body.data.length).toBe(5);
    expect(costOf(delivered).read).toBeLessThan(30);
  });
});

describe("the nightly job", () => {
  it("deletes all deliveries that ended 30 days ago, and none that is pending or newer", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop, "200");
    const job = await newDelivery(shop, endpoint);
    await attempt(job);
    const pending = await newDelivery(shop, endpoint, { now: new Date("2020-01-01") });
    const left = async (days: number) => {
      await beginSweep(base(new Date(Date.now() + days * 86_400_000)), "expired-deliveries");
      return (await deliveriesOf(shop, endpoint)).map(({ id }: { id: string }) => id);
    };
    expect(await left(29)).toEqual([pending.event_id, job.event_id]);
    await change(
      `INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, subject, status, attempts, due_at, created_at)
      SELECT ?, value, ?, 's', 'dead', 6, '2020', '2020' FROM json_each(?)`,
      shop.tenant.id,
      job.event_id,
      JSON.stringify(Array.from({ length: 2500 }, (_, index) => `e${index}`)),
    );
    expect(await left(31)).toEqual([pending.event_id]);
    expect(await count("SELECT count(*) n FROM webhook_deliveries WHERE tenant_id = ?", shop.tenant.id)).toBe(
      1,
    );
  });
});
