import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { app } from "../../src/app.ts";
import { API, call, ORIGIN } from "../support/client.ts";
import { count } from "../support/d1.ts";
import { newShop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";

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
  it("is accepted as application/json in UTF-8, whether or not it declares the charset", async () => {
    for (const type of [
      "application/json",
      "application/json; charset=utf-8",
      'Application/JSON;charset="UTF-8"',
    ])
      expect((await send(good, { "content-type": type })).status, type).toBe(201);
  });

  it("is accepted with the Content-Encoding that changes nothing, in any letter case", async () => {
    for (const encoding of ["identity", "Identity"])
      expect((await send(good, { ...JSON_TYPE, "content-encoding": encoding })).status, encoding).toBe(201);
  });

  it("whose type is not declared is 415, and none at all is 400", async () => {
    expect(await typeOf(new TextEncoder().encode(good), {})).toBe("415 unsupported-media-type");
    expect(await typeOf(undefined, {})).toBe("400 body-required");
    expect(await typeOf("")).toBe("400 malformed-json");
  });

  it("that is JSON but not an object is 422", async () => {
    for (const raw of ["null", "[]", "1", '"x"', "true", `[${good}]`])
      expect(await typeOf(raw), raw).toBe("422 invalid");
  });

  it("keeps the characters of every Unicode plane", async () => {
    const title = "\u00d1and\u00fa \u{1F4DA} \u4e66";
    const answer = await send(JSON.stringify({ sku: "1", title, price: 1 }), JSON_TYPE);
    expect(answer.body.title).toBe(title);
  });

  it("of just under 1 MB is accepted, also as a stream", async () => {
    const room = 1024 * 1024 - good.length;
    expect((await send(" ".repeat(room) + good, JSON_TYPE)).status).toBe(201);
    const parts = [" ".repeat(room / 2), " ".repeat(room / 2), good].map((part) =>
      new TextEncoder().encode(part),
    );
    expect((await send(streamOf(parts), JSON_TYPE)).status).toBe(201);
  });
});

describe("an operation that takes no body", () => {
  const sent = async (raw: string) => {
    const { token } = (await newShop()).admin;
    return (await call("POST", `${API}/auth/logout`, { token, raw, headers: JSON_TYPE })).status;
  };

  it("accepts an empty object of up to 64 bytes, and refuses all else", async () => {
    const spaced = (spaces: number) => `{${" ".repeat(spaces)}}`;
    for (const raw of ["", "{}", " { }\n", spaced(62)]) expect(await sent(raw), raw).toBe(204);
    const late = `{}${" ".repeat(62)}{"a":1}`;
    for (const raw of [spaced(63), '{"a":1}', "[]", "null", late, `{}${"x".repeat(100_000)}`])
      expect(await sent(raw), raw.slice(0, 70)).toBe(422);
  });

  it("refuses what follows an empty object in a later piece of the body", async () => {
    const pieces = (...texts: string[]) => streamOf(texts.map((text) => new TextEncoder().encode(text)));
    const { token } = (await newShop()).admin;
    for (const body of [pieces("{", "}", "x"), pieces(`{}${" ".repeat(62)}`, '{"a":1}')])
      expect((await callWith({}, "POST", `${API}/auth/logout`, { token, raw: body })).status).toBe(422);
    const empty = await callWith({}, "POST", `${API}/auth/logout`, { token, raw: pieces(" {", "} ") });
    expect(empty.status).toBe(204);
  });

  it("reads no further than it needs to", async () => {
    const { token } = (await newShop()).admin;
    let pulled = 0;
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 1;
        if (pulled > 1000) controller.close();
        else controller.enqueue(new TextEncoder().encode(" ".repeat(32)));
      },
      cancel: () => {
        isCancelled = true;
      },
    });
    const headers = { authorization: `Bearer ${token}` };
    const request = new Request(`${ORIGIN}${API}/auth/logout`, { method: "POST", headers, body });
    // Within this Worker, where the stream is the same one.
    const response = await app.fetch(request, env, createExecutionContext());
    expect([response.status, isCancelled]).toEqual([422, true]);
    expect(pulled).toBeLessThan(6);
  });
});

describe("an error response", () => {
  const MAX = 20_000;
  const signs = "~".repeat(500_000);
  const pairs = "\u{1F4DA}".repeat(1000);

  it.each([
    [
      "an unknown member",
      `{"sku":"1","title":"A","price":1,"${signs}":1}`,
      { detail: "unknown field", code: "unknown_field" },
    ],
    ["a duplicate member", `{"${signs}":1,"${signs}":2}`, { detail: "duplicate field" }],
  ])("for %s of half a megabyte is short and quotes its beginning", async (_, raw, fault) => {
    const { status, text, body } = await send(raw, JSON_TYPE);
    expect(status).toBe(422);
    expect(body.errors).toEqual([{ pointer: `#/${"~0".repeat(50)}…`, ...fault }]);
    expect(text.length).toBeLessThan(MAX);
  });

  it("quotes a member of 50 characters as it is", async () => {
    const { body } = await send(`{"sku":"1","title":"A","price":1,"${"a".repeat(50)}":1}`, JSON_TYPE);
    expect(body.errors).toMatchObject([{ pointer: `#/${"a".repeat(50)}` }]);
  });

  it("for many long, deeply nested members is short too", async () => {
    const { token } = (await newShop()).admin;
    const many = Array.from({ length: 200 }, (_, at) => `"${at}${pairs}":1`).join();
    const deep = `${`{"${"\u4e66".repeat(3000)}":`.repeat(60)}{"a":1,"a":2}${"}".repeat(60)}`;
    const item = `{"product_id":"${crypto.randomUUID()}","quantity":1,${many}}`;
    for (const raw of [`{${many}}`, `{"items":[${item}]}`, deep]) {
      const answer = await call("POST", `${API}/sales`, { token, raw, headers: JSON_TYPE });
      expect(answer.status).toBe(422);
      expect(answer.body.errors.length).toBeGreaterThan(0);
      expect(new TextEncoder().encode(answer.text).length).toBeLessThan(MAX);
      expect(answer.text.isWellFormed()).toBe(true);
    }
  });
});
