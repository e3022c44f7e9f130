import { describe, expect, it } from "vitest";
import { newId } from "../../src/values/ids.ts";
import { API, call } from "../support/client.ts";
import { fill, nameOf, operations } from "../support/contract.ts";
import { newPerson, newProduct, newShop, type Shop } from "../support/shops.ts";
import { newTaxRate } from "../support/taxes.ts";
import { entryOf, peopleOf, resourceAt, withResource } from "../http/operations/registry.ts";
import type { Entry } from "../http/operations/entry.ts";
import { expectRefused } from "./refused.ts";
import { bodyOf, fieldsOf, resolveSchema, sampleOf, replacedAt, takesJson } from "./schemas.ts";

type Answer = { status: number; headers: Headers; text: string };

const ROLES = ["CUSTOMER", "EMPLOYEE", "ADMIN"] as const;
const rankOf = (role: Entry["role"]): number => ["public", ...ROLES].indexOf(role);
const idOf = async (path: string, shop: Shop): Promise<string> =>
  (await resourceAt.get(`${API}${path}`)?.(shop)) ?? "";

/** The whole response, without what identifies, counts or times the request. */
function bytesOf({ status, headers, text }: Answer, id: string): string {
  const compared = [...headers]
    .filter(([name]) => !["x-request-id", "x-d1-bookmark", "ratelimit"].includes(name))
    // The rows that D1 read would reveal whether the resource exists.
    .map(([name, value]) => [name, name === "server-timing" ? value.replaceAll(/;dur=[\d.]+/g, "") : value]);
  const plain = text
    .replace(/"request_id":"[^"]*"/, "")
    .replace(/"instance":"[^"]*"/, "")
    .replaceAll(id, "ID");
  return JSON.stringify([status, compared, plain]);
}

