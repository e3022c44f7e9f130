// Which column of a file is which field: by the caller's mapping, the layout of this API, a preset, or the names of columns.
import type { z } from "zod";
import { Problem } from "../../platform/problem.ts";
import { foldedName } from "../formats/cells.ts";
import type { ImportKind } from "../schema.ts";
import { FIELDS, NAMES, productLayout } from "./fields.ts";
import { Rules, type Plan } from "./plan.ts";
import { isMostrador } from "./presets/mostrador.ts";
import type { Preset } from "./presets/preset.ts";
import { presets } from "./presets/presets.ts";
import { NO_MAPPING, type CallerMapping } from "./caller.ts";

type Kind = z.infer<typeof ImportKind>;

/** What the header says, and the formats that its layout prescribes where the file does not show them. */
export type Resolved = {
  preset: string | null;
  columns: Map<string, number>;
  constants: Record<string, string>;
  rules: z.infer<typeof Rules>;
  dates: "dmy" | "mdy" | "ymd" | null;
  decimal: "comma" | "point" | null;
};

/** The columns of this API's layouts, whose dates are month first and whose decimals follow a point in a file with commas. */
const OWN: Record<Kind, { required: string[]; optional: string[] }> = {
  sales: {
    required: [
      "InvoiceNo",
      "StockCode",
      "Description",
      "Quantity",
      "InvoiceDate",
      "UnitPrice",
      "CustomerID",
      "Country",
    ],
    optional: ["Seller", "CustomerEmail", "CustomerName"],
  },
  products: { required: [...productLayout.required], optional: [...productLayout.optional] },
};

// Columns beside the layout of this API that would change what its amounts mean.
const MEANINGFUL: Record<Kind, string[]> = {
  sales: [
    "Currency",
    "Status",
    "Discount",
    "Barcode",
    "Unit",
    "PaymentMethod",
    "TaxRate",
    "Tax",
    "Type",
    "Cancelled",
    "Refunded",
  ],
  products: ["Currency"],
};

const REQUIRED: Record<Kind, string[][]> = {
  sales: [
    ["InvoiceNo"],
    ["StockCode", "Barcode", "Description"],
    ["Quantity"],
    ["InvoiceDate"],
    ["UnitPrice", "Amount"],
  ],
  products: [["sku"], ["title"], ["price", "RegularPrice"]],
};

/** How many columns of a header are known, to tell it from other lines and to find the delimiter. */
export function countKnown(kind: Kind, header: string[], mapping: CallerMapping): number {
  const names = header.map(foldedName);
  const requested = Object.values(mapping.columns).flatMap((name) =>
    name === null ? [] : [foldedName(name)],
  );
  const mapped = requested.filter((name) => names.includes(name)).length;
  const byPreset = presets
    .filter((preset) => preset.kind === kind && matches(preset, names))
    .map((preset) => preset.signature.length);
  return 3 * mapped + Math.max(byNames(kind, names).size, ...byPreset);
}

function byNames(kind: Kind, names: string[]): Map<string, number> {
  const columns = new Map<string, number>();
  const used = new Set<number>();
  // A field's own name comes before what others are called.
  for (const isOwn of [true, false])
    for (const field of FIELDS[kind]) {
      if (columns.has(field)) continue;
      const known = NAMES[kind][field] ?? [];
      const at = (isOwn ? [foldedName(field)] : known)
        .filter((name) => known.includes(name))
        .map((name) => names.indexOf(name))
        .find((index) => index >= 0 && !used.has(index));
      if (at === undefined) continue;
      columns.set(field, at);
      used.add(at);
    }
  // What a file has about its customers identifies them if nothing else does.
  for (const other of ["CustomerEmail", "CustomerName"]) {
    const at = columns.get(other);
    if (at === undefined || columns.has("CustomerID")) continue;
    columns.set("CustomerID", at);
    columns.delete(other);
  }
  // A tax amount says nothing without the amounts that show whether they include it.
  const isTaxUsed = columns.has("TaxRate") || (columns.has("UnitPrice") && columns.has("Amount"));
  if (!isTaxUsed) columns.delete("Tax");
  return columns;
}

