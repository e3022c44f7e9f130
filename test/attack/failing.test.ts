// Bindings that fail during a request that is otherwise accepted, for every operation.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { queueExports } from "../../src/events/deliver.ts";
import { failingDb, rejectingBinding, unreachable } from "../support/failing-bindings.ts";
import { API, call } from "../support/client.ts";
import { nameOf, operations, type Operation } from "../support/contract.ts";
import { count, rowsOf } from "../support/d1.ts";
import { deskOf } from "../support/desk.ts";
import { consume } from "../support/events.ts";
import { recording } from "../support/queues.ts";
import { base, newProduct, newShop, type Shop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";
import {
  acceptedRequest,
  entryOf,
  operationsRequiring,
  type AcceptedRequest,
} from "../http/operations/registry.ts";
import type { Dependency } from "../http/operations/entry.ts";
import { expectRefused } from "./refused.ts";
import { stored } from "./stored.ts";

const CONNECTION_LOST = new Error("D1_ERROR: Network connection lost.");
const INTERNAL_ERROR = new Error("We encountered an internal error. Please try again. (10001)");

const targets = operations.filter(
  (operation) => operation.path.startsWith(API) && entryOf(operation).alwaysRefused === undefined,
);

const filesOf = async ({ tenant }: Shop): Promise<string[]> =>
  (await env.FILES.list()).objects.map(({ key }) => key).filter((key) => key.includes(tenant.id));

type Bindings = Partial<Env>;

const send = ({ path, sent }: AcceptedRequest, { method }: Operation, changes: Bindings) =>
  callWith(changes, method, path, sent);

/** Replaces the database of every desk of the shop. */
async function replaceDeskDb({ tenant, admin }: Shop, db: D1Database): Promise<void> {
  for (const { id } of await rowsOf("SELECT id FROM users WHERE tenant_id = ?", tenant.id))
    await runInDurableObject(deskOf({ tenant, admin }, { ...admin, id: String(id) }), (desk) => {
      Object.assign(desk, { env: { ...env, DB: db } });
    });
}

describe("a failure of D1", () => {
  it.each(targets.map((operation) => [nameOf(operation), operation] as const))(
    "at any statement of %s is 503 with Retry-After, and nothing is changed",
    async (_, operation) => {
      const { atDesk, isAfterResponse } = entryOf(operation);
      let request = await acceptedRequest(operation);
      let [before, files] = [await stored(request.shop), await filesOf(request.shop)];
      for (let nth = 1; ; nth += 1) {
        const { db, sent } = failingDb(env.DB, nth, CONNECTION_LOST);
        if (atDesk) await replaceDeskDb(request.shop, db);
        const answer = await send(request, operation, { DB: db });
        if (answer.status < 400 && sent() < nth) break;
        if (answer.status < 400) {
          // What fails after the commit is repeated by a sweep.
          if (!isAfterResponse) expect(await stored(request.shop), `statement ${nth}`).not.toBe(before);
          expect(nth).toBeLessThan(10);
          request = await acceptedRequest(operation);
          [before, files] = [await stored(request.shop), await filesOf(request.shop)];
          continue;
        }
        // The refused request has changed nothing, so it can be sent again.
        expectRefused(answer, 503, "unavailable", `statement ${nth}`);
        expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
        expect(await stored(request.shop), `statement ${nth}`).toBe(before);
        expect((await filesOf(request.shop)).filter((file) => !files.includes(file))).toEqual([]);
        expect(nth).toBeLessThan(10);
      }
    },
  );
});

describe("a statement that D1 refuses", () => {
  it.each([
    "D1_ERROR: no such column: nope: SQLITE_ERROR",
    "D1_TYPE_ERROR: Type 'undefined' not supported",
    "D1_ERROR: datatype mismatch: SQLITE_MISMATCH",
    "D1_ERROR: CHECK constraint failed: nobody_knows: SQLITE_CONSTRAINT",
  ])("because it is wrong is 500: %s", async (message) => {
    const shop = await newShop();
    const { db } = failingDb(env.DB, 1, new Error(message));
    const answer = await callWith({ DB: db }, "GET", `${API}/auth/me`, { token: shop.admin.token });
    expectRefused(answer, 500, "internal");
  });

  it.each([
    "D1_ERROR: D1 DB is overloaded. Requests queued for too long.",
    "D1_ERROR: database is locked: SQLITE_BUSY",
    "D1_ERROR: disk I/O error: SQLITE_IOERR",
    "D1_ERROR: database or disk is full: SQLITE_FULL",
    "Network connection lost.",
  ])("because D1 fails is 503, for a bearer token and for a cookie: %s", async (message) => {
    const shop = await newShop();
    for (const sent of [
      { token: shop.admin.token },
      { headers: { cookie: `mostrador_access=${shop.admin.token}` } },
    ]) {
      const { db } = failingDb(env.DB, 1, new Error(message));
      expectRefused(await callWith({ DB: db }, "GET", `${API}/auth/me`, sent), 503, "unavailable");
    }
  });
});

/** Checks that with these bindings the operations that require the dependency are 503 and change nothing, and that all others succeed. */
async function expectUnavailable(changes: Bindings, dependency: Dependency | null): Promise<void> {
  const requiring = new Set(dependency === null ? [] : operationsRequiring(dependency));
  const ids = new Set(targets.map(({ operationId }) => operationId));
  expect([...requiring].filter((id) => !ids.has(id))).toEqual([]);
  for (const operation of targets) {
    const request = await acceptedRequest(operation);
    if (!requiring.has(operation.operationId ?? "")) {
      expect((await send(request, operation, changes)).status, nameOf(operation)).toBeLessThan(400);
      continue;
    }
    const [before, files] = [await stored(request.shop), await filesOf(request.shop)];
    const answer = await send(request, operation, changes);
    expectRefused(answer, 503, "unavailable", nameOf(operation));
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await stored(request.shop), nameOf(operation)).toBe(before);
    expect(
      (await filesOf(request.shop)).filter((file) => !files.includes(file)),
      nameOf(operation),
    ).toEqual([]);
  }
}

