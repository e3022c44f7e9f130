import { describe, expect, it } from "vitest";
import { z } from "zod";
import changelog from "../../CHANGELOG.md?raw";
import committed from "../../openapi.json?raw";
import lock from "../../openapi.lock.json";
import { EVENT_TYPES } from "../../src/events/schema.ts";
import { openApiDocument } from "../../src/openapi.ts";
import { lockOf, nextLock } from "../../scripts/openapi/lock.ts";
import { openApiText, withoutTexts } from "../../scripts/openapi/text.ts";
import { call } from "../support/client.ts";
import { operations } from "../support/contract.ts";

const documented = z
  .object({
    paths: z.record(
      z.string(),
      z.record(
        z.string(),
        z.object({
          operationId: z.string(),
          responses: z.record(
            z.string(),
            z.object({ $ref: z.string().optional(), headers: z.record(z.string(), z.unknown()).optional() }),
          ),
        }),
      ),
    ),
    components: z.object({
      headers: z.record(z.string(), z.unknown()),
      parameters: z.record(z.string(), z.unknown()),
      responses: z.record(z.string(), z.unknown()),
      schemas: z.record(z.string(), z.looseObject({ enum: z.array(z.unknown()).optional() })),
    }),
  })
  .parse(openApiDocument);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const hasChoice = ({ enum: values }: Record<string, unknown>): boolean =>
  Array.isArray(values) && values.length > 1;

/** Every object of the document with its path. */
function nodes(value: unknown, path = ""): { node: Record<string, unknown>; path: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.entries(value).flatMap(([name, each]) => nodes(each, `${path}/${name}`));
  return isObject(value) ? [{ node: value, path }, ...inside] : inside;
}

