// What all cells of a column together say about its format. It is collected while the file is uploaded, so that it is known before
// the first row is stored.
import { Problem } from "../../platform/problem.ts";
import { isDay } from "../../values/days.ts";
import { cleanCell } from "./cells.ts";
import { possibleDays, type DateOrder } from "./dates.ts";
import { separatorOf, type DecimalSeparator } from "./numbers.ts";

const MAX_EXAMPLES = 3;

const NUMBER_FIELDS = [
  "Quantity",
  "UnitPrice",
  "ListPrice",
  "Rounding",
  "Amount",
  "Discount",
  "LineDiscount",
  "KeptQuantity",
  "RefundedAmount",
  "Shipping",
  "ShippingTax",
  "ShippingDiscount",
  "Tax",
  "TaxRate",
  "CollectedTax",
  "Total",
  "KeptTotal",
  "price",
  "cost",
  "RegularPrice",
  "stock",
  "rating",
  "low_stock_threshold",
];

/** The fields that have formats. */
export const isNumberField = (field: string): boolean => NUMBER_FIELDS.includes(field);

type NumberColumn = {
  field: string;
  at: number;
  comma: number;
  point: number;
  either: string[];
  last: string;
};
type DateColumn = {
  at: number;
  isMapped: boolean;
  dmy: number;
  mdy: number;
  either: string[];
  last: string;
  short: ShortYears;
};
/** The first and last numbers of dates with a year of two digits, as long as each could begin with its year. */
type ShortYears = { firsts: Set<string>; lasts: Set<string>; isPossible: boolean; example: string };

const DATE_NAME = /date|fecha|datum|^data|created|^time/i;

export type Formats = {
  dates: DateOrder;
  decimal: DecimalSeparator;
  /** Fields whose separator differs from `decimal`. */
  decimals: Record<string, DecimalSeparator>;
};

export type FormatChoice = { dates?: DateOrder | undefined; decimal?: DecimalSeparator | undefined };

/** Collects what the cells say. */
export function collectEvidence(columns: Map<string, number>, header: string[]) {
  const numbers = NUMBER_FIELDS.flatMap((field): NumberColumn[] => {
    const at = columns.get(field);
    return at === undefined ? [] : [{ field, at, comma: 0, point: 0, either: [], last: "" }];
  });
  const mapped = columns.get("InvoiceDate");
  const dates = header.flatMap((name, at): DateColumn[] =>
    mapped !== undefined && (at === mapped || DATE_NAME.test(name))
      ? [{ at, isMapped: at === mapped, dmy: 0, mdy: 0, either: [], last: "", short: shortYears() }]
      : [],
  );
  return {
    addRow: (fields: string[]): void => {
      for (const column of numbers) addNumber(column, fields[column.at]);
      for (const column of dates) addDate(column, fields[column.at]);
    },
    /** @throws Problem ambiguous-format */
    decide: (layout: FormatChoice, caller: FormatChoice): Formats => ({
      dates: caller.dates ?? decideDates(dates, layout.dates ?? null),
      ...decideDecimals(numbers, layout.decimal ?? null, caller.decimal),
    }),
  };
}

function addNumber(column: NumberColumn, raw: string | undefined): void {
  if (raw === undefined || raw === column.last) return;
  column.last = raw;
  if (!/[.,]/.test(raw)) return;
  const text = cleanCell(raw);
  const says = separatorOf(text);
  if (says === "either") {
    if (column.either.length < MAX_EXAMPLES && !column.either.includes(text)) column.either.push(text);
  } else if (says) column[says] += 1;
}

const shortYears = (): ShortYears => ({
  firsts: new Set(),
  lasts: new Set(),
  isPossible: true,
  example: "",
});

const SHORT_DATE = /^(\d{2})([-/])(\d{2})\2(\d{2})(?!\d)/;

function addShortYear(short: ShortYears, text: string): void {
  const [, first, , month, last] = SHORT_DATE.exec(text) ?? [];
  if (first === undefined || last === undefined || !isDay(`20${first}-${month}-${last}`)) {
    short.isPossible = false;
    return;
  }
  short.firsts.add(first);
  short.lasts.add(last);
  short.example = text;
}

