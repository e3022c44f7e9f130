// Makes one field of an otherwise valid body invalid, for every field of every body: the problem points to that field only.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findJsonFault } from "../../src/http/json.ts";
import { call } from "../support/client.ts";
import { fill, nameOf, type Operation } from "../support/contract.ts";
import { newShop } from "../support/shops.ts";
import { expectRefused, pointersOf, slugOf } from "./refused.ts";
import {
  bodyOf,
  fieldsOf,
  isNullable,
  pointerTo,
  sampleOf,
  replacedAt,
  takesJson,
  typeOf,
  type Field,
} from "./schemas.ts";
import { stored } from "./stored.ts";

// Stripe's package validates its events.
const validated = takesJson.filter(({ operationId }) => operationId !== "receiveStripeEvent");

const all = validated.flatMap((operation) =>
  fieldsOf(bodyOf(operation)?.json).map((field) => ({ operation, field })),
);

type Target = (typeof all)[number];

const isWhole = ({ schema }: Field): boolean => typeOf(schema) === "integer";
const isMoney = (field: Field): boolean =>
  isWhole(field) &&
  /minor unit/.test(field.schema.description ?? field.name.replace(/^amount$/, "minor unit"));
const isQuantity = ({ name }: Field): boolean => name === "quantity";
const isOneOf =
  (...names: string[]) =>
  ({ name, schema }: Field): boolean =>
    names.includes(name) && typeOf(schema) === "string";
const isId = ({ schema }: Field): boolean => schema.format === "uuid";
const isText = ({ schema }: Field): boolean => typeOf(schema) === "string";

const targets = (fits: (field: Field) => boolean): Target[] => all.filter(({ field }) => fits(field));

/** A valid body with the field. */
const bodyFor = (operation: Operation, field?: Field): unknown =>
  sampleOf(bodyOf(operation)?.json, field?.path);

async function send(token: string, { method, path }: Operation, raw: string) {
  const headers = { "content-type": "application/json" };
  return call(method, fill(path, crypto.randomUUID()), { token, raw, headers });
}

/** Checks that each JSON value is refused in each field, with a pointer to it, and that nothing changes. */
async function expectRefusedAt(fields: Target[], texts: string[]): Promise<void> {
  const shop = await newShop();
  const { token } = shop.admin;
  const before = await stored(shop);
  for (const { operation, field } of fields)
    for (const text of texts) {
      const label = `${nameOf(operation)} ${pointerTo(field.path)}: ${text.slice(0, 40)}`;
      const body = bodyFor(operation, field);
      const answer = await send(token, operation, replacedAt(body, field.path, text));
      expectRefused(answer, 422, "invalid", label);
      expect(pointersOf(answer), label).toEqual([pointerTo(field.path)]);
    }
  expect(await stored(shop)).toBe(before);
}

describe("a JSON body", () => {
  it("made of the examples in the OpenAPI document is valid", async () => {
    const { token } = (await newShop()).admin;
    for (const operation of validated) {
      const answer = await send(token, operation, JSON.stringify(bodyFor(operation)));
      expect(slugOf(answer), `${nameOf(operation)} ${answer.text}`).not.toBe("invalid");
    }
  });

  it("has money, quantities, ids and names in many operations", () => {
    expect(
      targets(isMoney)
        .map(({ operation, field }) => `${operation.operationId} ${field.name}`)
        .toSorted(),
    ).toEqual([
      "closeShift counted_cash",
      "confirmPurchase expected_total",
      "correctPayments amount",
      "correctPayments tendered",
      "createCashMove amount",
      "createOrder amount",
      "createOrder amount",
      "createOrder unit_price",
      "createProduct cost",
      "createProduct price",
      "createPurchase expected_total",
      "createRefund amount",
      "createSale amount",
      "createSale amount",
      "createSale amount",
      "createSale tendered",
      "createSale unit_price",
      "endShift counted_cash",
      "recordWriteOff total",
      "refundPayment amount",
      "replaceGoals target",
      "replaceGoals target",
      "startShift opening_cash",
      "updateOrder amount",
      "updateOrder amount",
      "updateOrder unit_price",
      "updateProduct cost",
      "updateProduct price",
      "updateShop cash_rounding",
    ]);
    expect(targets(isQuantity).length).toBeGreaterThan(3);
    expect(targets(isId).length).toBeGreaterThan(3);
    expect(targets(isOneOf("sku", "slug", "email")).length).toBeGreaterThan(5);
  });
});

describe("money", () => {
  it('of 1e400, 2^53+1, -1, 1.5 and "10" is 422 with a pointer', () =>
    expectRefusedAt(targets(isMoney), [
      "1e400",
      "9007199254740993",
      "-1",
      "1.5",
      '"10"',
      "true",
      "[]",
      "{}",
    ]));
});

describe("a quantity", () => {
  it("of 0, of more than three decimals or of an invalid amount of money is 422 with a pointer", () =>
    expectRefusedAt(targets(isQuantity), [
      "0",
      "1e400",
      "9007199254740993",
      "-1",
      "1.0005",
      "1e-4",
      '"10"',
      "null",
    ]));
});

