// What an isolate remembers of credentials, and what tokens say, never shows: whatever ends or changes between requests, each answers what
// it answers in an isolate that knows nothing, which reads who is asking before anything else.
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { expectRefused } from "../attack/refused.ts";
import { forgetIdentities } from "../../src/auth/recollection.ts";
import { newSecretKey } from "../support/api-keys.ts";
import { change } from "../support/change.ts";
import { API, call, costOf, ORIGIN, type Sent } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { tappedDb } from "../support/failing-bindings.ts";
import { guestShop, type Guest } from "../support/guests.ts";
import { fileOf, uploadFile } from "../support/imports.ts";
import { withoutFacts } from "../support/access-tokens.ts";
import { quotasOf, quotaState } from "../support/quotas.ts";
import { newPerson, newShop, type Person, type Shop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

type World = { shop: Shop; employee: Person; customer: Person; guest: Guest; key: string; book: string };

/**
 * What requests rely on: what the isolate remembers, or else what tokens say; only what tokens say; nothing, so that everything is read
 * first.
 */
type Knowledge = "memory" | "tokens" | "nothing";

async function newWorld(knowledge: Knowledge): Promise<World> {
  const { shop, book, guest } = await guestShop();
  const signedIn = async (person: Person): Promise<Person> =>
    knowledge === "nothing" ? { ...person, token: await withoutFacts(person.token) } : person;
  // The shop stays with an ADMIN whatever happens to the other one.
  await newPerson(shop.tenant, "ADMIN");
  await change("UPDATE tenants SET require_shift_to_sell = 0 WHERE id = ?", shop.tenant.id);
  return {
    shop: { ...shop, admin: await signedIn(shop.admin) },
    employee: await signedIn(await newPerson(shop.tenant, "EMPLOYEE")),
    customer: await signedIn(await newPerson(shop.tenant, "CUSTOMER")),
    guest,
    key: (await newSecretKey(shop, "sales:write", "sales:read", "metrics:read")).key,
    book: book.id,
  };
}

const PEOPLE = ["admin", "employee", "customer"] as const;

const personOf = (world: World, name: (typeof PEOPLE)[number]): Person =>
  name === "admin" ? world.shop.admin : world[name];

const CREDENTIALS: Record<string, (world: World) => Sent> = {
  ...Object.fromEntries(
    PEOPLE.flatMap((name) => [
      [name, (world: World): Sent => ({ token: personOf(world, name).token })],
      [
        `${name} by cookie`,
        (world: World): Sent => ({
          headers: { cookie: `mostrador_access=${personOf(world, name).token}`, origin: ORIGIN },
        }),
      ],
    ]),
  ),
  "employee by cookie of another site": ({ employee }) => ({
    headers: { cookie: `mostrador_access=${employee.token}`, origin: "https://elsewhere.example" },
  }),
  "employee who names the shop": ({ employee, shop }) => ({
    token: employee.token,
    headers: { "x-tenant": shop.tenant.slug },
  }),
  key: ({ key }) => ({ token: key }),
  guest: ({ guest }) => ({ headers: { "x-cart": guest.cart } }),
  "guest who names the shop": ({ guest, shop }) => ({
    headers: { "x-cart": guest.cart, "x-tenant": shop.tenant.slug },
  }),
  "guest with the cookie of a customer": ({ guest, customer }) => ({
    headers: { cookie: `mostrador_access=${customer.token}`, origin: ORIGIN, "x-cart": guest.cart },
  }),
  "guest with the token of a customer": ({ guest, customer }) => ({
    token: customer.token,
    headers: { "x-cart": guest.cart },
  }),
  "reader who names the shop": ({ shop }) => ({ headers: { "x-tenant": shop.tenant.slug } }),
};

const REQUESTS: Record<string, (world: World) => [method: string, path: string, json?: unknown]> = {
  me: () => ["GET", "/auth/me"],
  sell: ({ book }) => ["POST", "/sales", { items: [{ product_id: book, quantity: 1 }] }],
  "sell what does not exist": () => [
    "POST",
    "/sales",
    { items: [{ product_id: crypto.randomUUID(), quantity: 1 }] },
  ],
  "sell nothing": () => ["POST", "/sales", { items: [] }],
  sales: () => ["GET", "/sales"],
  figures: () => ["GET", "/metrics/kpis"],
  settings: () => ["GET", "/settings"],
  products: () => ["GET", "/products"],
  "put in cart": ({ book }) => ["PUT", `/cart/items/${book}`, { quantity: 2 }],
  cart: () => ["GET", "/cart"],
  logout: () => ["POST", "/auth/logout"],
  "no path": () => ["GET", "/nothing"],
  "unknown parameter": () => ["GET", "/sales?unknown=1"],
};

const ofShop = (column: string, values: unknown[]) => (world: World, value: number) =>
  change(
    `UPDATE tenants SET ${column} = ? WHERE id = ?`,
    values[value % values.length],
    world.shop.tenant.id,
  );

const ofPeople = (assignment: string) => (world: World, value: number) =>
  change(
    `UPDATE users SET ${assignment} WHERE tenant_id = ? AND id = ?`,
    world.shop.tenant.id,
    personOf(world, PEOPLE[value % PEOPLE.length] ?? "admin").id,
  );

const CHANGES: Record<string, (world: World, value: number) => Promise<void>> = {
  "end a login": (world, value) =>
    change(
      "UPDATE auth_sessions SET revoked_at = ? WHERE tenant_id = ? AND user_id = ?",
      new Date().toISOString(),
      world.shop.tenant.id,
      personOf(world, PEOPLE[value % PEOPLE.length] ?? "admin").id,
    ),
  "revive a login": (world, value) =>
    change(
      "UPDATE auth_sessions SET revoked_at = NULL WHERE tenant_id = ? AND user_id = ?",
      world.shop.tenant.id,
      personOf(world, PEOPLE[value % PEOPLE.length] ?? "admin").id,
    ),
  disable: ofPeople("is_active = 0"),
  enable: ofPeople("is_active = 1"),
  "make an ADMIN": ofPeople("role = 'ADMIN'"),
  "make an EMPLOYEE": ofPeople("role = 'EMPLOYEE'"),
  "make a CUSTOMER": ofPeople("role = 'CUSTOMER'"),
  "rule of sales": ofShop("employees_see", ["own", "all"]),
  name: ofShop("name", ["One", "Two"]),
  "time zone": ofShop("timezone", ["Europe/Madrid", "America/Lima"]),
  plan: ofShop("plan", ["standard", "large"]),
  "close the shop": ofShop("is_active", [0]),
  "open the shop": ofShop("is_active", [1]),
  "scopes of the key": (world, value) =>
    change(
      "UPDATE api_keys SET scopes = ? WHERE tenant_id = ?",
      [`["sales:read"]`, `["sales:read","sales:write","metrics:read"]`][value % 2],
      world.shop.tenant.id,
    ),
  "expiry of the key": (world, value) =>
    change(
      "UPDATE api_keys SET expires_at = ? WHERE tenant_id = ?",
      ["2020-01-01T00:00:00.000Z", null][value % 2],
      world.shop.tenant.id,
    ),
  "addresses of the key": (world, value) =>
    change(
      "UPDATE api_keys SET allowed_ips = ? WHERE tenant_id = ?",
      [`["192.0.2.1/32"]`, "[]"][value % 2],
      world.shop.tenant.id,
    ),
  "expiry of the cart": (world, value) =>
    change(
      "UPDATE carts SET expires_at = ? WHERE tenant_id = ? AND token_hash IS NOT NULL",
      ["2020-01-01T00:00:00.000Z", "2999-01-01T00:00:00.000Z"][value % 2],
      world.shop.tenant.id,
    ),
};

type Step =
  | { kind: "change"; name: string; value: number }
  | { kind: "request"; name: string; credential: string };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("change" as const),
        name: fc.constantFrom(...Object.keys(CHANGES)),
        value: fc.nat(5),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("request" as const),
        name: fc.constantFrom(...Object.keys(REQUESTS), "sell", "sell", "sales", "cart"),
        credential: fc.constantFrom(...Object.keys(CREDENTIALS)),
      }),
    },
  ),
  { minLength: 30, maxLength: 60 },
);