/** Whether dates rather begin with their year: in the course of a file, days change more often than years. */
const mayBeginWithYear = ({ isPossible, firsts, lasts }: ShortYears): boolean =>
  isPossible && firsts.size < lasts.size;

function addDate(column: DateColumn, raw: string | undefined): void {
  if (raw === undefined || raw === column.last) return;
  column.last = raw;
  const text = cleanCell(raw);
  if (text !== "" && column.short.isPossible) addShortYear(column.short, text);
  const days = possibleDays(text);
  if (!days) return;
  const { dmy, mdy } = days;
  if (dmy !== undefined && mdy === undefined) column.dmy += 1;
  else if (mdy !== undefined && dmy === undefined) column.mdy += 1;
  else if (dmy !== mdy && column.either.length < MAX_EXAMPLES && !column.either.includes(text))
    column.either.push(text);
}

type Settled = "dmy" | "mdy" | "both" | null;

const settledBy = ({ dmy, mdy }: DateColumn): Settled =>
  dmy > 0 && mdy > 0 ? "both" : dmy > 0 ? "dmy" : mdy > 0 ? "mdy" : null;

function decideDates(columns: DateColumn[], prescribed: DateOrder | null): DateOrder {
  const [mapped] = columns.filter(({ isMapped }) => isMapped);
  if (!mapped) return prescribed ?? "ymd";
  if (mayBeginWithYear(mapped.short))
    throw ambiguous(
      "dates",
      ["dmy", "mdy", "ymd"],
      [mapped.short.example],
      "The years have two digits, and may come first or last",
    );
  const own = settledBy(mapped);
  if (own === "both")
    throw ambiguous(
      "dates",
      ["dmy", "mdy", "ymd"],
      mapped.either,
      "Some dates have a day above 12 in the first position and others in the second",
    );
  if (own !== null) return own;
  const others = new Set(columns.map(settledBy).filter((each) => each !== null));
  const [other] = others;
  if (others.size === 1 && (other === "dmy" || other === "mdy")) return other;
  if (mapped.either.length === 0) return prescribed ?? "dmy";
  if (prescribed) return prescribed;
  throw ambiguous(
    "dates",
    ["dmy", "mdy"],
    mapped.either,
    "No day is above 12, so the dates can be read in two ways",
  );
}

function decideDecimals(
  columns: NumberColumn[],
  prescribed: DecimalSeparator | null,
  chosen: DecimalSeparator | undefined,
): Omit<Formats, "dates"> {
  const all = separatorIn(columns);
  const decimal = chosen ?? (all === "both" ? null : all) ?? prescribed ?? "point";
  if (chosen) return { decimal, decimals: {} };
  const decimals: Record<string, DecimalSeparator> = {};
  const open: NumberColumn[] = [];
  for (const column of columns.filter(({ either }) => either.length > 0)) {
    const says = separatorIn([column]) ?? all ?? prescribed;
    if (says === null || says === "both") open.push(column);
    else if (says !== decimal) decimals[column.field] = says;
  }
  if (open.length === 0) return { decimal, decimals };
  throw ambiguous(
    "decimal",
    ["comma", "point"],
    [...new Set(open.flatMap(({ either }) => either))],
    all === "both"
      ? "The file has decimals after a comma and after a point"
      : "The separator may be of decimals or of thousands",
  );
}

function separatorIn(columns: NumberColumn[]): DecimalSeparator | "both" | null {
  const comma = columns.some((column) => column.comma > 0);
  const point = columns.some((column) => column.point > 0);
  return comma && point ? "both" : comma ? "comma" : point ? "point" : null;
}

const EXPLANATIONS: Record<string, string> = {
  dmy: "day, month, year",
  mdy: "month, day, year",
  ymd: "year, month, day",
  comma: "a comma before the decimals: 1.250,00",
  point: "a point before the decimals: 1,250.00",
};

/** A question that the file cannot answer. */
function ambiguous(
  parameter: "dates" | "decimal",
  values: string[],
  examples: string[],
  why: string,
): Problem {
  return new Problem(
    "ambiguous-format",
    `${why}${examples.length > 0 ? `: ${examples.join(", ")}` : ""}. Send the file again with ?${parameter}=${values.join(" or ")}.`,
    {
      parameter,
      choices: values.map((value) => ({ parameter, value, description: EXPLANATIONS[value] ?? value })),
      examples,
    },
  );
}
