// TypeScript types of JSON schemas, as far as the OpenAPI document uses them.
import { z } from "zod";

const TypeName = z.enum(["array", "boolean", "integer", "null", "number", "object", "string"]);

export const Schema = z.looseObject({
  $ref: z.string().optional(),
  additionalProperties: z.unknown().optional(),
  allOf: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  oneOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  type: z.union([TypeName, z.array(TypeName)]).optional(),
});

type Schema = z.infer<typeof Schema>;

/** The name of a component, by the reference to it. */
export const referredName = (reference: string): string => reference.slice(reference.lastIndexOf("/") + 1);

/** A JSDoc comment; empty without a text. */
export function comment(text: string | undefined, indent: string): string {
  if (!text) return "";
  const lines = text.replaceAll("*/", "*\\/").trim().split("\n");
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

const propertyName = (name: string): string => (/^[a-z_]\w*$/i.test(name) ? name : JSON.stringify(name));

/** One property of an object type. Optional ones accept undefined, because JSON and query strings leave it out. */
export const property = (
  name: string,
  type: string,
  isRequired: boolean,
  description: string | undefined,
  indent: string,
): string =>
  `${comment(description, indent)}${indent}${propertyName(name)}${isRequired ? "" : "?"}: ${type}${isRequired || type === "unknown" ? "" : " | undefined"};`;

function objectType(schema: Schema, indent: string): string {
  const { properties = {}, required = [], additionalProperties: rest } = schema;
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(([name, value]) => {
    const description = Schema.parse(value).description;
    return property(name, typeOf(value, inner), required.includes(name), description, inner);
  });
  const isOpen = rest !== undefined && rest !== false;
  if (fields.length === 0)
    return rest === false ? "Record<string, never>" : `Record<string, ${openType(rest ?? true, indent)}>`;
  const closed = `{\n${fields.join("\n")}\n${indent}}`;
  return isOpen ? `${closed} & Record<string, ${openType(rest, indent)}>` : closed;
}

const openType = (rest: unknown, indent: string): string =>
  rest === true ? "unknown" : typeOf(rest, indent);

/** The parts of a union or an intersection; parts that are unions themselves need parentheses. */
const joined = (parts: unknown[], sign: "&" | "|", indent: string): string =>
  [...new Set(parts.map((part) => typeOf(part, indent)))]
    .map((type) => (sign === "&" && type.includes(" | ") && !type.startsWith("{") ? `(${type})` : type))
    .join(` ${sign} `);

function plainType(name: z.infer<typeof TypeName>, schema: Schema, indent: string): string {
  if (name === "object") return objectType(schema, indent);
  if (name === "integer") return "number";
  if (name !== "array") return name;
  const item = schema.items === undefined ? "unknown" : typeOf(schema.items, indent);
  return /^[\w.]+$/.test(item) || item.endsWith("[]") ? `${item}[]` : `(${item})[]`;
}

/** The type of a schema; nested lines are indented beyond `indent`. */
export function typeOf(value: unknown, indent = ""): string {
  const schema = Schema.parse(value);
  const { $ref: reference, allOf, anyOf = schema.oneOf, type } = schema;
  if (reference !== undefined) return referredName(reference);
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(" | ");
  if ("const" in schema) return JSON.stringify(schema.const);
  if (allOf) return joined(allOf, "&", indent);
  if (anyOf) return joined(anyOf, "|", indent);
  if (type === undefined) return schema.properties ? objectType(schema, indent) : "unknown";
  const names = Array.isArray(type) ? type : [type];
  return [...new Set(names.map((name) => plainType(name, schema, indent)))].join(" | ");
}
