import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/values/ids.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { fill, nameOf, operations, type Operation } from "../support/contract.ts";
import { newPerson, newProduct, newShop, PASSWORD, type Shop } from "../support/shops.ts";
import { entryOf, resourceAt } from "../http/operations/registry.ts";
import { expectRefused, pointersOf } from "./refused.ts";
import { resolveSchema } from "./schemas.ts";

type Query = NonNullable<Operation["parameters"]>[number];

const queriesOf = ({ parameters = [] }: Operation): Query[] =>
  parameters.filter((each) => each.in === "query");

const parametersWhere = (fits: (query: Query) => boolean) =>
  operations.flatMap((operation) =>
    queriesOf(operation)
      .filter(fits)
      .map(({ name, schema }) => ({ operation, name, schema: resolveSchema(schema) })),
  );

const lists = operations.filter((operation) => queriesOf(operation).some(({ name }) => name === "cursor"));

const operationAt = (path: string): Operation => {
  const found = operations.find(
    (operation) => operation.method === "GET" && operation.path === `${API}${path}`,
  );
  if (!found) throw new Error(path);
  return found;
};

let shop: Shop;
const paths = new Map<string, string>();

/** The path of an operation with a resource of the shop, and the query with what the operation requires. */
async function urlOf({ path, parameters = [] }: Operation, query: string): Promise<string> {
  const filled =
    paths.get(path) ??
    fill(path, path.includes("{country}") ? "Spain" : ((await resourceAt.get(path)?.(shop)) ?? ""));
  paths.set(path, filled);
  const search = parameters.filter(
    ({ name, in: at, required }) => at === "query" && required === true && !query.startsWith(`${name}=`),
  );
  const required = search.map(({ name, schema }) => {
    const [value] = resolveSchema(schema).enum ?? [];
    return `${name}=${typeof value === "string" ? value : "book"}&`;
  });
  return `${filled}?${required.join("")}${query}`;
}

const send = async (operation: Operation, query: string, token = shop.admin.token) =>
  call(operation.method, await urlOf(operation, query), { token });

async function expectRefusedIn(
  where: { operation: Operation; name: string }[],
  values: string[],
): Promise<void> {
  expect(where.length).toBeGreaterThan(0);
  for (const { operation, name } of where)
    for (const value of values) {
      const label = `${nameOf(operation)} ?${name}=${value.slice(0, 60)}`;
      const answer = await send(operation, `${name}=${value}`);
      expectRefused(answer, 422, "invalid", label);
      expect(pointersOf(answer), label).toEqual([`#/query/${name}`]);
    }
}

beforeAll(async () => {
  shop = await newShop();
});