/** A response without the ids and instants in which two worlds differ. */
const plain = (text: string): string =>
  text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "INSTANT")
    .replaceAll(/(shop-\d+|admin|employee|customer|SKU)-[0-9a-f]+/gi, "NAME");

/** What each request of the script answers, in a new world. */
async function run(script: Step[], knowledge: Knowledge): Promise<{ answers: string[]; trips: number[] }> {
  const world = await newWorld(knowledge);
  forgetIdentities();
  const answers: string[] = [];
  const trips: number[] = [];
  for (const step of script) {
    if (step.kind === "change") {
      await CHANGES[step.name]?.(world, step.value);
      continue;
    }
    if (knowledge !== "memory") forgetIdentities();
    const [method, path, json] = REQUESTS[step.name]?.(world) ?? ["GET", "/"];
    const answer = await call(method, `${API}${path}`, { ...CREDENTIALS[step.credential]?.(world), json });
    // Not their size: a new plan applies as soon as no request of the old one is held.
    const quotas = [...(answer.headers.get("ratelimit-policy") ?? "").matchAll(/"(\w+)"/g)].map(
      ([, policy]) => policy,
    );
    answers.push(`${step.credential}: ${step.name}: ${answer.status} ${quotas.join()} ${plain(answer.text)}`);
    if (answer.status < 400) trips.push(costOf(answer).queries);
  }
  for (const table of ["sales", "cart_items", "events", "auth_sessions"])
    answers.push(
      `${await count(`SELECT count(*) n FROM ${table} WHERE tenant_id = ?`, world.shop.tenant.id)} ${table}`,
    );
  return { answers, trips };
}

