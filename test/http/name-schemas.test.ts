import { expect, it } from "vitest";
import { nameSchema, nameSchemas } from "../../src/http/name-schemas.ts";

it("a list is no schema, and stays as it is", () => {
  expect(nameSchemas({}, ["a"], "Name")).toEqual(["a"]);
});

it("an enumeration may be null only if null is one of its types", () => {
  const components = {};
  const of = (type: string[]) =>
    nameSchema(components, { type, enum: ["a", 1] }, `Name${type.length}${type.at(-1)}`);
  expect(of(["string", "number"])).toEqual({ $ref: "#/components/schemas/Name2number" });
  expect(of(["string", "null"])).toEqual({
    anyOf: [{ $ref: "#/components/schemas/Name2null" }, { type: "null" }],
  });
});

it("a schema has no keywords that it does not need", () => {
  const plain = { type: "string", maxLength: 5 };
  expect(nameSchemas({}, plain, "Name")).toStrictEqual(plain);
  const components = {};
  expect(nameSchema(components, { type: "string", enum: ["a", "b"] }, "Letter")).toStrictEqual({
    $ref: "#/components/schemas/Letter",
  });
  expect(nameSchema(components, { type: "string", enum: ["a"] }, "One")).toStrictEqual({
    type: "string",
    enum: ["a"],
  });
  expect(components).toStrictEqual({ Letter: { type: "string", enum: ["a", "b"] } });
});
