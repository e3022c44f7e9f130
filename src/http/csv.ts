// CSV as a representation of lists and reports: the query parameters that choose its format, and the download headers. The file is
// named after the shop, whose name may contain any character.
import { z } from "@hono/zod-openapi";
import { Flag, named } from "./named.ts";
import type { Ctx } from "../platform/context.ts";
import { invalid } from "../platform/problem.ts";
import type { CsvFormat } from "../values/csv.ts";

/** The parameters that choose how CSV is written. */
export const CsvFormatQuery = {
  decimal: named("DecimalSeparator", z.enum(["point", "comma"]))
    .optional()
    .openapi({
      default: "point",
      description: "of CSV: the decimal separator",
    }),
  delimiter: named("CsvDelimiter", z.enum(["comma", "semicolon", "tab"]))
    .optional()
    .openapi({
      description: "of CSV: a comma by default, or a semicolon with decimal=comma, which excludes a comma",
    }),
  bom: Flag.optional().openapi({
    default: "false",
    description: "of CSV: whether it begins with a byte order mark, by which Excel recognises UTF-8",
  }),
};

/** For operations that answer with JSON or CSV. */
export const JsonOrCsvQuery = {
  format: named("TableFormat", z.enum(["json", "csv"]))
    .default("json")
    .openapi({
      default: "json",
      description: "csv returns all that matches; `limit` and `cursor` do not apply",
    }),
  ...CsvFormatQuery,
};

type FormatQuery = {
  decimal?: "point" | "comma" | undefined;
  delimiter?: keyof typeof DELIMITERS | undefined;
  bom?: "true" | "false" | undefined;
};

const DELIMITERS = { comma: ",", semicolon: ";", tab: "\t" } as const;

/** How CSV is written for this request. @throws Problem invalid */
export function csvFormat({ tenant }: Pick<Ctx, "tenant">, query: FormatQuery): CsvFormat {
  const hasComma = query.decimal === "comma";
  const delimiter = query.delimiter ?? (hasComma ? "semicolon" : "comma");
  if (hasComma && delimiter === "comma")
    throw invalid([
      {
        pointer: "#/query/delimiter",
        detail: "must be semicolon or tab if the decimal separator is a comma",
      },
    ]);
  return {
    delimiter: DELIMITERS[delimiter],
    decimal: hasComma ? "," : ".",
    bom: query.bom === "true",
    currency: tenant.currency,
    timezone: tenant.timezone,
  };
}

type DownloadQuery = { from?: string | undefined; to?: string | undefined };

/** The headers of a download of `what` of the shop, whose name also has the range of days. */
export function csvHeaders({ tenant }: Pick<Ctx, "tenant">, what: string, query: DownloadQuery = {}) {
  const { from, to } = query;
  const range = [...(from ? [`from ${from}`] : []), ...(to ? [`to ${to}`] : [])];
  return csvDownloadHeaders(`${[tenant.name, what, ...range].join(" ")}.csv`);
}

/**
 * The headers of a CSV download named `name`: RFC 8187 for the full name, with an ASCII fallback. Characters that would end
 * the header or name another folder are replaced.
 */
export function csvDownloadHeaders(name: string): Record<string, string> {
  const plain = name.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}"\\/]/gu, "_");
  const ascii = plain.replace(/[^\x20-\x7e]|%/gu, "_");
  const encoded = encodeURIComponent(plain).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`,
  };
}
