// Parts of the platform that fail under a request that is right in every way, for every operation.
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { resendUnsentEvents } from "../../src/events/deliver.ts";
import { failingDb, refusing, unreachable } from "../support/broken.ts";
import { API, call } from "../support/client.ts";
import { nameOf, operations, type Operation } from "../support/contract.ts";
import { count, rowsOf } from "../support/d1.ts";
import { deskOf } from "../support/desk.ts";
import { consume } from "../support/events.ts";
import { recording } from "../support/queues.ts";
import { base, newProduct, newShop, type Shop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";
import { acceptedRequest, entryOf, requiring, type AcceptedRequest } from "../http/operations/registry.ts";
import { expectRefused } from "./refused.ts";
import { stored } from "./stored.ts";

const DOWN = new Error("D1_ERROR: Network connection lost.");
const REFUSED = new Error("We encountered an internal error. Please try again. (10001)");

const walked = operations.filter(
  (operation) => operation.path.startsWith(API) && entryOf(operation).alwaysRefused === undefined,
);

const filesOf = async ({ tenant }: Shop): Promise<string[]> =>
  (await env.FILES.list()).objects.map(({ key }) => key).filter((key) => key.includes(tenant.id));

type Changed = Partial<Env>;

const send = ({ path, sent }: AcceptedRequest, { method }: Operation, changes: Changed) =>
  callWith(changes, method, path, sent);

/** Gives the desks of everybody in the shop this database. */
async function atDesks({ tenant, admin }: Shop, db: D1Database): Promise<void> {
  for (const { id } of await rowsOf("SELECT id FROM users WHERE tenant_id = ?", tenant.id))
    await runInDurableObject(deskOf({ tenant, admin }, { ...admin, id: String(id) }), (desk) => {
      Object.assign(desk, { env: { ...env, DB: db } });
    });
}

describe("nothing failing", () => {
  it("lets every operation do what it does", async () => {
    expect(walked.length).toBeGreaterThan(90);
    expect(await unavailableWith({})).toEqual([]);
  }, 120_000);
});

describe("D1 failing in the middle", () => {
  it.each(walked.map((operation) => [nameOf(operation), operation] as const))(
    "of %s, at any of its statements, is 503 with Retry-After, and nothing is changed",
    async (_, operation) => {
      const { atDesk, repeatedStatement } = entryOf(operation);
      let request = await acceptedRequest(operation);
      for (let nth = 1; ; nth += 1) {
        const { db, sent } = failingDb(env.DB, nth, DOWN);
        if (atDesk) await atDesks(request.shop, db);
        const [before, files] = [await stored(request.shop), await filesOf(request.shop)];
        const answer = await send(request, operation, { DB: db });
        if (answer.status < 400 && sent() < nth) break;
        if (answer.status < 400) {
          expect(repeatedStatement).toBe(nth);
          request = await acceptedRequest(operation);
          continue;
        }
        // What was refused has done nothing, so the same request is sent again.
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
  ])("is a bug of ours, 500: %s", async (message) => {
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
  ])("because D1 fails is 503: %s, also for who comes with a cookie", async (message) => {
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

/** Each operation with these bindings: it does what it does, or is 503 and has changed nothing. Answers which are 503. */
async function unavailableWith(changes: Changed): Promise<string[]> {
  const refused: string[] = [];
  for (const operation of walked) {
    const request = await acceptedRequest(operation);
    const [before, files] = [await stored(request.shop), await filesOf(request.shop)];
    const answer = await send(request, operation, changes);
    if (answer.status < 400) continue;
    expectRefused(answer, 503, "unavailable", nameOf(operation));
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await stored(request.shop), nameOf(operation)).toBe(before);
    expect(
      (await filesOf(request.shop)).filter((file) => !files.includes(file)),
      nameOf(operation),
    ).toEqual([]);
    refused.push(operation.operationId ?? "");
  }
  return refused.toSorted((a, b) => a.localeCompare(b));
}

describe("a part that fails", () => {
  it("KV down: every operation answers without the cache", async () => {
    expect(await unavailableWith({ CACHE: refusing(env.CACHE, REFUSED) })).toEqual([]);
  }, 120_000);

  it("KV down: figures are what they are with the cache", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    const { token } = shop.admin;
    await call("POST", `${API}/sales`, { token, json: { items: [{ product_id: id, quantity: 3 }] } });
    const ask = async (changes: Changed) => {
      const { status, text } = await callWith(changes, "GET", `${API}/metrics/kpis`, { token });
      return [status, text.replace(/"as_of":"[^"]*"/, "")];
    };
    const [cold, warm] = [await ask({}), await ask({})];
    expect(cold).toEqual(warm);
    expect(await ask({ CACHE: refusing(env.CACHE, REFUSED) })).toEqual(warm);
  });

  it("a queue refusing: what can come later is done, what is nothing but a message is 503", async () => {
    const queues = {
      EVENTS: env.EVENTS,
      IMPORTS: env.IMPORTS,
      ROLLUPS: env.ROLLUPS,
      LAKE_JOBS: env.LAKE_JOBS,
      WEBHOOKS: env.WEBHOOKS,
    };
    const changes = Object.fromEntries(
      Object.entries(queues).map(([name, queue]) => [name, refusing<Queue>(queue, REFUSED)]),
    );
    expect(await unavailableWith(changes)).toEqual(requiring("queues"));
  }, 120_000);

  it("R2 refusing: what needs a file is 503", async () => {
    const changes = { FILES: refusing(env.FILES, REFUSED), LAKE: refusing(env.LAKE, REFUSED) };
    expect(await unavailableWith(changes)).toEqual(requiring("files"));
  }, 120_000);

  it("objects failing: shifts and what costs scrypt are 503", async () => {
    const changes = {
      TENANT_QUOTA: unreachable(env.TENANT_QUOTA, REFUSED),
      LOGIN_GATE: unreachable(env.LOGIN_GATE, REFUSED),
      SHIFT_DESK: unreachable(env.SHIFT_DESK, REFUSED),
    };
    expect(await unavailableWith(changes)).toEqual(requiring("objects"));
  }, 120_000);
});

describe("a committed sale", () => {
  it("stays committed where the queue refuses, and its event arrives later", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    const json = { items: [{ product_id: id, quantity: 2 }] };
    const answer = await callWith({ EVENTS: refusing(env.EVENTS, REFUSED) }, "POST", `${API}/sales`, {
      token: shop.admin.token,
      json,
    });
    expect(answer.status).toBe(201);
    const sale = JSON.parse(answer.text);
    expect((await call("GET", `${API}/sales/${sale.id}`, { token: shop.admin.token })).body.total).toBe(2000);
    expect(await count("SELECT stock n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(3);
    const [event] = await rowsOf(
      "SELECT id, exported_at FROM events WHERE tenant_id = ? AND type = 'sale.completed'",
      shop.tenant.id,
    );
    expect(event?.["exported_at"]).toBeNull();
    const { ctx, sent } = recording(base(new Date(Date.now() + 120_000)), "EVENTS");
    await resendUnsentEvents(ctx);
    const ref = { tenant_id: shop.tenant.id, event_id: event?.["id"] };
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

  it("is answered to the same key, though D1 fails while the key is looked for", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { stock: 5 });
    const sent = {
      token: shop.admin.token,
      headers: { "idempotency-key": "k" },
      json: { items: [{ product_id: id, quantity: 2 }] },
    };
    const made = await callWith({}, "POST", `${API}/sales`, sent);
    const { db } = failingDb(env.DB, 3, DOWN);
    const again = await callWith({ DB: db }, "POST", `${API}/sales`, sent);
    expect([again.status, again.text]).toEqual([201, made.text]);
    expect(await count("SELECT stock n FROM products WHERE tenant_id = ?", shop.tenant.id)).toBe(3);
  });
});
