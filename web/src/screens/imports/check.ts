// What a file would import, and the settings with which it is read.
import {
  isProblem,
  type DateOrder,
  type DecimalSeparator,
  type ImportDryRun,
  type ImportKind,
  type ImportMapping,
  type StartImportQuery,
} from "@mostrador/sdk";
import { mostrador } from "../../client.ts";
import { defined } from "../../defined.ts";

export type Settings = {
  file: File;
  kind: ImportKind;
  /** A saved mapping, which the columns complete. */
  saved: ImportMapping | null;
  /** The columns that were chosen by hand; null for a field that the file does not have. */
  columns: Record<string, string | null>;
  dates?: DateOrder;
  decimal?: DecimalSeparator;
};

/** As much of a file as a first check reads. */
const HEAD_BYTES = 512 * 1024;

const isWorkbook = ({ name }: File): boolean => /\.xlsx$/i.test(name);

// Browsers derive the type from what is installed, and often have none for CSV.
export const uploadOf = (file: File) => ({
  contentType: isWorkbook(file)
    ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    : "text/csv",
  ...(/\.gz$/i.test(file.name) && { contentEncoding: "gzip" as const }),
});

export function queryOf({ kind, saved, columns, dates, decimal }: Settings): StartImportQuery {
  const isByHand = Object.keys(columns).length > 0;
  const mapping = isByHand
    ? JSON.stringify({ ...saved?.mapping, columns: { ...saved?.mapping.columns, ...columns } })
    : saved?.name;
  return { kind, ...defined({ mapping, dates, decimal }) };
}

/**
 * What the import would do, of the first rows where the file is large.
 * @throws Problem missing-columns, ambiguous-format
 */
export async function check(
  settings: Settings,
  isWhole: boolean,
  signal: AbortSignal,
): Promise<ImportDryRun> {
  const { file } = settings;
  const query = queryOf(settings);
  const options = { signal, timeout: 0, ...uploadOf(file) };
  const whole = () => mostrador.startImport(file, { ...query, dry_run: "true" }, options);
  if (isWhole || isWorkbook(file) || file.size <= HEAD_BYTES) return whole();
  try {
    return await mostrador.startImport(file.slice(0, HEAD_BYTES), { ...query, dry_run: "head" }, options);
  } catch (error) {
    // What the first rows leave open, the whole file may show.
    if (isProblem(error, "ambiguous-format")) return whole();
    throw error;
  }
}
