// An isolate remembers who a token is, and the token says it to one that does not. Whatever has ended or changed since, each operation
// does and answers what it does in an isolate that knows nothing.
import { beforeEach, expect, it } from "vitest";
import { forgetIdentities } from "../../src/auth/recollection.ts";
import { change } from "../support/change.ts";
import { API } from "../support/client.ts";
import { nameOf, operations, type Operation } from "../support/contract.ts";
import { withoutFacts } from "../support/access-tokens.ts";
import { watchedShifts } from "../support/desk.ts";
import { recordedBindings } from "../support/recorded-bindings.ts";
import { until } from "../support/queues.ts";
import { newPerson, newShop } from "../support/shops.ts";
import { countRows } from "../support/tables.ts";
import { callWith } from "../support/variant.ts";
import { acceptedRequest, entryOf } from "../http/operations/registry.ts";
import { expectRefused } from "./refused.ts";
import { stored, WRITTEN_LATER } from "./stored.ts";

const known = operations.filter(
  (operation) => operation.path.startsWith(API) && !entryOf(operation).credentialsInBody,
);
const named = known.map((operation) => [nameOf(operation), operation] as const);
const ofStaff = named.filter(([, operation]) => ["ADMIN", "EMPLOYEE"].includes(entryOf(operation).role));

beforeEach(forgetIdentities);

/** A request that the operation accepts, by an ADMIN whom the isolate remembers. */
async function rememberedRequest(operation: Operation) {
  const { shop, path, sent } = await acceptedRequest(operation);
  const token = sent.token ?? shop.admin.token;
  const { "x-cart": _cart, "x-order": _order, ...headers } = sent.headers ?? {};
  const me = await callWith({}, "GET", `${API}/auth/me`, { token });
  expect(me.status).toBe(200);
  const user = String(JSON.parse(me.text).id);
  return { shop, path, user, sent: { ...sent, token, headers } };
}

/** Sends the request, to an isolate that remembers its login and to one that does not, and checks that it is refused without any effect. */
async function expectNoEffect(
  { method, ...operation }: Operation,
  { shop, path, sent }: Awaited<ReturnType<typeof rememberedRequest>>,
  status: number,
  slug: string,
): Promise<void> {
  const [before, watchedBefore] = [await stored(shop), await watchedShifts(shop)];
  for (const isRemembered of [true, false]) {
    if (!isRemembered) forgetIdentities();
    const calls: string[] = [];
    const answer = await callWith(recordedBindings(calls), method, path, sent);
    expectRefused(answer, status, slug, nameOf({ method, ...operation }));
    expect(answer.headers.get("ratelimit") ?? "").not.toContain(status === 401 ? '"user"' : "none");
    expect(calls).toEqual([]);
  }
  expect(await stored(shop)).toBe(before);
  expect(await watchedShifts(shop)).toEqual(watchedBefore);
}

it.each(named)(
  "%s of a login that has just ended is 401 and has no effect anywhere",
  async (_, operation) => {
    const request = await rememberedRequest(operation);
    await change(
      "UPDATE auth_sessions SET revoked_at = ? WHERE user_id = ? AND tenant_id = ?",
      new Date().toISOString(),
      request.user,
      request.shop.tenant.id,
    );
    await expectNoEffect(operation, request, 401, "invalid-token");
  },
);

it.each(ofStaff)(
  "%s of somebody who has just become a CUSTOMER is 403 and has no effect anywhere",
  async (_, operation) => {
    const request = await rememberedRequest(operation);
    // A shop has always an ADMIN.
    await newPerson(request.shop.tenant, "ADMIN");
    await change(
      "UPDATE users SET role = 'CUSTOMER' WHERE id = ? AND tenant_id = ?",
      request.user,
      request.shop.tenant.id,
    );
    await expectNoEffect(operation, request, 403, "forbidden");
  },
);

it("a cached figure of a login that has just ended is 401, and only the cache has been read", async () => {
  const shop = await newShop();
  const { token } = await newPerson(shop.tenant, "EMPLOYEE");
  const read = async () => {
    const calls: string[] = [];
    return {
      calls,
      answer: await callWith(recordedBindings(calls), "GET", `${API}/metrics/kpis`, { token }),
    };
  };
  await until(
    async () => (await read()).answer.headers.get("server-timing")?.includes('kv;desc="hit"') === true,
  );
  await change(
    "UPDATE auth_sessions SET revoked_at = ? WHERE tenant_id = ?",
    new Date().toISOString(),
    shop.tenant.id,
  );
  const { calls, answer } = await read();
  expectRefused(answer, 401, "invalid-token");
  expect(calls).toEqual(["CACHE.get"]);
});

it.each(named)("%s in a shop that has just been renamed runs once", async (_, operation) => {
  const run = async (knowledge: "memory" | "token" | "nothing") => {
    const { shop, path, sent } = await rememberedRequest(operation);
    await change("UPDATE tenants SET name = 'Renamed' WHERE id = ?", shop.tenant.id);
    if (knowledge !== "memory") forgetIdentities();
    const token = knowledge === "nothing" ? await withoutFacts(sent.token) : sent.token;
    const { status } = await callWith({}, operation.method, path, { ...sent, token });
    const counts = await countRows([shop.tenant.id]);
    const rows = [...counts].filter(([table]) => !WRITTEN_LATER.test(table)).map((each) => each.join(" "));
    return { status, rows };
  };
  const fresh = await run("nothing");
  for (const relying of [await run("memory"), await run("token")]) {
    expect(relying.status).toBe(fresh.status);
    expect(relying.rows.filter((table) => !fresh.rows.includes(table))).toEqual([]);
  }
});
