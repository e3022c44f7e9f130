// The read operations of openapi.json as requests: each without parameters and with each of its filters; lists also with each pair of
// filters, and figures with each filter over three years. A new operation or parameter is included without a change here, if the values for its name are known.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { withoutReferences } from "../../scripts/openapi/references.ts";
import { ROOT } from "../runtime.ts";
import { YEARS_DAYS } from "./size.ts";

/** `query` starts with "?" unless it is empty. An export is called without filters: it reads all that it sends. */
export type ReadCall = {
  operation: string;
  role: "ADMIN" | "CUSTOMER";
  path: string;
  query: string;
  isExport: boolean;
};

const parameter = z.object({
  name: z.string(),
  in: z.string(),
  required: z.boolean().optional(),
  schema: z.object({ enum: z.array(z.coerce.string()).optional() }).optional(),
});

const operation = z.object({
  operationId: z.string(),
  parameters: z.array(parameter).default([]),
  responses: z.record(z.string(), z.object({ content: z.record(z.string(), z.unknown()).default({}) })),
});

const pathsShape = z.record(z.string(), z.object({ get: operation.optional() }));
const documentShape = z.object({
  paths: z.record(z.string(), z.object({ get: z.unknown().optional() })),
  components: z.unknown(),
});

/** Ids of rows of a shop for paths and filters, by name; {id} by the path before it. */
export type KnownValues = Record<string, string[]>;

const OF_CUSTOMERS = /^\/api\/v1\/(cart|favorites|wishlist|purchases|recommendations|auth|users\/me)(\/|$)/;
// Formats are not filters: a CSV is streamed in statements of 500 rows.
const IGNORED = new Set([
  "limit",
  "cursor",
  "tenant",
  "format",
  "width",
  "decimal",
  "delimiter",
  "bom",
  "align",
]);
const MAX_VALUES_IN_PAIRS = 3;

/** The day that many days ago. */
export const dayBefore = (days: number): string =>
  new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** A filter as the parameters that it sets. */
type Filter = Record<string, string>;

/** Three years, a month that is over, and a day. */
const RANGES: Filter[] = [
  { from: dayBefore(YEARS_DAYS), to: dayBefore(0) },
  { from: dayBefore(60), to: dayBefore(31) },
  { from: dayBefore(3), to: dayBefore(3) },
];

type Parameter = z.infer<typeof parameter>;

const valuesOf = (name: string, schema: Parameter["schema"], known: KnownValues): string[] =>
  known[name] ?? schema?.enum ?? [];

/** The values of a query parameter, one list a parameter; days are one filter. */
function filtersOf(parameters: Parameter[], known: KnownValues): Filter[][] {
  const query = parameters.filter((each) => each.in === "query" && !IGNORED.has(each.name));
  const hasRange = query.some(({ name }) => name === "from");
  const others = query.filter(({ name }) => name !== "from" && name !== "to");
  return [
    ...(hasRange ? [RANGES] : []),
    ...others.map(({ name, schema, required }) =>
      // The first value of a required parameter is in each request.
      valuesOf(name, schema, known)
        .slice(required ? 1 : 0)
        .map((value): Filter => ({ [name]: value })),
    ),
  ];
}

const pairsOf = (filters: Filter[][]): Filter[] =>
  filters.flatMap((values, at) =>
    filters
      .slice(at + 1)
      .flatMap((others) =>
        values
          .slice(0, MAX_VALUES_IN_PAIRS)
          .flatMap((value) => others.slice(0, MAX_VALUES_IN_PAIRS).map((other) => ({ ...value, ...other }))),
      ),
  );

function pathOf(template: string, known: KnownValues): string | null {
  let isKnown = true;
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const prefix = template.slice("/api/v1/".length, template.indexOf(`/{${name}}`));
    const value = (known[`${prefix}/${name}`] ?? known[name])?.[0];
    isKnown &&= value !== undefined;
    return encodeURIComponent(value ?? "");
  });
  return isKnown ? path : null;
}

const queryOf = (filter: Filter): string => {
  const query = new URLSearchParams(filter).toString();
  return query === "" ? "" : `?${query}`;
};

/** All requests, and the operations that cannot be called with the known values. */
export function readCalls(known: KnownValues): { calls: ReadCall[]; unknown: string[] } {
  const document = documentShape.parse(JSON.parse(readFileSync(join(ROOT, "openapi.json"), "utf8")));
  const kinds = ["headers", "parameters", "responses", "schemas"] as const;
  const paths = pathsShape.parse(withoutReferences(document.paths, document.components, kinds));
  const calls: ReadCall[] = [];
  const unknown: string[] = [];
  for (const [template, { get }] of Object.entries(paths)) {
    if (!get || !template.startsWith("/api/v1/")) continue;
    const path = pathOf(template, known);
    const required = get.parameters.filter((each) => each.in === "query" && each.required);
    if (path === null || required.some(({ name, schema }) => valuesOf(name, schema, known).length === 0)) {
      unknown.push(get.operationId);
      continue;
    }
    const fixed: Filter = Object.fromEntries(
      required.map(({ name, schema }) => [name, valuesOf(name, schema, known)[0] ?? ""] as const),
    );
    const { content = {} } = get.responses["200"] ?? {};
    const isList = get.parameters.some(({ name }) => name === "cursor");
    const filters = filtersOf(get.parameters, known);
    const [longest] = filters[0] === RANGES ? RANGES : [];
    const combined = isList
      ? [...pairsOf(filters), { limit: "100" }]
      : filters.slice(1).flatMap((values) => values.map((value) => ({ ...longest, ...value })));
    const addCall = (name: string, variant: Filter, isExport: boolean): void =>
      void calls.push({
        operation: name,
        role: OF_CUSTOMERS.test(path) ? "CUSTOMER" : "ADMIN",
        path: path.slice("/api/v1".length),
        query: queryOf({ ...fixed, ...variant }),
        isExport,
      });
    const isExport = "text/csv" in content && !("application/json" in content);
    if (!isExport)
      for (const variant of [{}, ...filters.flat(), ...(isList || longest ? combined : [])])
        addCall(get.operationId, variant, false);
    if (isExport) addCall(get.operationId, {}, true);
    else if ("text/csv" in content) addCall(`${get.operationId} as CSV`, { format: "csv" }, true);
  }
  return { calls, unknown };
}
