// The OpenAPI document as text that is stable and gives short diffs.

const TEXTS = new Set(["title", "description", "summary", "example", "examples"]);
// Values, which may have fields of any name.
const VALUES = new Set(["const", "default", "enum"]);
const INDENTED_LEVELS = 5;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Sorts what has no order: the keys of objects and the names of required properties. */
function sorted(value: unknown, parent = ""): unknown {
  if (Array.isArray(value))
    return parent === "required" ? value.map(String).toSorted() : value.map((each) => sorted(each));
  if (!isObject(value)) return value;
  const names = Object.keys(value).toSorted();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name], name)]));
}

function print(value: unknown, level: number): string {
  if (!isObject(value) || level === INDENTED_LEVELS || Object.keys(value).length === 0)
    return JSON.stringify(value);
  const indent = "  ".repeat(level);
  const lines = Object.entries(value).map(
    ([name, each]) => `${indent}  ${JSON.stringify(name)}: ${print(each, level + 1)}`,
  );
  return `{\n${lines.join(",\n")}\n${indent}}`;
}

/** The document as sorted JSON, in which every response, parameter list and schema is one line. */
export const openApiText = (document: unknown): string =>
  `${print(sorted(JSON.parse(JSON.stringify(document))), 0)}\n`;

/** The document without titles, descriptions, summaries and examples: what remains is the contract. */
export function withoutTexts(value: unknown, parent = ""): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutTexts(each));
  if (!isObject(value) || VALUES.has(parent)) return value;
  const entries = Object.entries(value).filter(([name]) => parent === "properties" || !TEXTS.has(name));
  // A property may be named "properties".
  return Object.fromEntries(
    entries.map(([name, each]) => [name, withoutTexts(each, parent === "properties" ? "" : name)]),
  );
}