/** @throws Problem missing-columns, invalid */
export function resolveColumns(
  kind: Kind,
  header: string[],
  samples: string[][],
  delimiter: string,
  mapping: CallerMapping,
): Resolved {
  const names = header.map(foldedName);
  const found = fromLayout(kind, names, delimiter);
  const columns = new Map(found.columns);
  for (const [field, name] of Object.entries(mapping.columns)) {
    if (name === null) {
      columns.delete(field);
      continue;
    }
    const at = names.indexOf(foldedName(name));
    if (at < 0)
      throw refused(header, samples, columns, `The file has no column ${name}, which the mapping names.`, [
        name,
      ]);
    for (const [other, index] of columns)
      if (index === at && !(other in mapping.columns)) columns.delete(other);
    columns.set(field, at);
  }
  if (kind === "products" && !columns.has("title") && columns.has("description")) {
    columns.set("title", columns.get("description") ?? 0);
    columns.delete("description");
  }
  const constants = { ...found.constants, ...mapping.constants };
  const has = (field: string): boolean => columns.has(field) || field in constants;
  if (found.refusal && Object.keys(mapping.columns).length === 0)
    throw refused(header, samples, columns, found.refusal, []);
  const fee = header.find((name) => FEE.test(foldedName(name)));
  if (
    kind === "sales" &&
    fee !== undefined &&
    found.preset === null &&
    !has("UnitPrice") &&
    !namesAmount(mapping)
  )
    throw refused(
      header,
      samples,
      columns,
      `The file has fees (${fee}), so its amounts may be what remains after these, and some of its rows no sales. Import the orders of that program, or say in \`mapping\` which column is the Amount.`,
      [],
    );
  const missing =
    found.missing ?? REQUIRED[kind].filter((any) => !any.some(has)).map((any) => any.join(" or "));
  if (missing.length > 0 && (!found.missing || missing.some((field) => !has(field))))
    throw refused(
      header,
      samples,
      columns,
      `No column was found for ${missing.join("; ")}. Name them in the header, or say in \`mapping\` which columns they are.`,
      missing,
    );
  refuseRepeated(header, names, [...columns.values()]);
  return {
    preset: found.preset,
    columns,
    constants,
    rules: Rules.parse({ ...found.rules, ...mapping.rules }),
    dates: found.dates,
    decimal: found.decimal,
  };
}

// Columns of statements of payments; not coffee and feedback.
const FEE = /(?<!cof)fees?$|^fee(?!dback)|gebuhr(?:en)?$|^comision(?:es)?$|^frais|^taxasdeservico/;

const namesAmount = ({ columns }: CallerMapping): boolean => "Amount" in columns || "UnitPrice" in columns;

type Layout = Omit<Resolved, "rules"> & {
  rules: z.input<typeof Rules>;
  missing?: string[];
  refusal?: string | undefined;
};

function fromLayout(kind: Kind, names: string[], delimiter: string): Layout {
  const own = OWN[kind];
  const at = (field: string) => names.indexOf(foldedName(field));
  const known = byNames(kind, names);
  const absent = own.required.filter((field) => at(field) < 0);
  const isOwn = absent.length === 0;
  const found = findPreset(kind, names);
  const usesCommas = delimiter === ",";
  // An export with decimal commas never has commas as delimiters.
  if (found && isMostrador(found.name))
    return { ...fromPreset(found, names), dates: "ymd", decimal: usesCommas ? "point" : null };
  // Three columns make a layout of products, which other programs have too.
  if (found && !(isOwn && kind === "sales")) return fromPreset(found, names);
  const none = { preset: null, constants: {}, rules: {}, dates: null, decimal: null };
  const isOnlineRetail =
    kind === "sales" && ["InvoiceNo", "StockCode", "UnitPrice"].every((field) => at(field) >= 0);
  if (!isOwn && !isOnlineRetail) return { ...none, columns: known };
  const columns = new Map(
    [...own.required, ...own.optional].flatMap((field) =>
      at(field) < 0 ? [] : [[field, at(field)] as const],
    ),
  );
  for (const field of MEANINGFUL[kind]) {
    const index = known.get(field);
    if (index !== undefined) columns.set(field, index);
  }
  return {
    ...none,
    preset: kind === "sales" ? "online-retail" : null,
    columns,
    rules: kind === "sales" ? { refund: "online-retail" } : {},
    dates: usesCommas ? "mdy" : null,
    decimal: usesCommas ? "point" : null,
    ...(isOwn ? {} : { missing: absent }),
  };
}

