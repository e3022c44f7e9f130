import { decodeJwt } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { busyShop } from "../support/busy-shop.ts";
import { API, call } from "../support/client.ts";
import { fill, nameOf, type Operation, operations } from "../support/contract.ts";
import { addTwinOf } from "../support/own-twin.ts";
import { buyOne, putInCart } from "../support/purchases.ts";
import { newPerson, newProduct } from "../support/shops.ts";
import { withoutTime } from "../support/twins.ts";
import { type AcceptedRequest, changingRequest, entryOf, resourceAt } from "../http/operations/registry.ts";
import { furtherRequests } from "./further-requests.ts";

const writes = operations.filter(
  (operation) => operation.method !== "GET" && entryOf(operation).alwaysRefused === undefined,
);

async function expectTwinLeft(
  { shop, method, path, sent }: AcceptedRequest & { method: string },
  subject: string,
): Promise<void> {
  const readTwin = await addTwinOf(shop.tenant, subject);
  const before = await readTwin();
  const { status, text } = await call(method, path, sent);
  expect(status, text).toBeLessThan(400);
  expect(await readTwin()).toEqual(before);
}

describe("beside a person of the same shop with rows of the same values, a change", () => {
  it.each(writes.map((operation) => [nameOf(operation), operation] as const))(
    "by %s leaves theirs",
    async (_, operation) => {
      const request = await changingRequest(operation);
      const { token } = request.sent;
      const actor = token === undefined ? request.shop.admin.id : (decodeJwt(token).sub ?? "");
      await expectTwinLeft({ ...request, method: operation.method }, actor);
    },
  );

  it.each(Object.entries(furtherRequests))("by %s leaves theirs", async (_, prepare) => {
    const request = await prepare();
    await expectTwinLeft(request, request.subject);
  });
});

// A shop has one default rate, and a person one open shift: they have no twin.
const SINGLE = /\/(tax-rates|shifts)\/\{id\}/;
const UUID = /[\da-f]{8}-[\da-f-]{27}/;

describe("beside a row of the same shop with the same values, a change", () => {
  it.each(
    writes
      .filter(({ path }) => path.includes("{") && !SINGLE.test(path))
      .map((operation) => [nameOf(operation), operation] as const),
  )("by %s leaves it", async (_, operation) => {
    const request = await changingRequest(operation);
    const [id] = UUID.exec(request.path) ?? [];
    if (id !== undefined) await expectTwinLeft({ ...request, method: operation.method }, id);
  });
});

// What a person reads of themselves; other reads are of the whole shop.
const OWN = /\/(me|auth\/sessions|cart|favorites|wishlist|purchases|shifts\/current|recommendations)(\/|$)/;
const ownReads = (role: "CUSTOMER" | "EMPLOYEE") =>
  operations.filter(
    (operation) =>
      operation.method === "GET" &&
      OWN.test(operation.path) &&
      !operation.path.includes("/products/") &&
      ["CUSTOMER", role].includes(entryOf(operation).role),
  );

describe.each(["CUSTOMER", "EMPLOYEE"] as const)(
  "beside a person of the same shop with rows of the same values, a response to a %s",
  (role) => {
    const reads = ownReads(role);
    const before = new Map<string, string>();
    let read: (operation: Operation) => Promise<string>;

    beforeAll(async () => {
      const shop = await busyShop();
      const { id, token } = await newPerson(shop.tenant, role);
      const { id: product } = await newProduct(shop, { stock: 90 });
      if (role === "EMPLOYEE") await call("POST", `${API}/shifts/start`, { token, json: {} });
      const purchase = (await buyOne(token, product)).body.id;
      await buyOne(token, product);
      await call("POST", `${API}/purchases/${purchase}/confirm`, { token: shop.admin.token });
      await putInCart(token, product);
      for (const [list, json] of [
        ["favorites", undefined],
        ["wishlist", { priority: 1 }],
      ] as const)
        await call("PUT", `${API}/${list}/${product}`, { token, json });
      read = async ({ path }) => {
        const { status, text } = await call("GET", fill(path, resourceAt.has(path) ? purchase : ""), {
          token,
        });
        return `${status} ${withoutTime(text)}`;
      };
      for (const operation of reads) before.set(nameOf(operation), await read(operation));
      const readTwin = await addTwinOf(shop.tenant, id);
      expect((await readTwin()).length).toBeGreaterThan(8);
    });

    it.each(reads.map((operation) => [nameOf(operation), operation] as const))(
      "to %s is the same",
      async (name, operation) => {
        const response = await read(operation);
        expect(response).toMatch(/^200 /);
        expect(response).toBe(before.get(name));
      },
    );
  },
);