/** JSON pointers to where two values differ. */
function differences(before: unknown, after: unknown, pointer = ""): string[] {
  if (Object.is(before, after)) return [];
  if (typeof before !== "object" || typeof after !== "object" || before === null || after === null)
    return [pointer];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) =>
    differences(
      Reflect.get(before, name),
      Reflect.get(after, name),
      `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
    ),
  );
}

describe("the served OpenAPI document", () => {
  const copy: unknown = JSON.parse(committed);
  const served = async () => openApiText((await call("GET", "/openapi.json")).body);

  it("declares the same contract as openapi.json", async () => {
    const changed = differences(withoutTexts(copy), withoutTexts(JSON.parse(await served())));
    expect(
      changed.slice(0, 20),
      "The contract has changed. If clients may see the change, run `npm run openapi`, commit openapi.json and add a line to CHANGELOG.md.",
    ).toEqual([]);
  });

  it("has changed together with the changelog", () => {
    const locked = lockOf(committed, changelog).contract;
    expect(lock.contract, "openapi.lock.json does not belong to openapi.json: run `npm run openapi`.").toBe(
      locked,
    );
  });

  it("has the texts of openapi.json", async () => {
    const text = await served();
    const message =
      "Texts have changed. Run `npm run openapi`, commit openapi.json and add a line to CHANGELOG.md.";
    expect(differences(copy, JSON.parse(text)).slice(0, 20), message).toEqual([]);
    expect(committed === text, "openapi.json was edited by hand: run `npm run openapi`.").toBe(true);
  });
});

describe("the size of the document", () => {
  it("is small because what operations share is a component", () => {
    const responses = Object.values(documented.paths).flatMap((each) =>
      Object.values(each).flatMap((operation) => Object.values(operation.responses)),
    );
    const inline = responses
      .map((each) => JSON.stringify(each))
      .filter((each) => !each.startsWith('{"$ref"'));
    const repeated = inline.filter(
      (each, index) => each.includes("problem+json") && inline.indexOf(each) !== index,
    );
    expect([...new Set(repeated)]).toEqual([]);
    expect(JSON.stringify(openApiDocument).length / operations.length).toBeLessThan(2_700);
  });
});

describe("the schemas of the document", () => {
  const { schemas } = documented.components;

  it("are named wherever they are an object or an enumeration", () => {
    const anonymous = nodes(openApiDocument).filter(
      ({ node, path }) =>
        !/^\/components\/schemas\/\w+(\/allOf\/\d)*$/.test(path) &&
        !path.includes("/example") &&
        (isObject(node["properties"]) ? !path.endsWith("/properties") : hasChoice(node)),
    );
    expect(anonymous.map(({ path }) => path)).toEqual([]);
  });

  it("have names that differ in more than case, also from those that generators derive", () => {
    const ids = operations.flatMap(({ operationId = "" }) =>
      ["Data", "Error", "Errors", "Params", "Response"].map((suffix) => `${operationId}${suffix}`),
    );
    const { parameters, responses } = documented.components;
    const components = [
      ...Object.keys(parameters).map((name) => `${name}Parameter`),
      ...Object.keys(responses).map((name) => `${name}Response`),
    ];
    const names = [...Object.keys(schemas), ...components, ...ids].map((name) => name.toLowerCase());
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("declare an enumeration once", () => {
    const values = Object.values(schemas).flatMap(({ enum: each }) =>
      each === undefined ? [] : [JSON.stringify(each.map(String).toSorted())],
    );
    expect(values.length).toBeGreaterThan(30);
    expect(values.filter((each, index) => values.indexOf(each) !== index)).toEqual([]);
  });

  it("that may be null are not combined with one that excludes null", () => {
    const impossible = nodes(openApiDocument).filter(
      ({ node: { allOf } }) =>
        Array.isArray(allOf) && allOf.some((part) => [part.type].flat().includes("null")),
    );
    expect(impossible.map(({ path }) => path)).toEqual([]);
  });
});

describe("an operationId", () => {
  it("is a verb and a noun: get for one, list for many, create and update", () => {
    const ids = operations.map(({ operationId = "" }) => operationId);
    const verbs = new Set(
      "accept add approve cancel change close confirm correct create delete deny empty end erase export get hide join list look mail merge move ping receive record refresh refund register remove renew replace replay request reset retry revoke rotate run save search set start suggest undo update void withdraw".split(
        " ",
      ),
    );
    expect(ids.filter((id) => !verbs.has(/^[a-z]+(?=[A-Z])/.exec(id)?.[0] ?? ""))).toEqual([]);
  });
});

describe("a 201", () => {
  it("has Location", () => {
    const creating = operations.filter(({ responses }) => responses["201"] !== undefined);
    expect(creating.length).toBeGreaterThan(15);
    const without = creating.filter(({ responses }) => !responses["201"]?.headers?.["Location"]?.required);
    expect(without.map(({ operationId }) => operationId)).toEqual([]);
  });
});

describe("the webhooks of the document", () => {
  it("have a named schema for each type of event", () => {
    const webhooks = z
      .record(
        z.string(),
        z.object({
          post: z.object({
            requestBody: z.object({
              content: z.object({ "application/json": z.object({ schema: z.object({ $ref: z.string() }) }) }),
            }),
          }),
        }),
      )
      .parse(openApiDocument["webhooks"]);
    expect(Object.keys(webhooks)).toEqual([...EVENT_TYPES]);
    const names = Object.values(webhooks).map(
      ({ post }) => post.requestBody.content["application/json"].schema.$ref,
    );
    expect(new Set(names).size).toBe(EVENT_TYPES.length);
  });
});

describe("the bodies of the document", () => {
  const { components, paths } = openApiDocument;

  it("have no defaults, which generators take for required fields", () => {
    const operationBodies = Object.values(paths).flatMap((each) =>
      Object.values(each).map(({ requestBody }) => requestBody),
    );
    const found = nodes([components.schemas, operationBodies]).filter(
      ({ node, path }) => "default" in node && !path.endsWith("/properties") && !path.includes("/example"),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  it("are binary where they are CSV", () => {
    const csv = operations.flatMap(({ operationId, responses }) =>
      Object.values(responses).flatMap(({ content }) => {
        const schema = content?.["text/csv"]?.schema;
        return schema ? [[operationId, schema["type"], schema["format"]]] : [];
      }),
    );
    expect(csv.length).toBeGreaterThan(15);
    expect(csv.filter(([, type, format]) => type !== "string" || format !== "binary")).toEqual([]);
  });
});

describe("the comparison without texts", () => {
  const schema = {
    title: "A book",
    description: "For sale",
    properties: { title: { type: "string", description: "Its title", example: "Emma" } },
    default: { title: "Emma" },
  };

  it("ignores texts, and not properties or values that are named as texts are", () => {
    expect(withoutTexts(schema)).toEqual({
      properties: { title: { type: "string" } },
      default: { title: "Emma" },
    });
  });

  it("finds a property that is missing, and a value that has changed", () => {
    const { title: _, ...without } = schema.properties;
    const changed = { ...schema, properties: without, default: { title: "Emma II" } };
    expect(differences(withoutTexts(schema), withoutTexts(changed))).toEqual([
      "/properties/title",
      "/default/title",
    ]);
  });
});

describe("the lock of the contract", () => {
  const log = (line: string): string =>
    `## Unreleased\n\n### SDK\n\n- Other\n\n### API\n\n- ${line}\n\n### Operation\n\n- More\n\n## 1.0\n\n### API\n\n- Old\n`;
  const documentOf = (paths: object): string => JSON.stringify({ info: { description: "A" }, paths });
  const before = lockOf(documentOf({}), log("One"));

  it("is refused where the contract has changed and what the changelog says of the API has not", () => {
    expect(nextLock(before, lockOf(documentOf({ "/a": {} }), log("One")))).toBeNull();
    for (const other of ["Other", "More", "Old"])
      expect(
        nextLock(before, lockOf(documentOf({ "/a": {} }), log("One").replace(other, "Less"))),
      ).toBeNull();
  });

  it("follows the contract and the changelog together", () => {
    const now = lockOf(documentOf({ "/a": {} }), log("Two"));
    expect(nextLock(before, now)).toEqual(now);
  });

  it("stays where only texts have changed", () => {
    const text = documentOf({}).replace('"A"', '"B"');
    expect(nextLock(before, lockOf(text, log("One")))).toEqual(before);
  });
});
