// What is wrong with a field has a code, by which a program says it in the language of a person.
import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { newShop } from "../support/shops.ts";

type Fault = { pointer: string; detail: string; code?: string; bound?: number };

/** The faults of a request that an ADMIN sends, without their details. */
async function faultsOf(path: string, json: unknown): Promise<Omit<Fault, "detail">[]> {
  const { token } = (await newShop()).admin;
  const { status, body } = await call("POST", `${API}${path}`, { token, json });
  expect(status).toBe(422);
  return body.errors.map(({ pointer, code, bound }: Fault) => ({
    pointer,
    code,
    ...(bound !== undefined && { bound }),
  }));
}

const product = { sku: "T-1", title: "Taza", price: 1250 };

describe("a fault of a field", () => {
  it.each<[string, string, object, Omit<Fault, "detail">]>([
    ["a missing field", "/products", { sku: "T-1", price: 1 }, { pointer: "#/title", code: "required" }],
    ["an empty text", "/customers", { name: " " }, { pointer: "#/name", code: "required" }],
    [
      "a text that is too long",
      "/customers",
      { name: "a".repeat(201) },
      { pointer: "#/name", code: "too_long", bound: 200 },
    ],
    [
      "a text that is too short",
      "/auth/register",
      { tenant: "x", email: "a@example.com", password: "short", first_name: "A", last_name: "B" },
      { pointer: "#/password", code: "too_short", bound: 8 },
    ],
    ["no e-mail", "/customers", { name: "A", email: "ana" }, { pointer: "#/email", code: "not_an_email" }],
    [
      "no phone",
      "/customers",
      { name: "A", phone: "call me" },
      { pointer: "#/phone", code: "not_a_phone_number" },
    ],
    [
      "a number below the least",
      "/products",
      { ...product, price: -1 },
      { pointer: "#/price", code: "too_small", bound: 0 },
    ],
    [
      "a number above the greatest",
      "/tax-rates",
      { name: "IVA", rate: 100_001 },
      { pointer: "#/rate", code: "too_large", bound: 100_000 },
    ],
    [
      "a text for a number",
      "/products",
      { ...product, stock: "three" },
      { pointer: "#/stock", code: "not_a_number" },
    ],
    ["a fraction", "/products", { ...product, price: 1.5 }, { pointer: "#/price", code: "not_an_integer" }],
    ["half a piece", "/products", { ...product, stock: 1.5 }, { pointer: "#/stock", code: "not_an_integer" }],
    [
      "a unit that does not exist",
      "/products",
      { ...product, unit: "box" },
      { pointer: "#/unit", code: "not_an_option" },
    ],
    [
      "a wrong check digit",
      "/products",
      { ...product, isbn: "978-84-376-0494-0" },
      { pointer: "#/isbn", code: "not_an_isbn" },
    ],
    [
      "an invisible character",
      "/customers",
      { name: "Bego\u200bña" },
      { pointer: "#/name", code: "invalid_characters" },
    ],
    [
      "more items than a list takes",
      "/customers",
      {
        name: "A",
        addresses: Array.from({ length: 21 }, () => ({
          lines: ["x"],
          city: "x",
          postal_code: "1",
          country: "ES",
        })),
      },
      { pointer: "#/addresses", code: "too_many_items", bound: 20 },
    ],
    [
      "an unknown field",
      "/customers",
      { name: "A", nick: "B" },
      { pointer: "#/nick", code: "unknown_field" },
    ],
  ])("has a code: %s", async (_, path, json, fault) => {
    expect(await faultsOf(path, json)).toContainEqual(fault);
  });
});
