import { describe, expect, it } from "vitest";
import { call } from "../support/client.ts";
import { fill, nameOf, operations, type Operation } from "../support/contract.ts";
import { newShop } from "../support/shops.ts";
import { entryOf } from "../http/operations/registry.ts";
import { expectRefused } from "./refused.ts";
import { bodyOf, sampleOf, takesJson } from "./schemas.ts";
import { stored } from "./stored.ts";

const JSON_TYPE = { "content-type": "application/json" };
const withBody = operations.filter((operation) => bodyOf(operation) !== null);
const required = withBody.filter((operation) => bodyOf(operation)?.isRequired);

type Raw = { raw?: BodyInit; headers?: Record<string, string> };

/** Checks that each operation refuses the body with this problem and changes nothing. */
async function expectRefusedBy(
  targets: Operation[],
  { raw, headers }: Raw,
  status: number,
  slug: string,
): Promise<void> {
  const shop = await newShop();
  const { token } = shop.admin;
  const before = await stored(shop);
  for (const operation of targets) {
    const { query } = entryOf(operation);
    const path = `${fill(operation.path, crypto.randomUUID())}${query === undefined ? "" : `?${query}`}`;
    const sent = { token, ...(raw === undefined ? {} : { raw }), headers: headers ?? {} };
    expectRefused(await call(operation.method, path, sent), status, slug, nameOf(operation));
  }
  expect(await stored(shop)).toBe(before);
}