/** The preset with the longest signature of those that match. */
const findPreset = (kind: Kind, names: string[]): Preset | undefined =>
  presets
    .filter((preset) => preset.kind === kind && matches(preset, names))
    .toSorted((a, b) => b.signature.length - a.signature.length)[0];

const matches = ({ signature }: Preset, names: string[]): boolean =>
  signature.every((alternatives) => indexOfAny(alternatives, names) >= 0);

/** The first column with one of the names, which `|` separates; `*` at the end stands for any other letters. */
const indexOfAny = (alternatives: string, names: string[]): number =>
  alternatives
    .split("|")
    .map((name) =>
      name.endsWith("*")
        ? names.findIndex((each) => each.startsWith(name.slice(0, -1)))
        : names.indexOf(name),
    )
    .find((at) => at >= 0) ?? -1;

function fromPreset(preset: Preset, names: string[]): Layout {
  const columns = new Map(
    Object.entries(preset.columns).flatMap(([field, alternatives]) => {
      const at = indexOfAny(alternatives, names);
      return at < 0 ? [] : [[field, at] as const];
    }),
  );
  for (const [field, other] of Object.entries(preset.without ?? {}))
    if (columns.has(other)) columns.delete(field);
  return {
    preset: preset.name,
    columns,
    constants: preset.constants ?? {},
    rules: preset.rules ?? {},
    dates: preset.dates ?? null,
    decimal: preset.decimal ?? null,
    refusal: preset.refusal,
  };
}

const MAX_SAMPLE_CELL = 60;

/** The first three rows, as a person is shown them. */
export const sampleOf = (rows: string[][]): string[][] =>
  rows.slice(0, 3).map((row) => row.map((cell) => cell.slice(0, MAX_SAMPLE_CELL)));

/** A problem with the columns of the file, which fields they may be, and its first rows. */
const refused = (
  header: string[],
  samples: string[][],
  columns: Map<string, number>,
  detail: string,
  missing: string[],
): Problem =>
  new Problem("missing-columns", detail, {
    errors: missing.map((field) => ({ pointer: "#", detail: `the column ${field} is missing` })),
    columns: header.slice(0, 200).map((name) => name.slice(0, 100)),
    proposal: Object.fromEntries([...columns].map(([field, at]) => [field, header[at] ?? ""])),
    sample: sampleOf(samples),
  });

function refuseRepeated(header: string[], names: string[], used: number[]): void {
  const repeated = [...new Set(used)].filter(
    (at) => names.indexOf(names[at] ?? "") !== names.lastIndexOf(names[at] ?? ""),
  );
  if (repeated.length === 0) return;
  const errors = repeated.map((at) => ({
    pointer: "#",
    detail: `the column ${header[at]} appears more than once`,
  }));
  throw new Problem("invalid", errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join("; "), {
    errors,
  });
}

/** The plan of an import that was started before plans were stored. */
export function planOfHeader(kind: Kind, header: string[]): Plan {
  const { preset, columns, constants, rules } = resolveColumns(kind, header, [], ",", NO_MAPPING);
  return {
    preset,
    encoding: "utf-8",
    delimiter: ",",
    header,
    header_row: 1,
    columns: Object.fromEntries(columns),
    constants,
    dates: "mdy",
    decimal: "point",
    decimals: {},
    rules,
  };
}