describe("a query", () => {
  it("with a limit that is not a whole number from 1 to 100 is 422", () =>
    expectRefusedIn(
      parametersWhere(({ name }) => name === "limit"),
      ["0x10", "1e1", "0", "101", "-1", "1.5", "01", "%2B5", "%20", "", "NaN", "%D9%A1"],
    ));

  it("that sorts by an unlisted column is 422", () =>
    expectRefusedIn(
      parametersWhere(({ name }) => name === "sort" || name === "order"),
      ["password_hash", "id;DROP TABLE users", "1", "-", ""],
    ));

  it("with 101 ids in a filter is 422", async () => {
    const many = parametersWhere(({ schema }) => resolveSchema(schema).type === "array");
    expect(many.map(({ name }) => name)).toEqual(expect.arrayContaining(["category", "author", "language"]));
    for (const { operation, name } of many) {
      const query = (count: number) => Array.from({ length: count }, (_, at) => `${name}=x${at}`).join("&");
      const answer = await send(operation, query(101));
      expectRefused(answer, 422, "invalid", nameOf(operation));
      expect(pointersOf(answer)).toEqual([`#/query/${name}`]);
      expect((await send(operation, query(100))).status, nameOf(operation)).toBe(200);
    }
  });

  it("with a day like 2026-02-30 is 422", () =>
    expectRefusedIn(
      parametersWhere(({ schema }) => resolveSchema(schema).format === "date"),
      [
        "2026-02-30",
        "2026-13-01",
        "2025-02-29",
        "2026-1-1",
        "26-01-01",
        "20261122",
        "2026-11-22T00:00:00Z",
        "today",
        "1899-12-31",
        "0001-01-01",
        "",
      ],
    ));

  it("whose range ends before it begins is 422", async () => {
    const ranges = operations.filter((operation) => queriesOf(operation).some(({ name }) => name === "from"));
    expect(ranges.length).toBeGreaterThan(10);
    for (const operation of ranges) {
      const from = queriesOf(operation).find(({ name }) => name === "from");
      const isByMonth = from !== undefined && resolveSchema(from.schema).pattern !== undefined;
      const answer = await send(
        operation,
        isByMonth ? "from=2024-03&to=2024-02" : "from=2024-03-01&to=2024-02-29",
      );
      expectRefused(answer, 422, "invalid", nameOf(operation));
      expect(pointersOf(answer), nameOf(operation)).toEqual(["#/query/from"]);
    }
  });

  it("with an invalid id or amount is 422", async () => {
    await expectRefusedIn(
      parametersWhere(({ schema }) => resolveSchema(schema).format === "uuid"),
      ["1", "' OR 1=1", ""],
    );
    await expectRefusedIn(
      parametersWhere(({ name }) => name.startsWith("price_")),
      ["1e400", "9007199254740993", "-1", "1.5", "0x10", ""],
    );
  });

  it("with a value outside an enum is 422", () =>
    expectRefusedIn(
      parametersWhere(({ schema }) => resolveSchema(schema).enum !== undefined),
      ["nothing-of-this", ""],
    ));

  it("that repeats a parameter is 422", async () => {
    for (const { operation, name, schema } of parametersWhere(({ name }) => name !== "tenant")) {
      if (schema.type === "array") continue;
      const answer = await send(operation, `${name}=1&${name}=1`);
      expectRefused(answer, 422, "invalid", `${nameOf(operation)} ${name}`);
      expect(pointersOf(answer)).toContain(`#/query/${name}`);
    }
  });

  it("that names two shops is 422 for every operation", async () => {
    for (const operation of operations.filter(({ path }) => path.startsWith(API))) {
      if (entryOf(operation).credentialsInBody) continue;
      const path = fill(operation.path, crypto.randomUUID());
      const answer = await call(operation.method, `${path}?tenant=a&tenant=b`);
      expectRefused(answer, 422, "invalid", nameOf(operation));
      expect(pointersOf(answer)).toEqual(["#/query/tenant"]);
    }
  });

  it.each(["colour", "__proto__", "constructor", "tenant_id", "a/b~c"])(
    "with the unknown parameter %s is 422 for every operation",
    async (name) => {
      for (const operation of operations) {
        const { query } = entryOf(operation);
        const path = fill(operation.path, crypto.randomUUID());
        const search = `${query === undefined ? "" : `${query}&`}${name}=red`;
        const answer = await call(operation.method, `${path}?${search}`, { token: shop.admin.token });
        expectRefused(answer, 422, "invalid", `${nameOf(operation)} ${name}`);
        expect(pointersOf(answer), nameOf(operation)).toEqual([
          `#/query/${name.replace("~", "~0").replace("/", "~1")}`,
        ]);
      }
    },
  );

  it("may name the shop of the token, for every operation", async () => {
    for (const operation of operations) {
      const { query, credentialsInBody } = entryOf(operation);
      if (credentialsInBody || operation.operationId === "endSession") continue;
      const path = fill(operation.path, crypto.randomUUID());
      const search = `${query === undefined ? "" : `${query}&`}tenant=${shop.tenant.slug}`;
      const answer = await call(operation.method, `${path}?${search}`, { token: shop.admin.token });
      expect(pointersOf(answer), nameOf(operation)).not.toContain("#/query/tenant");
    }
  });

  it("accepts a limit from 1 to 100", async () => {
    for (const operation of lists)
      for (const limit of ["1", "100"])
        expect((await send(operation, `limit=${limit}`)).body, nameOf(operation)).toMatchObject({
          data: expect.any(Array),
        });
  });

  it("accepts days of the calendar", async () => {
    const days = parametersWhere(({ schema }) => resolveSchema(schema).format === "date");
    for (const [operation, of] of Map.groupBy(days, (each) => each.operation))
      expect([200, 404], nameOf(operation)).toContain(
        (await send(operation, of.map(({ name }) => `${name}=2024-02-29`).join("&"))).status,
      );
  });
});

