import { expect, it } from "vitest";
import { tidyDocument } from "../../src/http/tidy-document.ts";

const REFERENCE = { $ref: "#/components/schemas/Colour" };

/** The property `a` of a component, tidied. */
function tidied(property: unknown): unknown {
  const Thing = { type: "object", properties: { a: property } };
  const document = {
    paths: {},
    webhooks: {},
    components: { schemas: { Thing, Colour: { type: "string" } } },
  };
  return JSON.parse(JSON.stringify(tidyDocument(document).components.schemas)).Thing.properties.a;
}

it("an annotated reference is one schema, and one that may be null is one of two", () => {
  expect(tidied({ allOf: [REFERENCE, { description: "Of the cover" }] })).toEqual({
    ...REFERENCE,
    description: "Of the cover",
  });
  expect(tidied({ allOf: [REFERENCE, { type: ["string", "null"] }] })).toEqual({
    anyOf: [REFERENCE, { type: "null" }],
  });
});

it("a schema that must fit two references, or has further properties, stays as it is", () => {
  for (const property of [
    { allOf: [REFERENCE, { description: "Of the cover" }, REFERENCE] },
    { allOf: [REFERENCE, { properties: { b: { type: "string" } } }] },
  ])
    expect(tidied(property)).toEqual(property);
});

it("the description of a parameter is left out of its schema, unless its schema has one of its own", () => {
  const parameters = ["Of the parameter", "Of the schema"].map((description, index) => ({
    name: `p${index}`,
    description: "Of the parameter",
    schema: { type: "string", description },
  }));
  const document = {
    paths: { "/things": { get: { operationId: "listThings", parameters, responses: {} } } },
    webhooks: {},
    components: { schemas: {} },
  };
  expect(tidyDocument(document).paths["/things"]?.["get"]?.parameters).toMatchObject([
    { name: "p0", description: "Of the parameter", schema: { type: "string" } },
    {
      name: "p1",
      description: "Of the parameter",
      schema: { type: "string", description: "Of the schema" },
    },
  ]);
});
