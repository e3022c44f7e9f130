// The generated sources of the SDK.
import { comment, property, Schema, typeOf } from "./schema-type.ts";
import type { SdkOperation } from "./operations.ts";

const HEAD = "// Generated from openapi.json by npm run openapi. Do not edit.\n";
const API = "/api/v1/";

const capitalized = (id: string): string => id.charAt(0).toUpperCase() + id.slice(1);

/** The table by which the client sends requests: method, path and flags of each operation. Paths of the API are relative to it. */
export function operationTable(operations: SdkOperation[]): string {
  const rows = operations.map(({ id, method, path, flags }) => {
    const relative = path.startsWith(API) ? path.slice(API.length) : path;
    return `  ${id}: "${[method, relative, flags].filter(Boolean).join(" ")}",`;
  });
  return `${HEAD}
/**
 * Method, path and flags of each operation. Flags: b takes a JSON body, f a form, u uploads a file, q takes query parameters, i takes an
 * Idempotency-Key, m If-Match, n If-None-Match, c a cart token, o an order token, t the name of a shop.
 */
export const OPERATIONS = {
${rows.join("\n")}
} as const;
`;
}

const camelCase = (name: string): string =>
  name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const queryName = ({ id }: SdkOperation): string => `${capitalized(id)}Query`;

function queryType(operation: SdkOperation): string {
  if (operation.query.length === 0) return "";
  const fields = operation.query.map(({ name, required = false, description, schema }) =>
    property(
      name,
      queryValue(typeOf(schema, "  ")),
      required,
      description ?? Schema.parse(schema).description,
      "  ",
    ),
  );
  return `export type ${queryName(operation)} = {\n${fields.join("\n")}\n};\n`;
}

// A flag is a word in a query string; the client writes booleans as such.
const queryValue = (type: string): string => (type === "Flag" ? "boolean | Flag" : type);

function argumentsOf(operation: SdkOperation, when: string, isDefault: boolean): string {
  const { segments, body, query, options, results } = operation;
  const needsQuery = query.some(({ required }) => required) || !isDefault;
  const querySource = [...(query.length > 0 ? [queryName(operation)] : []), ...(when ? [when] : [])].join(
    " & ",
  );
  const optionNames = options.map((option) => `"${option}"`).join(" | ");
  const optionType = [
    optionNames ? `CallOptions<${optionNames}>` : "CallOptions",
    ...(body?.flag === "u" ? ["UploadOptions"] : []),
  ].join(" & ");
  return [
    ...segments.map((name) => `${camelCase(name)}: string`),
    ...(body
      ? [
          `body${body.isRequired || (needsQuery && results.length > 0 && querySource) ? "" : "?"}: ${body.type}`,
        ]
      : []),
    ...(querySource ? [`query${needsQuery ? "" : "?"}: ${querySource}`] : []),
    `options?: ${optionType}`,
  ].join(", ");
}

function method(operation: SdkOperation): string {
  const { id, summary, notes, results } = operation;
  const text = comment(`${summary}\n\n${notes.join(". ")}.`, "  ");
  const lines = results.map(
    ({ when, isDefault, type }) =>
      `  ${id}(${argumentsOf(operation, when, isDefault)}): Result<M, ${type}>;\n`,
  );
  return lines.map((line) => `${text}${line}`).join("");
}

function pageMethod(operation: SdkOperation): string {
  const { id, pageItem, results, summary } = operation;
  const first = results.find(({ isDefault }) => isDefault);
  if (pageItem === null || !first) return "";
  const text = comment(`${summary}, page after page`, "  ");
  return `${text}  ${id}(${argumentsOf(operation, first.when, true)}): Pages<${pageItem}, ${first.type}>;\n`;
}

/** The types of the components, of query parameters, and of the methods. */
export function types(
  operations: SdkOperation[],
  schemas: Record<string, unknown>,
  webhooks: Record<string, string>,
  problems: Record<string, string>,
): string {
  const components = Object.entries(schemas).map(
    ([name, schema]) =>
      `${comment(Schema.parse(schema).description, "")}export type ${name} = ${typeOf(schema)};\n`,
  );
  const events = Object.values(webhooks).join("\n  | ");
  const members = Object.entries(problems).map(([slug, type]) => `  "${slug}": ${type};`);
  return `${HEAD}
import type { Pages } from "../pages.ts";
import type { CallOptions, Mode, Result, UploadBody, UploadOptions } from "../types.ts";

${components.join("\n")}
/** The body of a webhook, by its type. */
export type WebhookEvent =
  | ${events};

/** The members of each problem beyond those that all have, by the last segment of its type. */
export interface ProblemMembers {
${members.join("\n")}
}

${operations.map(queryType).filter(Boolean).join("\n")}
/** A method for each operation of the API, by its operationId. */
export interface Operations<M extends Mode> {
${operations.map(method).join("\n")}}

/** The lists that have pages. */
export interface PagedOperations {
${operations.map(pageMethod).filter(Boolean).join("\n")}}
`;
}