describe("a zone", () => {
  it.each(["Mars/Base", "+02:00", "Europe/Madrid\u0000", "../etc/localtime", "", "CEST"])(
    "like %j is 422",
    async (timezone) => {
      const person = { email: "ana@example.com", password: PASSWORD, first_name: "Ana", last_name: "Sol" };
      const json = { slug: "far-away", name: "Far", currency: "EUR", timezone, admin: person };
      const answer = await call("POST", `${API}/tenants`, { json });
      expectRefused(answer, 422, "invalid");
      expect(pointersOf(answer)).toEqual(["#/timezone"]);
    },
  );
});

/** Adds rows so that each list has at least two. */
/** Two abandoned carts, and two products that do not sell. */
async function fillFigures(): Promise<void> {
  for (let each = 0; each < 2; each += 1) {
    const buyer = await newPerson(shop.tenant, "CUSTOMER");
    await change(
      `INSERT INTO products (tenant_id, id, sku, title, price, stock, created_at, updated_at)
        VALUES (?1, ?2, ?2, 'A book', 100, 1000, '2020-01-01T00:00:00.000Z', '2020-01-01T00:00:00.000Z')`,
      shop.tenant.id,
      newId(),
    );
    await change(
      "INSERT INTO carts (tenant_id, id, created_at) VALUES (?, ?, '') ON CONFLICT DO NOTHING",
      shop.tenant.id,
      buyer.id,
    );
    await change(
      `INSERT INTO cart_items (tenant_id, cart_id, product_id, quantity, price, added_at)
        SELECT tenant_id, ?, id, 1000, 100, '2020-01-01T00:00:00.000Z' FROM products WHERE tenant_id = ? LIMIT 1`,
      buyer.id,
      shop.tenant.id,
    );
  }
}

async function fillShortLists(): Promise<void> {
  const { token } = shop.admin;
  for (const { id } of [await newProduct(shop, { stock: 0 }), await newProduct(shop, { stock: 0 })]) {
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    await call("POST", `${API}/sales`, {
      token,
      json: { items: [{ product_id: id, quantity: 1 }], offline: true, customer_id: customer.id },
    });
    await call("PUT", `${API}/favorites/${id}`, { token });
    await call("PUT", `${API}/wishlist/${id}`, { token, json: { priority: 1 } });
  }
  const customer = (await urlOf(operationAt("/customers/{id}/sales"), "")).split("/")[4] ?? "";
  const sold = await newProduct(shop);
  for (let each = 0; each < 2; each += 1)
    await call("POST", `${API}/sales`, {
      token,
      json: { items: [{ product_id: sold.id, quantity: 1 }], customer_id: customer },
    });
  const invited = {
    email: "another@example.com",
    role: "EMPLOYEE",
    first_name: "Another",
    last_name: "Person",
  };
  await call("POST", `${API}/users/invitations`, { token, json: invited });
  const idIn = async (path: string) => (await urlOf(operationAt(path), "")).split("/")[4] ?? "";
  for (const delta of [1, 2]) {
    const json = { delta, reason: "received" };
    await call("POST", `${API}/products/${await idIn("/products/{id}/stock-moves")}/stock`, { token, json });
    await call("POST", `${API}/webhooks/${await idIn("/webhooks/{id}/deliveries")}/test`, { token });
    const shift = await idIn("/shifts/{id}/activity");
    const at = `2026-11-22T10:0${delta}:00.000Z`;
    await change(
      `INSERT INTO activity (tenant_id, shift_id, id, at, platform, kind, created_at) VALUES (?, ?, ?, ?, 'phone', 'call', ?)`,
      shop.tenant.id,
      shift,
      String(delta),
      at,
      at,
    );
    await change(
      "INSERT INTO cash_moves (tenant_id, shift_id, id, kind, amount, reason, created_at) VALUES (?, ?, ?, 'paid_in', 100, 'change', ?)",
      shop.tenant.id,
      await idIn("/shifts/{id}/cash"),
      newId(),
      at,
    );
    await change(
      `INSERT INTO alerts (tenant_id, id, kind, shift_id, user_id, opened_at, closed_at)
        SELECT tenant_id, ?, 'idle', id, user_id, ?, ? FROM shifts WHERE tenant_id = ? AND id = ?`,
      newId(),
      at,
      at,
      shop.tenant.id,
      shift,
    );
  }
}

