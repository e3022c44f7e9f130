// The operations of the OpenAPI document, as the client needs them.
import { z } from "zod";
import { withoutReferences } from "../openapi/references.ts";
import { typeOf } from "./schema-type.ts";

const Content = z.record(z.string(), z.object({ schema: z.unknown() }));
const Parameter = z.object({
  in: z.enum(["cookie", "header", "path", "query"]),
  name: z.string(),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema: z.unknown(),
});
const Operation = z.object({
  operationId: z.string(),
  summary: z.string(),
  parameters: z.array(Parameter).default([]),
  requestBody: z.object({ content: Content, required: z.boolean().default(false) }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: Content.optional() })),
  security: z.array(z.record(z.string(), z.unknown())).default([]),
  "x-roles": z.array(z.string()).default([]),
  "x-scope": z.string().optional(),
});

type Parameter = z.infer<typeof Parameter>;
type Parsed = z.infer<typeof Operation>;

/** What the client passes as an option of a call, by the header that takes it. */
const HEADER_OPTIONS: Record<string, { option: string; flag: string }> = {
  "idempotency-key": { option: "idempotencyKey", flag: "i" },
  "if-match": { option: "ifMatch", flag: "m" },
  "if-none-match": { option: "ifNoneMatch", flag: "n" },
  "x-cart": { option: "cart", flag: "c" },
  "x-order": { option: "order", flag: "o" },
};

/** A result of an operation. `when` are the query parameters that select it, as a type; empty for the only or the default one. */
type Result = { when: string; isDefault: boolean; type: string };

export type SdkOperation = {
  id: string;
  method: string;
  path: string;
  summary: string;
  notes: string[];
  /** Names of path parameters, in order. */
  segments: string[];
  body: { type: string; isRequired: boolean; flag: "b" | "f" | "u" } | null;
  query: Parameter[];
  options: string[];
  flags: string;
  results: Result[];
  /** The items of a list with pages, and its page. */
  pageItem: string | null;
};

// The parameter of startImport that decides between its two results.
const DRY_RUN: Record<string, Result[]> = {
  startImport: [
    { when: "{ dry_run?: undefined }", isDefault: true, type: "Import" },
    { when: '{ dry_run: "true" | "head" }', isDefault: false, type: "ImportDryRun" },
  ],
};

const MEDIA_TYPES: Record<string, string> = {
  json: "application/json",
  csv: "text/csv",
  html: "text/html",
  text: "text/plain",
};

const typeOfContent = (mediaType: string, schema: unknown): string => {
  if (mediaType.endsWith("json")) return typeOf(schema, "  ");
  return mediaType.startsWith("text/") ? "string" : "Blob";
};

/** The bodies of successful responses by their media type. */
function successes({ responses }: Parsed): Map<string, string> {
  const ok = Object.entries(responses).filter(([status]) => status.startsWith("2"));
  const contents = ok.flatMap(([, { content = {} }]) => Object.entries(content));
  const types = new Map<string, Set<string>>();
  for (const [mediaType, { schema }] of contents)
    types.set(mediaType, (types.get(mediaType) ?? new Set()).add(typeOfContent(mediaType, schema)));
  return new Map([...types].map(([mediaType, found]) => [mediaType, [...found].join(" | ")]));
}

const Choices = z.object({ enum: z.array(z.string()) });

function formatsOf({ parameters }: Parsed, components: unknown): string[] {
  const format = parameters.find(({ name }) => name === "format");
  const choices = Choices.safeParse(shallow(format?.schema, components));
  return choices.success ? choices.data.enum : [];
}

