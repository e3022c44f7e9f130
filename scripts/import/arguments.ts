// The options of npm run import.
import { existsSync, readFileSync } from "node:fs";
import { UsageError } from "../cli.mjs";
import { readShop, shopOptions, type ShopChoice } from "../session.ts";

export const usage = `npm run import -- FILE          reads the file, shows what an import would do, asks, and imports it
npm run import -- --undo ID    takes an import back and shows what remains

FILE is .csv, .txt, .tsv or .xlsx; the first three may be compressed (.csv.gz). Its encoding, delimiter, columns and formats are recognised.

--kind KIND       sales or products; sales unless given
--dry-run         only shows what the import would do
--yes             imports without a question; required where there is no terminal
--map MAPPING     the columns of fields: a JSON file such as {"InvoiceNo":"Ticket","UnitPrice":"PVP"}, which may also have
                  "constants" and "rules", or the name of a mapping that the shop has saved
--dates ORDER     dmy, mdy or ymd: the order of day, month and year, where the file does not show it
--decimal SIGN    comma or point: the decimal separator, where the file does not show it
--sheet NAME      the sheet of a spreadsheet; the first with rows unless given
--undo ID         removes the sales and products of this import, unless they were refunded, changed or used since

--url URL         the server; http://localhost:8787 unless given (PORT names another port)
--shop SLUG, --email E-MAIL
                  the shop and the account of an ADMIN; on a local server those of the demo shop unless given
The password is read from MOSTRADOR_PASSWORD, or asked for.`;

export const options = {
  ...shopOptions,
  kind: { type: "string", default: "sales" },
  "dry-run": { type: "boolean", default: false },
  yes: { type: "boolean", short: "y", default: false },
  map: { type: "string" },
  dates: { type: "string" },
  decimal: { type: "string" },
  sheet: { type: "string" },
  undo: { type: "string" },
} as const;

type Values = {
  url: string;
  shop?: string | undefined;
  email?: string | undefined;
  kind: string;
  "dry-run": boolean;
  yes: boolean;
  map?: string | undefined;
  dates?: string | undefined;
  decimal?: string | undefined;
  sheet?: string | undefined;
  undo?: string | undefined;
};

export type Format = { type: string; isGzip: boolean; isSheet: boolean };

/** A file to import. `answers` settle what the file leaves open; `mapping` is JSON. */
export type ImportJob = {
  file: string;
  format: Format;
  kind: "sales" | "products";
  dryRun: boolean;
  yes: boolean;
  answers: {
    dates?: "dmy" | "mdy" | "ymd" | undefined;
    decimal?: "comma" | "point" | undefined;
    sheet?: string | undefined;
    mapping?: string | undefined;
    mappingName?: string | undefined;
  };
};

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const TYPES: Record<string, string> = {
  csv: "text/csv",
  txt: "text/csv",
  tsv: "text/tab-separated-values",
  xlsx: XLSX,
};

/** The Content-Type of a file by its name, and whether it is gzip. @throws UsageError */
export function formatOf(file: string): Format {
  const [, extension = "", gz] = /\.(csv|txt|tsv|xlsx)(\.gz)?$/i.exec(file) ?? [];
  const type = TYPES[extension.toLowerCase()];
  const isSheet = type === XLSX;
  if (type === undefined || (isSheet && gz))
    throw new UsageError(`${file} is neither .csv, .txt, .tsv (or one of these with .gz) nor .xlsx.`);
  return { type, isGzip: gz !== undefined, isSheet };
}

function choiceOf<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((each) => each === value);
  if (choice !== undefined) return choice;
  throw new UsageError(
    `Unknown --${name}: ${value}. Use ${choices.join(", ").replace(/, (\w+)$/, " or $1")}.`,
  );
}

const optionalChoice = <T extends string>(name: string, value: string | undefined, choices: readonly T[]) =>
  value === undefined ? undefined : choiceOf(name, value, choices);

/** The mapping of --map: the text of a file, or the name of a mapping that the shop has saved. @throws UsageError */
function readMapping(map: string | undefined): Pick<ImportJob["answers"], "mapping" | "mappingName"> {
  if (map === undefined) return {};
  if (!existsSync(map)) {
    if (/[/\\]|\.json$/i.test(map)) throw new UsageError(`${map} does not exist.`);
    return { mappingName: map };
  }
  const text = readFileSync(map, "utf8");
  try {
    return { mapping: JSON.stringify(JSON.parse(text)) };
  } catch {
    throw new UsageError(`${map} is not JSON.`);
  }
}

/** What the command is to do: undo the import `undo`, or import `file`. @throws UsageError */
export function readArguments({
  values,
  positionals: [file],
}: {
  values: Values;
  positionals: string[];
}): { shop: ShopChoice } & ({ undo: string } | ({ undo?: undefined } & ImportJob)) {
  const shop = readShop(values);
  if (values.undo !== undefined) {
    if (file !== undefined) throw new UsageError("Give either a file or --undo.");
    return { shop, undo: values.undo };
  }
  if (file === undefined) throw new UsageError("Name a file.");
  return {
    shop,
    file,
    format: formatOf(file),
    kind: choiceOf("kind", values.kind, ["sales", "products"]),
    dryRun: values["dry-run"],
    yes: values.yes,
    answers: {
      dates: optionalChoice("dates", values.dates, ["dmy", "mdy", "ymd"]),
      decimal: optionalChoice("decimal", values.decimal, ["comma", "point"]),
      sheet: values.sheet,
      ...readMapping(values.map),
    },
  };
}