describe("a cursor", () => {
  const cursors = new Map<Operation, string>();

  beforeAll(async () => {
    // Two of each resource give nearly every list a second page of one.
    for (const create of resourceAt.values()) for (let each = 0; each < 2; each += 1) await create(shop);
    await fillShortLists();
    await fillFigures();
    for (const operation of lists) {
      const { body } = await send(operation, "limit=1");
      if (body.next_cursor !== null) cursors.set(operation, body.next_cursor);
    }
  }, 120_000);

  it("is returned by every list", () => {
    expect(lists.filter((list) => !cursors.has(list)).map(({ operationId }) => operationId)).toEqual([]);
  });

  it("edited anywhere is 422 invalid-cursor", async () => {
    for (const [operation, cursor] of cursors) {
      const edited = [
        "",
        "AAAA",
        "null",
        "%00",
        cursor.slice(1),
        cursor.slice(0, -1),
        `${cursor}A`,
        `${cursor}=`,
        cursor.slice(0, 12),
      ];
      for (const text of edited) {
        const answer = await send(operation, `cursor=${text}`);
        expectRefused(answer, 422, "invalid-cursor", `${nameOf(operation)} ${text}`);
        expect(pointersOf(answer)).toEqual(["#/query/cursor"]);
      }
      await fc.assert(
        fc.asyncProperty(
          fc.nat(cursor.length - 1),
          fc.constantFrom("A", "b", "0", "9", "-", "_"),
          async (at, sign) => {
            fc.pre(cursor[at] !== sign);
            const answer = await send(
              operation,
              `cursor=${cursor.slice(0, at)}${sign}${cursor.slice(at + 1)}`,
            );
            expectRefused(answer, 422, "invalid-cursor", nameOf(operation));
          },
        ),
        { numRuns: 5 },
      );
    }
  });

  // Anybody can compute the checksum, because the source is public and a shop knows its id.
  it.each([
    ["/users", "users:", ["x"]],
    ["/imports", "imports", ["x"]],
    ["/audit", "audit", ["x"]],
    ["/sales", "sales", ["2026-01-01", "x", "x"]],
    ["/metrics/page", "lines", ["2026-01-01", "x", "x", 1]],
    ["/shifts", "shifts", ["2026-01-01", "x", "x"]],
    ["/alerts", "alerts", ["x", "x"]],
    ["/lake/files", "lake", [1, "x"]],
    ["/lake/days", "lake-days", ["2026-01-01"]],
    ["/products", "products:-created_at", ["x"]],
  ])(
    "with a valid checksum and a key of another shape is 422 invalid-cursor for %s",
    async (path, list, good) => {
      const forged = (key: unknown): string => {
        const text = JSON.stringify(key);
        const checksum = createHash("sha256")
          .update(`${shop.tenant.id}\n${list}\n${text}`)
          .digest("base64url");
        return `cursor=${checksum.slice(0, 12)}${Buffer.from(text).toString("base64url")}`;
      };
      const operation = operationAt(path);
      expect((await send(operation, forged(good))).status).toBe(200);
      const others = [
        good.slice(1),
        [...good, "x"],
        good.map(() => null),
        good.map(() => true),
        good.map(() => []),
      ];
      for (const key of [...others, [], {}, "x", null, [null, "x"], ["x", "x", "x", "x", "x"]])
        expectRefused(await send(operation, forged(key)), 422, "invalid-cursor", JSON.stringify(key));
    },
  );

  it("of another list is 422 invalid-cursor", async () => {
    for (const [operation, cursor] of cursors)
      for (const other of lists)
        if (other !== operation)
          expectRefused(
            await send(other, `cursor=${cursor}`),
            422,
            "invalid-cursor",
            `${nameOf(operation)} to ${nameOf(other)}`,
          );
  });

  it("of another tenant is 422 invalid-cursor", async () => {
    const foreign = await newShop();
    for (const [operation, cursor] of cursors) {
      const path = fill(operation.path, (await resourceAt.get(operation.path)?.(foreign)) ?? "");
      const query = operation.parameters?.some(({ name }) => name === "q") ? "q=book&" : "";
      const answer = await call("GET", `${path}?${query}cursor=${cursor}`, { token: foreign.admin.token });
      expectRefused(answer, 422, "invalid-cursor", nameOf(operation));
    }
  });

  it("that is unchanged continues after the page", async () => {
    for (const [operation, cursor] of cursors) {
      const first = await send(operation, "limit=1");
      const next = await send(operation, `limit=1&cursor=${cursor}`);
      expect(next.status, nameOf(operation)).toBe(200);
      expect(next.body.data[0], nameOf(operation)).not.toEqual(first.body.data[0]);
    }
  });
});
