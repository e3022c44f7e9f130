// Validates the responses of all tests against the OpenAPI document.
import { dereference, type Schema, validate } from "@cfworker/json-schema";
import { z } from "zod";
import { withoutReferences } from "../../scripts/openapi/references.ts";
import { openApiDocument } from "../../src/openapi.ts";
import { problemSchemaName } from "../../src/http/problem-responses.ts";
import { membersOf } from "../../src/platform/problem-members.ts";
import { catalogue, type Slug } from "../../src/platform/problem-types.ts";
import { recordProblem } from "./answered-problems.ts";

const responseShape = z.looseObject({
  headers: z.record(z.string(), z.looseObject({ required: z.boolean().optional() })).optional(),
  content: z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) })).optional(),
});

const operationShape = z.looseObject({
  operationId: z.string().optional(),
  summary: z.string().optional(),
  tags: z.array(z.string()).optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  "x-scope": z.string().optional(),
  parameters: z
    .array(z.looseObject({ name: z.string(), in: z.string(), required: z.boolean().optional() }))
    .optional(),
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), responseShape),
});

const documentShape = z.looseObject({
  openapi: z.string(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

const { components } = openApiDocument;

const slugs = z.array(z.custom<Slug>()).parse(Object.keys(catalogue));
const slugBySchema = new Map(slugs.map((slug) => [problemSchemaName(slug), slug]));
const membersByType = new Map<Slug, object>(slugs.map((slug) => [slug, Reflect.get(membersOf, slug) ?? {}]));

/** The document, whose operations contain their headers, parameters and responses. Schemas remain references. */
export const contract = documentShape.parse(
  withoutReferences(openApiDocument, components, ["headers", "parameters", "responses"]),
);

export type Operation = z.infer<typeof operationShape> & { method: string; path: string };

export const operations: Operation[] = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    security: contract.security,
    ...operation,
    method: method.toUpperCase(),
    path,
  })),
);

/** Whether the operation may be called without signing in. */
export const isPublic = ({ security = [] }: Operation): boolean =>
  security.length === 0 || security.some((scheme) => Object.keys(scheme).length === 0);

/** The response that the operation declares for a status. */
export const responseTo = ({ responses }: Operation, status: number) =>
  responses[String(status)] ?? responses[`${Math.floor(status / 100)}XX`];

/** The path with this id for each of its parameters. */
export const fill = (path: string, id: string): string => path.replaceAll(/\{\w+\}/g, id);

export const nameOf = ({ method, path }: Operation): string => `${method} ${path}`;

const pattern = (path: string): RegExp => new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`);

const patterns = operations.map((operation) => ({ operation, pattern: pattern(operation.path) }));

/** The declared operation of a request; of several paths that match, the one with the fewest parameters. */
export function operationOf(method: string, path: string): Operation | undefined {
  const matching = patterns.filter((each) => each.operation.method === method && each.pattern.test(path));
  return matching.toSorted(
    (a, b) => a.operation.path.split("{").length - b.operation.path.split("{").length,
  )[0]?.operation;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the validator's type is narrower than JSON Schema
const asSchema = (value: unknown): Schema => value as Schema;

// What the references of a schema refer to. Most of it is the same for all responses, and finding it takes longer than validating.
const references = dereference(asSchema({ components: contract.components }));
const schemasOfResponses = new Set<unknown>();

/** How the content of a response violates its schema, which is the object in the document; null if it does not. */
function contentViolation(schema: Record<string, unknown>, value: unknown): string | null {
  if (!schemasOfResponses.has(schema)) {
    dereference(asSchema(schema), references, undefined, `/responses/${schemasOfResponses.size}`);
    schemasOfResponses.add(schema);
  }
  const { valid, errors } = validate(value, asSchema(schema), "2020-12", references, false);
  return valid ? null : JSON.stringify(errors.slice(-2));
}

// The document declares them for problems only.
const COMMON_HEADERS = ["X-Request-Id", "Server-Timing", "RateLimit-Policy", "RateLimit"];

const referenceShape = z.object({
  $ref: z.string().transform((text) => text.slice(text.lastIndexOf("/") + 1)),
});

const problemsBySchema = new Map<unknown, { slug: Slug; schema: Record<string, unknown> }[]>();

/** The types of problems in the schema of a response, each with its own schema. */
function declaredTypes(schema: unknown): { slug: Slug; schema: Record<string, unknown> }[] {
  const known = problemsBySchema.get(schema);
  if (known) return known;
  const { anyOf } = z
    .object({ anyOf: z.array(z.record(z.string(), z.unknown())) })
    .catch({ anyOf: [] })
    .parse(schema);
  const types = (anyOf.length > 0 ? anyOf : [z.record(z.string(), z.unknown()).parse(schema)]).map((each) => {
    const { $ref } = referenceShape.parse(each);
    const slug = slugBySchema.get($ref);
    if (!slug) throw new Error(`${$ref} is not the schema of a problem`);
    return { slug, schema: each };
  });
  problemsBySchema.set(schema, types);
  return types;
}

/** The types of problems that an operation declares, with the status of their response. */
export const declaredProblems = ({ responses }: Operation): { status: string; slug: Slug }[] =>
  Object.entries(responses).flatMap(([status, { content }]) => {
    const schema = content?.["application/problem+json"]?.schema;
    return schema ? declaredTypes(schema).map(({ slug }) => ({ status, slug })) : [];
  });

export const problemsOf = (operation: Operation): Slug[] =>
  declaredProblems(operation).map(({ slug }) => slug);

const problemShape = z.looseObject({ type: z.string() });
const MEMBERS = new Set(["type", "title", "status", "detail", "instance", "request_id"]);

/** How a problem violates the schema of its response: its type is not declared, or it is not as its type declares it. */
function problemViolation(schema: unknown, body: unknown): string | null {
  const problem = problemShape.parse(body);
  const declared = declaredTypes(schema).find(({ slug }) => problem.type === `/problems/${slug}`);
  if (!declared) return `${problem.type} is not declared`;
  const extra = Object.keys(membersByType.get(declared.slug) ?? {});
  const unknown = Object.keys(problem).find((name) => !MEMBERS.has(name) && !extra.includes(name));
  return unknown === undefined
    ? contentViolation(declared.schema, body)
    : `${problem.type} does not declare the member ${unknown}`;
}

/** How a response violates the document; null if it is as declared. */
export function contractViolation(
  method: string,
  path: string,
  response: Response,
  text: string,
): string | null {
  const operation = operationOf(method, path);
  if (!operation) return null;
  const name = `${method} ${operation.path}`;
  const declared = responseTo(operation, response.status);
  if (!declared) return `${name} does not declare ${response.status}`;
  const required = Object.entries(declared.headers ?? {}).filter(([, header]) => header.required);
  const missing = [...COMMON_HEADERS, ...required.map(([header]) => header)].find(
    (header) => !response.headers.has(header),
  );
  if (missing) return `${name} has no header ${missing}`;
  if (!declared.content) return text === "" ? null : `${name} declares no content for ${response.status}`;
  const type = (response.headers.get("content-type") ?? "").split(";")[0] ?? "";
  const content = declared.content[type];
  if (!content) return `${name} does not declare ${type} for ${response.status}`;
  if (!type.endsWith("json")) return null;
  const body: unknown = JSON.parse(text);
  const isProblem = type === "application/problem+json";
  const violation = (isProblem ? problemViolation : contentViolation)(content.schema, body);
  if (isProblem && violation === null)
    recordProblem(operation.operationId ?? "", problemShape.parse(body).type);
  return violation && `${name} ${response.status}: ${violation} in ${text.slice(0, 300)}`;
}
