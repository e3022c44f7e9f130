import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/values/ids.ts";
import { tappedDb } from "../support/failing-bindings.ts";
import { API, call } from "../support/client.ts";
import { operations } from "../support/contract.ts";
import { countByStatus } from "../support/count-by-status.ts";
import { takeOrder } from "../support/orders.ts";
import { bookshop } from "../support/purchases.ts";
import { callWith } from "../support/variant.ts";
import { entries } from "../http/operations/registry.ts";

const repeatable = Object.entries(entries).flatMap(([operationId, { idempotency }]) =>
  idempotency && "prepare" in idempotency ? [[operationId, idempotency] as const] : [],
);

const takesKey = operations.filter((operation) =>
  operation.parameters?.some(({ name }) => name === "idempotency-key"),
);

describe("an Idempotency-Key", () => {
  it("is accepted by every POST that creates, but for carts of guests and API keys, whose responses are secrets", () => {
    expect(repeatable.length).toBeGreaterThan(10);
    const creates = operations.filter(
      (operation) => operation.method === "POST" && "201" in operation.responses,
    );
    expect(
      creates.filter((operation) => !takesKey.includes(operation)).map((operation) => operation.path),
    ).toEqual([`${API}/api-keys`, `${API}/carts`]);
  });
});

it("a cancellation that is repeated without a key is no replay, and gets what the first one got", async () => {
  const { shop, book } = await bookshop();
  const { body: order } = await takeOrder(shop.admin.token, book.id);
  const cancel = () => call("POST", `${API}/purchases/${order.id}/cancel`, { token: shop.admin.token });
  const [first, second] = [await cancel(), await cancel()];
  expect([second.status, second.body]).toEqual([200, first.body]);
  for (const { headers } of [first, second]) expect(headers.get("idempotent-replayed")).toBeNull();
});

describe.each(repeatable)("%s under an Idempotency-Key", (_, creation) => {
  const headers = { "idempotency-key": "k-1" };
  const { status = 201 } = creation;

  it("takes effect once: a retry gets the same body and says that it is a replay", async () => {
    const { shop, path, token, json = {} } = await creation.prepare();
    const first = await call("POST", path, { token, json, headers });
    expect(first.status).toBe(status);
    expect(first.headers.get("idempotent-replayed")).toBeNull();
    for (let again = 0; again < 2; again += 1) {
      const replay = await call("POST", path, { token, json, headers });
      expect(replay.status).toBe(status);
      expect(replay.text).toBe(first.text);
      expect(replay.headers.get("etag")).toBe(first.headers.get("etag"));
      expect(replay.headers.get("idempotent-replayed")).toBe("true");
    }
    expect(await creation.count(shop, json)).toBe(1);
  });

  it("takes effect once if D1 loses the connection after the commit, and a retry gets the response", async () => {
    const { shop, path, token, json = {} } = await creation.prepare();
    const after = async (): Promise<void> => {
      if ((await creation.count(shop, json)) > 0) throw new Error("D1_ERROR: Network connection lost.");
    };
    const failed = await callWith({ DB: tappedDb(env.DB, { after }) }, "POST", path, {
      token,
      json,
      headers,
    });
    expect([status, 503]).toContain(failed.status);
    expect(await creation.count(shop, json)).toBe(1);
    const again = await call("POST", path, { token, json, headers });
    expect(again.status).toBe(status);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(await creation.count(shop, json)).toBe(1);
  });

  it("is refused with another body or at another path, and changes nothing", async () => {
    const { shop, path, token, json = {}, otherJson = json, otherPath = path } = await creation.prepare();
    await call("POST", path, { token, json, headers });
    const answer = await call("POST", otherPath, { token, json: otherJson, headers });
    expect(answer.status).toBe(422);
    expect(answer.body.type).toBe("/problems/idempotency-mismatch");
    expect(answer.headers.get("idempotent-replayed")).toBeNull();
    expect(await creation.count(shop, json)).toBe(1);
  });

  it("takes effect once if sent ten times at once, and all get the same response", async () => {
    const { shop, path, token, json = {} } = await creation.prepare();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call("POST", path, { token, json, headers })),
    );
    expect(countByStatus(answers)).toEqual({ [status]: 10 });
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get("idempotent-replayed") === null).length).toBe(1);
    expect(await creation.count(shop, json)).toBe(1);
  });
});

const ofResource = repeatable.filter(([operationId]) =>
  operations.some((operation) => operation.operationId === operationId && operation.path.includes("}")),
);

it.each(ofResource)("%s under the Idempotency-Key of another resource is refused", async (_, creation) => {
  const headers = { "idempotency-key": "k-1" };
  const { shop, path, token, json = {} } = await creation.prepare();
  await call("POST", path, { token, json, headers });
  const id = path.split("/").findLast((part) => /^[\da-f]{8}-/.test(part)) ?? "";
  const other = path.replace(id, newId());
  expect(other).not.toBe(path);
  const answer = await call("POST", other, { token, json, headers });
  expect([answer.status, answer.body.type]).toEqual([422, "/problems/idempotency-mismatch"]);
  expect(await creation.count(shop, json)).toBe(1);
});