describe("a failing dependency", () => {
  it("KV: every operation succeeds without the cache", async () => {
    expect(targets.length).toBeGreaterThan(90);
    await expectUnavailable({ CACHE: rejectingBinding(env.CACHE, INTERNAL_ERROR) }, null);
  }, 120_000);

  it("KV: figures are the same as with the cache", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    const { token } = shop.admin;
    await call("POST", `${API}/sales`, { token, json: { items: [{ product_id: id, quantity: 3 }] } });
    const figuresWith = async (changes: Bindings) => {
      const { status, text } = await callWith(changes, "GET", `${API}/metrics/kpis`, { token });
      return [status, text.replace(/"as_of":"[^"]*"/, "")];
    };
    const [cold, warm] = [await figuresWith({}), await figuresWith({})];
    expect(cold).toEqual(warm);
    expect(await figuresWith({ CACHE: rejectingBinding(env.CACHE, INTERNAL_ERROR) })).toEqual(warm);
  });

  it("queues: only operations that do nothing but send a message are 503", async () => {
    const queues = {
      EVENTS: env.EVENTS,
      IMPORTS: env.IMPORTS,
      ROLLUPS: env.ROLLUPS,
      LAKE_JOBS: env.LAKE_JOBS,
      WEBHOOKS: env.WEBHOOKS,
      SWEEPS: env.SWEEPS,
    };
    const changes = Object.fromEntries(
      Object.entries(queues).map(([name, queue]) => [name, rejectingBinding<Queue>(queue, INTERNAL_ERROR)]),
    );
    await expectUnavailable(changes, "queues");
  }, 120_000);

  it("R2: operations that need a file are 503", async () => {
    const changes = {
      FILES: rejectingBinding(env.FILES, INTERNAL_ERROR),
      LAKE: rejectingBinding(env.LAKE, INTERNAL_ERROR),
    };
    await expectUnavailable(changes, "files");
  }, 120_000);

  it("Durable Objects: shifts and operations that hash a password are 503", async () => {
    const changes = {
      TENANT_QUOTA: unreachable(env.TENANT_QUOTA, INTERNAL_ERROR),
      LOGIN_GATE: unreachable(env.LOGIN_GATE, INTERNAL_ERROR),
      SHIFT_DESK: unreachable(env.SHIFT_DESK, INTERNAL_ERROR),
    };
    await expectUnavailable(changes, "objects");
  }, 120_000);
});

describe("a committed sale", () => {
  it("stays committed if its queue fails, and its event is delivered later", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    const json = { items: [{ product_id: id, quantity: 2 }] };
    const answer = await callWith(
      { EVENTS: rejectingBinding(env.EVENTS, INTERNAL_ERROR) },
      "POST",
      `${API}/sales`,
      {
        token: shop.admin.token,
        json,
      },
    );
    expect(answer.status).toBe(201);
    const sale = JSON.parse(answer.text);
    expect((await call("GET", `${API}/sales/${sale.id}`, { token: shop.admin.token })).body.total).toBe(2000);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(3);
    const [event] = await rowsOf(
      "SELECT id, exported_at FROM events WHERE tenant_id = ? AND type = 'sale.completed'",
      shop.tenant.id,
    );
    expect(event?.["exported_at"]).toBeNull();
    const { ctx, sent } = recording(base(), "EVENTS");
    await queueExports(ctx);
    const ref = { kind: "export", tenant_id: shop.tenant.id };
    expect(sent).toContainEqual(ref);
    expect((await consume("events", [ref])).acked).toEqual(["0"]);
    expect(
      await count(
        "SELECT count(*) n FROM events WHERE tenant_id = ? AND id = ? AND exported_at IS NOT NULL",
        shop.tenant.id,
        event?.["id"],
      ),
    ).toBe(1);
  });

  it("is the response to the same key after D1 failed during the lookup of the key", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    const sent = {
      token: shop.admin.token,
      headers: { "idempotency-key": "k" },
      json: { items: [{ product_id: id, quantity: 2 }] },
    };
    const committed = await callWith({}, "POST", `${API}/sales`, sent);
    const { db } = failingDb(env.DB, 2, CONNECTION_LOST);
    expectRefused(await callWith({ DB: db }, "POST", `${API}/sales`, sent), 503, "unavailable");
    const again = await callWith({}, "POST", `${API}/sales`, sent);
    expect([again.status, again.text]).toEqual([201, committed.text]);
    expect(await count("SELECT stock / 1000.0 n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(3);
  });
});