describe("a whole number", () => {
  it("that has a fraction, is too large to be exact, or is text is 422 with a pointer", () =>
    expectRefusedAt(targets(isWhole), [
      "1e400",
      "-1e400",
      "9007199254740993",
      "1.5",
      '"10"',
      "false",
      "[1]",
    ]));
});

describe("an id", () => {
  it("that is not a UUID is 422 with a pointer", async () => {
    await expectRefusedAt(targets(isId), [
      '"1"',
      '""',
      "1",
      `"${"0".repeat(36)}"`,
      `"' OR 1=1 --"`,
      `"{${crypto.randomUUID()}}"`,
    ]);
    await expectRefusedAt(
      targets((field) => isId(field) && !isNullable(field.schema)),
      ["null"],
    );
  });
});

const INVISIBLE = {
  NUL: "\\u0000",
  "a bidi override": "\\u202e",
  "a bidi isolate": "\\u2066",
  "a zero-width space": "\\u200b",
  "a zero-width joiner": "\\u200d",
  "a word joiner": "\\u2060",
  "a zero-width no-break space": "\\ufeff",
  "a soft hyphen": "\\u00ad",
  "a Hangul filler": "\\u3164",
  "a Braille blank": "\\u2800",
  "a null notehead": "\\ud834\\udd59",
  "a tag character": "\\udb40\\udc41",
  "a line separator": "\\u2028",
  "a lone surrogate": "\\ud800",
};

describe("a sku, slug or e-mail", () => {
  it.each(Object.entries(INVISIBLE))("with %s anywhere in it is 422", async (_, sign) => {
    const emails = [`"a${sign}b@example.com"`, `"${sign}ab@example.com"`, `"ab@example.com${sign}"`];
    await expectRefusedAt(targets(isOneOf("email")), emails);
    const names = [`"a${sign}b"`, `"${sign}ab"`, `"ab${sign}"`];
    await expectRefusedAt(targets(isOneOf("sku", "slug", "tenant")), names);
  });
});

describe("text", () => {
  it("that is a number, an object or a list is 422 with a pointer", () =>
    expectRefusedAt(targets(isText), ["1", "{}", "[]", "true"]));

  it("of a million characters is 422 with a pointer", () =>
    expectRefusedAt(targets(isText), [`"${"a".repeat(1_000_000)}"`]));

  it("with a lone surrogate or a NUL is never stored", async () => {
    for (const { operation, field } of targets(isText)) {
      // Wrong passwords are counted for each account.
      const { token } = (await newShop()).admin;
      for (const sign of ["\\ud800", "\\u0000"]) {
        const body = bodyFor(operation, field);
        const { status } = await send(token, operation, replacedAt(body, field.path, `"a${sign}"`));
        expect([401, 410, 422], `${nameOf(operation)} ${pointerTo(field.path)}`).toContain(status);
      }
    }
  });
});

describe("an unknown field", () => {
  const objects = [
    ...validated.map((operation) => ({ operation, path: [] })),
    ...targets(({ schema }) => schema.properties !== undefined).map(({ operation, field }) => ({
      operation,
      path: field.path,
    })),
  ];

  it.each(["role", "tenant_id", "__proto__", "constructor", "prototype", "toString", "is_admin", "a/b", ""])(
    "named %j is 422, in the body and in every object of it",
    async (name) => {
      const { token } = (await newShop()).admin;
      for (const { operation, path } of objects) {
        const known = all.some(
          ({ operation: other, field }) =>
            other === operation && pointerTo(field.path) === pointerTo([...path, name]),
        );
        if (known) continue;
        const body = sampleOf(bodyOf(operation)?.json, path);
        const inner = JSON.stringify(
          path.reduce<unknown>((value, step) => Reflect.get(Object(value), step), body),
        );
        const changed = inner.replace("{", `{${JSON.stringify(name)}:{"x":1}${inner === "{}" ? "" : ","}`);
        const answer = await send(token, operation, replacedAt(body, path, changed));
        const label = `${nameOf(operation)} ${pointerTo(path)}`;
        expectRefused(answer, 422, "invalid", label);
        expect(pointersOf(answer), label).toContain(pointerTo([...path, name.replaceAll("/", "~1")]));
      }
    },
  );
});

describe("the check of JSON text before it is parsed", () => {
  const json = fc.json({ maxDepth: 5 });

  it("accepts what JSON.stringify writes", () => {
    fc.assert(
      fc.property(json, (text) => {
        expect(findJsonFault(text)).toBeNull();
      }),
    );
  });

  it("finds a duplicate member at any depth, however it is escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), json, fc.nat(5), (name, value, depth) => {
        const escaped = name
          .split("")
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
        const object = `{${JSON.stringify(name)}:${value},"${escaped.join("")}":1}`;
        expect(findJsonFault("[".repeat(depth) + object + "]".repeat(depth))).toMatchObject({
          detail: "duplicate field",
        });
      }),
    );
  });

  it("never throws", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("{", "}", "[", "]", '"', "\\", ":", ",", "a", "\\u12", "\u0000")),
        (signs) => {
          expect(() => findJsonFault(signs.join(""))).not.toThrow();
        },
      ),
    );
  });
});
