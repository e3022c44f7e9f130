// The rejected rows in the columns of the file that had them, so that they can be corrected and imported.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { notFound } from "../platform/problem.ts";
import { csvStream } from "../platform/csv-stream.ts";
import { csvCell, type CsvFormat } from "../values/csv.ts";
import { parseRecords } from "./file/records.ts";
import { Plan } from "./mapping/plan.ts";

const REASON = "reason";
/** Rejected rows store no more of their text. */
const MAX_TEXT_LENGTH = 2_000;
// A negative number is no formula.
const NUMBER = /^[+-][\d.,]+$/;

const importRow = z.object({
  columns: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  plan: z
    .string()
    .transform((text) => Plan.parse(JSON.parse(text)))
    .nullable(),
});

const rejectRow = z.object({ row: z.number(), reason: z.string(), text: z.string() });

const cellOf = (text: string): string => (NUMBER.test(text) ? `"${text}"` : csvCell(text));

/**
 * The rejected rows as a file with the columns of the original, in its delimiter, and `reason` as the last column, which imports
 * ignore. @throws Problem not-found
 */
export async function rejectedRowsFile(
  ctx: Ctx,
  id: string,
  { bom }: Pick<CsvFormat, "bom">,
): Promise<ReadableStream<Uint8Array>> {
  const [found] = await ctx.db.all(
    importRow,
    sql`SELECT columns, plan FROM imports WHERE tenant_id = ${ctx.tenant.id} AND id = ${id}`,
  );
  if (!found) throw notFound("import");
  const delimiter = found.plan?.delimiter ?? ",";
  const columns = found.columns.at(-1) === REASON ? found.columns.slice(0, -1) : found.columns;
  const header = [...columns, REASON].map(cellOf).join(delimiter);
  const line = ({ reason, text }: z.infer<typeof rejectRow>): string => {
    const isCut = text.length >= MAX_TEXT_LENGTH;
    const [record] = parseRecords(Buffer.from(text), true, delimiter);
    const fields = record?.fields ?? [text];
    const cells = columns.map((_, at) => fields[at] ?? "");
    return [...cells, isCut ? `${reason}; the row is cut after ${MAX_TEXT_LENGTH} characters` : reason]
      .map(cellOf)
      .join(delimiter);
  };
  return csvStream({ header, line, bom }, (last, limit) =>
    ctx.db.all(
      rejectRow,
      sql`SELECT row, reason, text FROM import_rejects WHERE tenant_id = ${ctx.tenant.id} AND import_id = ${id}
        AND row > ${last?.row ?? 0} ORDER BY row LIMIT ${limit}`,
    ),
  );
}
