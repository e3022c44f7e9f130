import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { newShop } from "../support/shops.ts";

const PRODUCTS = `${API}/products`;
const JSON_TYPE = { "content-type": "application/json" };
const good = '{"sku":"1","title":"A book","price":100}';

async function send(raw: BodyInit | undefined, headers: Record<string, string>) {
  const shop = await newShop();
  const answer = await call("POST", PRODUCTS, {
    token: shop.admin.token,
    headers,
    ...(raw === undefined ? {} : { raw }),
  });
  const stored = await count("SELECT count(*) n FROM products WHERE tenant_id = ?", shop.tenant.id);
  expect(stored).toBe(answer.status === 201 ? 1 : 0);
  return answer;
}

const typeOf = async (raw: BodyInit | undefined, headers: Record<string, string> = JSON_TYPE) => {
  const { status, body } = await send(raw, headers);
  return `${status} ${String(body.type).replace("/problems/", "")}`;
};

const streamOf = (chunks: Uint8Array[]): ReadableStream =>
  new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

describe("a JSON body", () => {
  it("is taken as application/json in UTF-8, with or without saying so", async () => {
    for (const type of [
      "application/json",
      "application/json; charset=utf-8",
      'Application/JSON;charset="UTF-8"',
    ])
      expect((await send(good, { "content-type": type })).status, type).toBe(201);
  });

  it("that is malformed is 400", async () => {
    for (const raw of [
      "{",
      "{'sku':1}",
      "{} {}",
      good.slice(0, -1),
      `${good},`,
      '{"price":1e}',
      '{"price":NaN}',
      "undefined",
      " ",
    ])
      expect(await typeOf(raw), raw).toBe("400 malformed-json");
  });

  it("that is empty or missing is 400", async () => {
    expect(await typeOf("")).toMatch(/^400 (malformed-json|body-required)$/);
    expect(await typeOf(undefined)).toMatch(/^400 (malformed-json|body-required)$/);
    expect(await typeOf(undefined, {})).toBe("400 body-required");
  });

  it("of another type is 415, and is not guessed at", async () => {
    for (const type of [
      "text/plain",
      "text/json",
      "application/x-www-form-urlencoded",
      "application/json; charset=iso-8859-1",
      "application/jsonx",
      "multipart/form-data; boundary=x",
      "*/*",
    ])
      expect(await typeOf(good, { "content-type": type }), type).toBe("415 unsupported-media-type");
    expect(await typeOf(new TextEncoder().encode(good), {})).toBe("415 unsupported-media-type");
  });

  it("whose bytes are not UTF-8 is 400, not text with replacement characters", async () => {
    const latin1 = Buffer.from(good.replace("A book", "Espa\u00f1a"), "latin1");
    const half = Buffer.from(good.replace("A book", "Espa\u00f1"), "utf8").subarray(0, -14);
    for (const raw of [
      latin1,
      Buffer.from([0xff, 0xfe]),
      Buffer.from([0xc0, 0x80]),
      Buffer.concat([half, Buffer.from([0xc3])]),
    ])
      expect(await typeOf(raw)).toBe("400 invalid-encoding");
  });

  it("that is JSON but no object is 422", async () => {
    for (const raw of ["null", "[]", "1", '"x"', "true", `[${good}]`])
      expect(await typeOf(raw), raw).toBe("422 invalid");
  });

  it("keeps the characters of all planes as they are", async () => {
    const title = "\u00d1and\u00fa \u{1F4DA} \u4e66";
    const answer = await send(JSON.stringify({ sku: "1", title, price: 1 }), JSON_TYPE);
    expect(answer.body.title).toBe(title);
  });

  it("over 1 MB is 413, by its length and as a stream that says none", async () => {
    const large = good.replace("A book", "A".repeat(1024 * 1024));
    expect(await typeOf(large)).toBe("413 too-large");
    expect(await typeOf(large, { ...JSON_TYPE, "content-length": String(large.length) })).toBe(
      "413 too-large",
    );
    const chunk = new TextEncoder().encode(" ".repeat(64 * 1024));
    const chunks = [...Array.from({ length: 17 }, () => chunk), new TextEncoder().encode(good)];
    expect(await typeOf(streamOf(chunks))).toBe("413 too-large");
  });

  it("of just under 1 MB is read, as a stream too", async () => {
    const room = 1024 * 1024 - good.length;
    expect((await send(" ".repeat(room) + good, JSON_TYPE)).status).toBe(201);
    const parts = [" ".repeat(room / 2), " ".repeat(room / 2), good].map((part) =>
      new TextEncoder().encode(part),
    );
    expect((await send(streamOf(parts), JSON_TYPE)).status).toBe(201);
  });
});

describe("an unknown field", () => {
  it("is refused by its name, the names of JavaScript's own included", async () => {
    for (const name of [
      "tenant_id",
      "id",
      "version",
      "is_active",
      "__proto__",
      "constructor",
      "prototype",
      "toString",
      "a/b",
      "",
    ]) {
      const raw = `{${JSON.stringify(name)}:{"is_active":false},${good.slice(1)}`;
      const { status, body } = await send(raw, JSON_TYPE);
      expect(status, name).toBe(422);
      expect(body.errors).toEqual([{ pointer: `#/${name.replaceAll("/", "~1")}`, detail: "unknown field" }]);
    }
  });

  it("deep in the body is refused with the way to it", async () => {
    const shop = await newShop();
    const raw = `{"items":[{"product_id":"${crypto.randomUUID()}","quantity":1},{"product_id":"${crypto.randomUUID()}","quantity":1,"__proto__":1,"price":1}]}`;
    const answer = await call("POST", `${API}/sales`, { token: shop.admin.token, headers: JSON_TYPE, raw });
    expect(answer.status).toBe(422);
    const pointers: string[] = answer.body.errors.map((error: { pointer: string }) => error.pointer);
    expect(pointers.toSorted()).toEqual(["#/items/1/__proto__", "#/items/1/price"]);
  });
});