function resultsOf(operation: Parsed, components: unknown): Result[] {
  const fixed = DRY_RUN[operation.operationId];
  if (fixed) return fixed;
  const byType = successes(operation);
  const formats = formatsOf(operation, components);
  if (formats.length < 2 || byType.size < 2)
    return [{ when: "", isDefault: true, type: [...new Set(byType.values())].join(" | ") || "void" }];
  return formats.map((format) => {
    const type = byType.get(MEDIA_TYPES[format] ?? "");
    if (type === undefined) throw new Error(`${operation.operationId} has no response of format=${format}`);
    const isDefault = format === "json";
    return {
      when: `{ format${isDefault ? "?" : ""}: "${format}"${isDefault ? " | undefined" : ""} }`,
      isDefault,
      type,
    };
  });
}

const FORM = "application/x-www-form-urlencoded";

function bodyOf({ requestBody }: Parsed): SdkOperation["body"] {
  if (!requestBody) return null;
  const { content, required: isRequired } = requestBody;
  const fields = content["application/json"] ?? content[FORM];
  if (!fields) return { type: "UploadBody", isRequired, flag: "u" };
  return { type: typeOf(fields.schema, "  "), isRequired, flag: content[FORM] ? "f" : "b" };
}

const Page = z.object({
  properties: z.object({
    data: z.object({ items: z.unknown() }),
    next_cursor: z.unknown(),
  }),
});

/** The type of the items if the operation answers pages. */
function pageItemOf(operation: Parsed, components: unknown): string | null {
  if (!operation.parameters.some(({ name }) => name === "cursor")) return null;
  const schema = operation.responses["200"]?.content?.["application/json"]?.schema;
  const page = Page.safeParse(shallow(schema, components));
  return page.success ? typeOf(page.data.properties.data.items) : null;
}

/** A schema, or the component that it names. */
function shallow(schema: unknown, components: unknown): unknown {
  const reference = z.object({ $ref: z.string() }).safeParse(schema);
  if (!reference.success) return schema;
  const schemas = z.object({ schemas: z.record(z.string(), z.unknown()) }).parse(components).schemas;
  return schemas[reference.data.$ref.slice(reference.data.$ref.lastIndexOf("/") + 1)];
}

const hasHeader = (operation: Parsed, name: string): boolean =>
  operation.parameters.some((each) => each.in === "header" && each.name.toLowerCase() === name);

function sdkOperation(path: string, method: string, operation: Parsed, components: unknown): SdkOperation {
  const body = bodyOf(operation);
  const isPublic = operation.security.some((each) => Object.keys(each).length === 0);
  const hasTenant = operation.parameters.some(({ name }) => name === "tenant");
  const results = resultsOf(operation, components);
  const query = operation.parameters.filter(
    ({ in: where, name }) =>
      where === "query" && name !== "tenant" && !results.some(({ when }) => when.startsWith(`{ ${name}`)),
  );
  const headers = Object.entries(HEADER_OPTIONS).filter(([name]) => hasHeader(operation, name));
  const flags = [
    ...(body ? [body.flag] : []),
    ...(query.length > 0 || results.length > 1 ? ["q"] : []),
    ...headers.map(([, { flag }]) => flag),
    ...(hasHeader(operation, "x-tenant") || (isPublic && hasTenant) ? ["t"] : []),
  ];
  const roles = operation["x-roles"];
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    summary: operation.summary,
    notes: [
      `${method.toUpperCase()} ${path}`,
      ...(roles.length > 0 ? [`Roles: ${roles.join(", ")}`] : []),
      ...(operation["x-scope"] === undefined ? [] : [`Scope: ${operation["x-scope"]}`]),
    ],
    segments: [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []),
    body,
    query,
    options: headers.map(([, { option }]) => option),
    flags: flags.join(""),
    results,
    pageItem: pageItemOf(operation, components),
  };
}

/** The operations, sorted by their names. */
export function sdkOperations(
  paths: Record<string, Record<string, unknown>>,
  components: unknown,
): SdkOperation[] {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, value]) => {
      const resolved = withoutReferences(value, components, ["headers", "parameters", "responses"]);
      return sdkOperation(path, method, Operation.parse(resolved), components);
    }),
  );
  return operations.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