describe("another tenant's id", () => {
  it.each(withResource.map((each) => [nameOf(each.operation), each] as const))(
    "is the same 404 for %s as a random id, byte for byte, for each role",
    async (_, { operation, resource }) => {
      const { method, path } = operation;
      const { role: least, content } = entryOf(operation);
      const [shop, other] = [await newShop(), await newShop()];
      const people = await peopleOf(shop);
      const foreign = await resource(other);
      const random = [newId(), crypto.randomUUID(), "1", "x", "%27%20OR%201%3D1", newId().slice(1)];
      for (const role of ROLES) {
        const send = (id: string) => call(method, fill(path, id), { token: people[role].token, ...content });
        // From its second request on, a login costs no round trip.
        await call("GET", `${API}/auth/me`, { token: people[role].token });
        const answer = await send(foreign);
        const isAllowed = rankOf(role) >= rankOf(least);
        expectRefused(answer, isAllowed ? 404 : 403, isAllowed ? "not-found" : "forbidden", role);
        const [nobodys = ""] = random;
        expect(bytesOf(answer, foreign), role).toBe(bytesOf(await send(nobodys), nobodys));
        for (const id of random.slice(1))
          expect((await send(id)).status, `${role} ${id}`).toBe(answer.status);
      }
      // The shop's own resource is found.
      const sent = { token: shop.admin.token, ...content };
      const allowed = await call(method, fill(path, await resource(shop)), sent);
      expect([404, 422]).not.toContain(allowed.status);
    },
  );

  it("in a body gets the response of a random id, for every field that takes one", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const { token } = shop.admin;
    const productId = (await newProduct(shop, { stock: 5 })).id;
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    const foreignIds: Record<string, string> = {
      product_id: (await newProduct(other, { stock: 5 })).id,
      customer_id: (await newPerson(other.tenant, "CUSTOMER")).id,
      replaces: (await newTaxRate(other)).id,
      tax_rate_id: (await newTaxRate(other)).id,
      seller_id: other.admin.id,
      user_id: other.admin.id,
      client_id: newId(),
      into: (await newPerson(other.tenant, "CUSTOMER")).id,
    };
    const foreignItems = [{ product_id: foreignIds["product_id"], quantity: 1 }];
    const foreignSale = { items: foreignItems, client_id: foreignIds["client_id"] };
    await call("POST", `${API}/sales`, { token: other.admin.token, json: foreignSale });
    let tried = 0;
    // A write-off stores its ids as they were sent, and looks none of them up.
    for (const operation of takesJson.filter(({ operationId }) => operationId !== "recordWriteOff"))
      for (const { path, name } of fieldsOf(bodyOf(operation)?.json).filter(
        ({ schema }) => schema.format === "uuid",
      )) {
        const foreign = foreignIds[name];
        if (foreign === undefined)
          throw new Error(`No id of another shop for the field ${name}: add one here.`);
        const body = JSON.stringify(sampleOf(bodyOf(operation)?.json), (key, value: unknown) =>
          key === "product_id" ? productId : key === "customer_id" ? customer.id : value,
        );
        const sale = operation.path.includes("/sales/{id}")
          ? (
              await call("POST", `${API}/sales`, {
                token,
                json: { items: [{ product_id: productId, quantity: 1 }] },
              })
            ).body.id
          : operation.path.includes("/customers/{id}")
            ? (await call("POST", `${API}/customers`, { token, json: { name: "Ana" } })).body.id
            : "";
        const send = (id: string) =>
          call(operation.method, fill(operation.path, sale), {
            token,
            raw: replacedAt(JSON.parse(body), path, JSON.stringify(id)),
            headers: { "content-type": "application/json" },
          });
        const random = newId();
        const answer = await send(foreign);
        expect(answer.status, nameOf(operation)).toBeGreaterThanOrEqual(400);
        expect(bytesOf(answer, foreign), nameOf(operation)).toBe(bytesOf(await send(random), random));
        tried += 1;
      }
    expect(tried).toBeGreaterThan(3);
  });

  it("in a query gets the result of a random id", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const { id } = other.admin;
    let tried = 0;
    for (const operation of operations)
      for (const { name, schema } of operation.parameters?.filter((each) => each.in === "query") ?? []) {
        if (resolveSchema(schema).format !== "uuid" && name !== "customer") continue;
        const send = (user: string) =>
          call(operation.method, `${operation.path}?${name}=${user}`, { token: shop.admin.token });
        const random = newId();
        const withoutTime = (text: string) => text.replace(/"as_of":"[^"]*"/, "");
        expect(withoutTime((await send(id)).text), `${nameOf(operation)} ${name}`).toBe(
          withoutTime((await send(random)).text),
        );
        tried += 1;
      }
    expect(tried).toBeGreaterThan(3);
  });

  it("of a delivery is 404 under the shop's own webhook", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const endpoint = await idOf("/webhooks/{id}/deliveries", shop);
    const foreign = await idOf("/webhooks/{id}/deliveries/{delivery_id}/replay", other);
    for (const delivery of [foreign, newId()]) {
      const path = `${API}/webhooks/${endpoint}/deliveries/${delivery}/replay`;
      expectRefused(await call("POST", path, { token: shop.admin.token }), 404, "not-found");
    }
  });
});

describe("another customer's purchase", () => {
  it("is the same 404 as a random id", async () => {
    const shop = await newShop();
    const { CUSTOMER } = await peopleOf(shop);
    const id = await idOf("/purchases/{id}", shop);
    const random = newId();
    // From its second request on, a login costs no round trip.
    await call("GET", `${API}/auth/me`, { token: CUSTOMER.token });
    for (const [method, path] of [
      ["GET", "/purchases/{id}"],
      ["POST", "/purchases/{id}/cancel"],
    ] as const) {
      const send = (purchase: string) =>
        call(method, fill(`${API}${path}`, purchase), { token: CUSTOMER.token });
      const answer = await send(id);
      expectRefused(answer, 404, "not-found", path);
      // Within a shop the rows that D1 reads may differ.
      const plain = (bytes: string) => bytes.replace(/read=\d+/, "");
      expect(plain(bytesOf(answer, id))).toBe(plain(bytesOf(await send(random), random)));
    }
  });
});