describe("a body", () => {
  it.each(['{"a":', "NaN", "", "{'a':1}", "[1,]", '{"a":1e}', "undefined", '"\\ud8"', '{"a"\u00a0:1}'])(
    "%j with a JSON type is 400 malformed-json",
    (raw) => expectRefusedBy(takesJson, { raw, headers: JSON_TYPE }, 400, "malformed-json"),
  );

  it("that is required but missing is 400 body-required", async () => {
    expect(required.length).toBeGreaterThan(20);
    // The product of an image is looked up before its body is read.
    const others = required.filter(({ operationId }) => operationId !== "replaceCover");
    await expectRefusedBy(others, {}, 400, "body-required");
  });

  it.each([
    ["text/plain", '{"a":1}'],
    ["application/x-www-form-urlencoded", "a=1"],
    ["multipart/form-data; boundary=x", '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--'],
    ["application/json; charset=utf-16", Buffer.from('{"a":1}', "utf16le")],
    ["text/csv; charset=utf-7", "a,b\n"],
    ["text/json", "{}"],
    ["application/json ; charset=utf-8", "{}"],
    ["application/json\t;charset=utf-8", "{}"],
    ["application/json; charset=utf-8; a=b", "{}"],
    ["*/*", "{}"],
  ])("of the type %s is 415", async (type, raw) => {
    // An import takes the form of a browser, and OAuth those that are encoded like URLs.
    const takesForm: Record<string, string[]> = {
      "multipart/form-data; boundary=x": ["startImport"],
      "application/x-www-form-urlencoded": ["requestDeviceAuthorization", "createToken"],
    };
    const others = withBody.filter(
      ({ operationId = "" }) =>
        operationId !== "replaceCover" && !(takesForm[type] ?? []).includes(operationId),
    );
    await expectRefusedBy(others, { raw, headers: { "content-type": type } }, 415, "unsupported-media-type");
  });

  it("of JSON with a Content-Encoding is 415", () =>
    expectRefusedBy(
      takesJson,
      { raw: "{}", headers: { ...JSON_TYPE, "content-encoding": "gzip" } },
      415,
      "unsupported-media-type",
    ));

  it.each([
    ["ISO-8859-1", Buffer.from('{"a":"Espa\u00f1a"}', "latin1")],
    ["UTF-16", Buffer.from('\ufeff{"a":1}', "utf16le")],
    ["an overlong form", Buffer.from([0x7b, 0xc0, 0x80, 0x7d])],
    ["a lone surrogate", Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ["a truncated character", Buffer.from([0x22, 0xe2, 0x82])],
  ])("of bytes that are not UTF-8, %s, is 400 invalid-encoding", (_, raw) =>
    expectRefusedBy(takesJson, { raw, headers: JSON_TYPE }, 400, "invalid-encoding"),
  );

  const large = " ".repeat(1024 * 1024) + "{}";

  it("of more than 1 MB by Content-Length is 413", () =>
    expectRefusedBy(
      takesJson,
      { raw: large, headers: { ...JSON_TYPE, "content-length": String(large.length) } },
      413,
      "too-large",
    ));

  it("of more than 1 MB chunked is 413", async () => {
    const { token } = (await newShop()).admin;
    for (const operation of takesJson) {
      const raw = new Blob([large]).stream();
      const answer = await call(operation.method, fill(operation.path, crypto.randomUUID()), {
        token,
        raw,
        headers: JSON_TYPE,
      });
      expectRefused(answer, 413, "too-large", nameOf(operation));
    }
  });

  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

  it.each([
    ["65 arrays", nested(65)],
    ["65 objects", `${'{"a":'.repeat(65)}1${"}".repeat(65)}`],
    ["half a million arrays that are never closed", "[".repeat(500_000)],
    ["arrays behind strings with brackets and quotes", `["]]]","\\"]]",${nested(64)}]`],
  ])("nesting deeper than 64, %s, is 400 too-deep", (_, raw) =>
    expectRefusedBy(takesJson, { raw, headers: JSON_TYPE }, 400, "too-deep"),
  );

  it("nested 64 deep, or with brackets inside its strings, is only 422", async () => {
    const { token } = (await newShop()).admin;
    for (const operation of takesJson)
      for (const raw of [nested(64), JSON.stringify({ a: "[{".repeat(100) })]) {
        const path = fill(operation.path, crypto.randomUUID());
        const { status } = await call(operation.method, path, { token, raw, headers: JSON_TYPE });
        // A signed event of Stripe is not validated against a schema.
        expect(operation.operationId === "receiveStripeEvent" ? 422 : status, nameOf(operation)).toBe(422);
      }
  });

  it("with a duplicate member, however it is escaped, is 422 and points to it", async () => {
    const { token } = (await newShop()).admin;
    for (const operation of takesJson) {
      const [name = "", ...more] = Object.keys(Object(sampleOf(bodyOf(operation)?.json)));
      if (more.length + name.length === 0) continue;
      const escaped = `"\\u${name.charCodeAt(0).toString(16).padStart(4, "0")}${name.slice(1)}"`;
      const raw = `{${JSON.stringify(name)}:{"${name}":1},${escaped}:1}`;
      const path = fill(operation.path, crypto.randomUUID());
      const answer = await call(operation.method, path, { token, raw, headers: JSON_TYPE });
      expectRefused(answer, 422, "invalid", nameOf(operation));
      expect(answer.body.errors).toEqual([{ pointer: `#/${name}`, detail: "duplicate field" }]);
    }
  });

  it.each([
    ['{"amount":500}', JSON_TYPE],
    ["{}{}", JSON_TYPE],
    [" ", {}],
    ["a=1", { "content-type": "application/x-www-form-urlencoded" }],
  ])("%j is 422 for every operation that takes none", async (raw, headers) => {
    const without = operations.filter(
      ({ requestBody, method }) => requestBody === undefined && method !== "GET",
    );
    expect(without.length).toBeGreaterThan(20);
    const { token } = (await newShop()).admin;
    for (const operation of without)
      for (const body of [raw, new Blob([raw]).stream()]) {
        const path = fill(operation.path, crypto.randomUUID());
        const answer = await call(operation.method, path, { token, raw: body, headers });
        expectRefused(answer, 422, "invalid", nameOf(operation));
        expect(answer.body.errors[0].pointer).toBe("#");
      }
  });

  it("that is an empty object is accepted where an operation takes none", async () => {
    const { token } = (await newShop()).admin;
    for (const raw of ["{}", new Blob([" { }\n"]).stream()])
      expect((await call("DELETE", "/api/v1/cart", { token, raw, headers: JSON_TYPE })).status).toBe(200);
  });

  it("that is empty and chunked is no body", async () => {
    const { token } = (await newShop()).admin;
    const raw = new Blob([]).stream();
    expect((await call("DELETE", "/api/v1/cart", { token, raw })).status).toBe(200);
  });

  it("with an unknown field is 422 for every operation", async () => {
    const { token } = (await newShop()).admin;
    for (const operation of takesJson) {
      if (operation.operationId === "receiveStripeEvent") continue;
      const sample = Object(sampleOf(bodyOf(operation)?.json));
      const answer = await call(operation.method, fill(operation.path, crypto.randomUUID()), {
        token,
        json: { ...sample, colour: "red" },
      });
      expectRefused(answer, 422, "invalid", nameOf(operation));
      expect(answer.body.errors, nameOf(operation)).toContainEqual({
        pointer: "#/colour",
        detail: "unknown field",
        code: "unknown_field",
      });
    }
  });

  it("with a byte order mark is accepted", async () => {
    const { token } = (await newShop()).admin;
    const raw = `\ufeff${JSON.stringify({ sku: "1", title: "A", price: 1 })}`;
    expect((await call("POST", "/api/v1/products", { token, raw, headers: JSON_TYPE })).status).toBe(201);
  });
});
