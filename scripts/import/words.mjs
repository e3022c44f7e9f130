// What the server says about a file, in words.
import { formatMoney } from "../../sdk/src/index.ts";

const DELIMITERS = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars" };
const DATES = { dmy: "day, month, year", mdy: "month, day, year", ymd: "year, month, day" };
const DECIMALS = { comma: "a comma before the decimals", point: "a point before the decimals" };
const MAX_REASONS = 10;
const MAX_EXAMPLE = 100;

export const count = (number) => number.toLocaleString("en");

/** `1 row`, `2 rows`. */
export const counted = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/** An amount in minor units as `EUR 1,253.20`. */
export const amountOf = (minor, currency) =>
  formatMoney(minor, currency, "en", { currencyDisplay: "code" }).replaceAll("\u00a0", " ");

const aligned = (rows) => {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
};

const shortened = (text) => (text.length > MAX_EXAMPLE ? `${text.slice(0, MAX_EXAMPLE)}…` : text);

/** How the file is read. */
function readingOf(report) {
  const { encoding, delimiter, header_row, preset, mapping, constants, ignored_columns, formats } = report;
  const fields = [
    ...Object.entries(mapping),
    ...Object.entries(constants).map(([field, value]) => [field, `always ${value}`]),
  ];
  return [
    `Encoding ${encoding}, separated by ${DELIMITERS[delimiter] ?? delimiter}, header in row ${header_row}${preset === null ? "" : `, layout ${preset}`}`,
    "Columns",
    ...aligned(fields),
    ...(ignored_columns.length === 0 ? [] : [`Ignored columns: ${ignored_columns.join(", ")}`]),
    `Dates: ${DATES[formats.dates]}. Numbers: ${DECIMALS[formats.decimal]}.`,
  ];
}

/** The figures of the sales. */
function salesOf({ sales, refunds, revenue, currency, months, first_day, last_day }) {
  if (first_day === null) return ["No sales"];
  const amounts = months.map(({ month, revenue: amount }) => [month, amountOf(amount, currency)]);
  const width = Math.max(...amounts.map(([, text]) => text.length));
  return [
    `${counted(sales, "sale")} and ${counted(refunds, "refund")}, from ${first_day} to ${last_day}`,
    `Revenue ${amountOf(revenue, currency)}, by month`,
    ...amounts.map(([month, text]) => `  ${month}  ${text.padStart(width)}`),
  ];
}

function reasonsOf(title, reasons) {
  if (reasons.length === 0) return [];
  const rest = reasons.slice(MAX_REASONS).reduce((sum, each) => sum + each.count, 0);
  return [
    title,
    ...reasons
      .slice(0, MAX_REASONS)
      .flatMap(({ reason, count: rows, examples }) => [
        `  ${counted(rows, "row")}: ${shortened(reason)}`,
        ...examples.map(({ row, text }) => `    row ${row}  ${shortened(text.replaceAll(/[\r\n]+/g, " "))}`),
      ]),
    ...(rest === 0 ? [] : [`  ${counted(rest, "row")}: other reasons`]),
  ];
}

/** The report of a dry run as lines. */
export function reportLines(report) {
  const { kind, is_partial, rows, rows_accepted, rows_rejected, rows_skipped, rows_known } = report;
  const others = [
    `${count(rows_rejected)} rejected`,
    ...(rows_skipped === 0 ? [] : [`${count(rows_skipped)} skipped`]),
    ...(rows_known === 0 ? [] : [`${count(rows_known)} in the shop already`]),
  ];
  return [
    ...readingOf(report),
    `${is_partial ? "The first " : ""}${counted(rows, "row")}: ${count(rows_accepted)} to import, ${others.join(", ")}`,
    ...(kind === "sales" ? salesOf(report) : []),
    kind === "sales"
      ? `${counted(report.new_products, "new product")}, ${counted(report.new_customers, "new customer")}`
      : `${counted(report.new_products, "new product")}, ${counted(rows_accepted - report.new_products, "product")} to change`,
    ...reasonsOf("Rejected rows", report.rejects),
    ...reasonsOf("Skipped rows", report.skipped),
  ];
}

/** A question that the file leaves open, and the options that answer it. */
export const ambiguityLines = ({ detail, choices }) => [
  detail.replace(/ Send the file again with .*$/, ""),
  ...aligned(choices.map(({ parameter, value, description }) => [`--${parameter} ${value}`, description])),
];

/** The columns of a file that lacks some, what is known of them, and how to name the others. */
export function missingColumnLines({ detail, columns, proposal, sample, errors = [] }) {
  const missing = errors.flatMap(({ detail: text }) => /^the column (\S+)/.exec(text)?.[1] ?? []);
  const example = JSON.stringify(Object.fromEntries(missing.map((field) => [field, "NAME OF ITS COLUMN"])));
  return [
    detail,
    `Columns of the file: ${columns.join(", ")}`,
    ...(Object.keys(proposal).length === 0 ? [] : ["Recognised", ...aligned(Object.entries(proposal))]),
    ...(sample.length === 0 ? [] : ["First rows", ...sample.map((cells) => `  ${cells.join(" | ")}`)]),
    ...(missing.length === 0
      ? []
      : [`Write the other columns to a file, such as ${example}, and give it with --map.`]),
  ];
}

/** How an import ended. */
export function importLines(end) {
  const seconds = (Date.parse(end.finished_at) - Date.parse(end.created_at)) / 1000;
  const counts = [
    `${counted(end.rows_accepted, "row")} imported`,
    `${count(end.rows_rejected)} rejected`,
    ...(end.rows_skipped === 0 ? [] : [`${count(end.rows_skipped)} skipped`]),
    ...(end.rows_known === 0 ? [] : [`${count(end.rows_known)} in the shop already`]),
  ];
  return [
    `${end.status}: ${counts.join(", ")}, in ${seconds.toFixed(1)} s`,
    ...(end.error ? [`Error: ${end.error}`] : []),
  ];
}

const MAX_RETAINED = 20;
const RETAINED_ROW = /^(sale|product),[^,]*,("(?:[^"]|"")*"|[^,]*),(.*)$/;
const unquoted = (cell) => cell.replace(/^"(.*)"$/s, "$1").replaceAll('""', '"');

/** How an undo ended; `retained` is the CSV of what remains. */
export function undoLines({ status, error, undone_sales, undone_products, undo_retained }, retained) {
  const rows = retained.split("\r\n").flatMap((line) => {
    const [, kind, reference, reason] = RETAINED_ROW.exec(line) ?? [];
    return kind === undefined ? [] : [`  ${kind} ${unquoted(reference)}: ${unquoted(reason)}`];
  });
  return [
    `${status}: ${counted(undone_sales, "sale")} and ${counted(undone_products, "product")} removed, ${count(undo_retained)} retained`,
    ...(error ? [`Error: ${error}`] : []),
    ...rows.slice(0, MAX_RETAINED),
    ...(rows.length > MAX_RETAINED ? [`  and ${count(rows.length - MAX_RETAINED)} more`] : []),
  ];
}