it.each([
  ["remembers credentials", "memory", 12],
  ["relies on tokens alone", "tokens", 8],
] as const)(
  "requests of an isolate that %s answer what those of one that reads them first answer, whatever changes between them",
  async (_, knowledge, numRuns) => {
    const trips: number[] = [];
    await fc.assert(
      fc.asyncProperty(steps, async (script) => {
        const relying = await run(script, knowledge);
        const reading = await run(script, "nothing");
        expect(relying.answers).toEqual(reading.answers);
        trips.push(...relying.trips);
      }),
      { numRuns, endOnFailure: true },
    );
    // Some identities were confirmed, some read, and some had changed.
    expect(trips).toEqual(expect.arrayContaining([1, 2, 3]));
  },
);

it("a request whose account has changed counts once against its quotas", async () => {
  const { tenant } = await newShop();
  const { id, token } = await newPerson(tenant, "EMPLOYEE");
  const remaining = async () => {
    const answer = await callWith(quotasOf(1000, 100), "GET", `${API}/auth/me`, { token });
    expect(answer.headers.get("ratelimit-policy")?.match(/"user"/g)).toHaveLength(1);
    return quotaState(answer, "user")?.remaining;
  };
  expect(await remaining()).toBe(99);
  await change("UPDATE users SET role = 'ADMIN' WHERE id = ?", id);
  expect([await remaining(), await remaining()]).toEqual([98, 97]);
});

it("an upload for a shop that has changed is read once, and whole", async () => {
  const { tenant, admin } = await newShop();
  expect((await call("GET", `${API}/auth/me`, { token: admin.token })).status).toBe(200);
  await change("UPDATE tenants SET name = 'Another name' WHERE id = ?", tenant.id);
  const file = fileOf([{ invoice: "1", sku: "A", description: "A book" }]);
  const { status, body } = await uploadFile(admin.token, file);
  expect(status).toBe(202);
  expect(await count("SELECT bytes_total n FROM imports WHERE id = ?", body.id)).toBe(file.length);
});

it("a request whose answer from the database is lost is not refused, though the login has ended since", async () => {
  const { tenant, admin } = await newShop();
  const after = async (): Promise<void> => {
    await change("UPDATE auth_sessions SET revoked_at = 'now' WHERE tenant_id = ?", tenant.id);
    throw new Error("D1_ERROR: Network connection lost.");
  };
  const sent = { token: admin.token, json: { name: "Ana" } };
  const answer = await callWith({ DB: tappedDb(env.DB, { after }) }, "POST", `${API}/customers`, sent);
  // Refused, it would seem to have done nothing.
  expectRefused(answer, 503, "unavailable");
  expect(await count("SELECT count(*) n FROM customers WHERE tenant_id = ?", tenant.id)).toBe(1);
});
