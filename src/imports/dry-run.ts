// An import without its effects: the whole file is read and every row is checked as the consumer would, but nothing is stored. The
// file is in R2 only meanwhile; the nightly sweep deletes one that a crash left.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { productIdOf } from "../catalog/products/bulk.ts";
import type { ActorCtx } from "../platform/context.ts";
import { logFailure } from "../platform/log.ts";
import { customerIdOf, emailIn } from "../customers/named.ts";
import { newId } from "../values/ids.ts";
import { folded } from "../values/text.ts";
import { readRecords } from "./file/read.ts";
import { FAULTS, recordText, type CsvRecord } from "./file/records.ts";
import { storeFile } from "./file/store.ts";
import { fileKey } from "./jobs.ts";
import type { FileRow, Rejection } from "./rows/row-importer.ts";
import { productImporter, saleImporter } from "./rows/row-importers.ts";
import { isRefundOf, type SaleRow } from "./rows/sale-rows.ts";
import type { DryRunReport, ImportKind } from "./schema.ts";
import { readOptions, type CallerOptions } from "./start.ts";

const MAX_REASONS = 50;
const MAX_EXAMPLES = 3;
const MAX_EXAMPLE_LENGTH = 300;

/** What a preview reads of a file: some thousand rows. */
export const PREVIEW_BYTES = 512 * 1024;

/**
 * What an import of this file would do. A read of the file and some round trips a chunk.
 * @throws Problem missing-columns, ambiguous-format, unsupported-media-type, invalid, invalid-gzip, too-large
 */
export async function dryRun(
  ctx: ActorCtx,
  kind: z.infer<typeof ImportKind>,
  body: ReadableStream<Uint8Array>,
  options: CallerOptions,
): Promise<z.infer<typeof DryRunReport>> {
  const id = newId();
  const key = fileKey(ctx.tenant.id, id);
  try {
    const file = await storeFile(ctx.env.FILES, key, body, readOptions(kind, options));
    const { plan } = file;
    const figures = collectFigures();
    const newProducts = countNew(ctx, folded, isUnknownSku(ctx));
    const newCustomers = countNew(ctx, (text) => emailIn(text) ?? text, isUnknownCustomer(ctx));
    const isPartial = options.maxBytes !== undefined;
    const [rejects, skips] = [collectReasons(), collectReasons()];
    let [rows, accepted, rejected, skipped, known] = [0, 0, 0, 0, 0];
    for (let from = file.start; from < file.bytes;) {
      const { chunk, records } = await readRecords(
        ctx.env.FILES,
        key,
        { from, to: file.bytes, isCut: isPartial },
        plan,
      );
      const first = rows + 1 + plan.header_row;
      const textOf = (row: number): string => textAt(chunk, records[row - first]);
      const readable = records.flatMap(({ fields }, at): FileRow<string[]>[] =>
        fields ? [{ row: first + at, value: fields }] : [],
      );
      const faulty = records.flatMap(({ fault }, at): Rejection[] =>
        fault ? [{ row: first + at, reason: FAULTS[fault] }] : [],
      );
      // The statements of the chunk are not run.
      const prepared =
        kind === "sales"
          ? await saleImporter.prepareChunk(ctx, id, plan, readable)
          : await productImporter.prepareChunk(ctx, id, plan, readable);
      const saleRows = prepared.rows.flatMap(({ value }) => ("invoice" in value ? [value] : []));
      for (const lines of Map.groupBy(saleRows, ({ invoice }) => invoice).values()) figures.add(lines);
      await newProducts.add(prepared.rows.map(({ value }) => value.sku));
      await newCustomers.add(saleRows.flatMap(({ customer }) => customer ?? []));
      for (const each of [...faulty, ...prepared.rejected]) rejects.add(each, textOf);
      for (const each of prepared.skipped) skips.add(each, textOf);
      rows += records.length;
      accepted += prepared.accepted;
      rejected += faulty.length + prepared.rejected.length;
      skipped += prepared.skipped.length;
      known += prepared.known;
      from += records.at(-1)?.end ?? chunk.length;
      // A timer lets the runtime serve other requests meanwhile.
      await scheduler.wait(1);
    }
    return {
      kind,
      is_partial: isPartial,
      preset: plan.preset,
      encoding: plan.encoding,
      delimiter: plan.delimiter,
      header_row: plan.header_row,
      columns: plan.header,
      sample: file.sample,
      ignored_columns: file.ignored,
      mapping: Object.fromEntries(
        Object.entries(plan.columns).map(([field, at]) => [field, plan.header[at] ?? ""]),
      ),
      constants: plan.constants,
      formats: { dates: plan.dates, decimal: plan.decimal },
      rows,
      rows_accepted: accepted,
      rows_rejected: rejected,
      rows_skipped: skipped,
      rows_known: known,
      ...figures.result(),
      currency: ctx.tenant.currency,
      new_products: newProducts.count(),
      new_customers: newCustomers.count(),
      rejects: rejects.result(),
      skipped: skips.result(),
    };
  } finally {
    await ctx.env.FILES.delete(key).catch((error: unknown) => logFailure("import file", error));
  }
}

const textAt = (chunk: Buffer, record: CsvRecord | undefined): string =>
  record ? recordText(chunk, record).slice(0, MAX_EXAMPLE_LENGTH) : "";

/** Sales, refunds, revenue and days of the rows. */
function collectFigures() {
  const seen = hashSet();
  const months = new Map<string, number>();
  let [sales, refunds, revenue] = [0, 0, 0];
  let [firstDay, lastDay]: [string | null, string | null] = [null, null];
  return {
    /** Adds the lines of an invoice in a chunk. */
    add: (lines: SaleRow[]): void => {
      const [first] = lines;
      if (!first) return;
      const { invoice, day } = first;
      if (seen.add(invoice)) {
        if (isRefundOf(lines)) refunds += 1;
        else sales += 1;
      }
      const amount = lines.reduce((sum, { subtotal }) => sum + subtotal, 0);
      revenue += amount;
      const month = day.slice(0, 7);
      months.set(month, (months.get(month) ?? 0) + amount);
      if (firstDay === null || day < firstDay) firstDay = day;
      if (lastDay === null || day > lastDay) lastDay = day;
    },
    result: () => ({
      sales,
      refunds,
      revenue,
      months: [...months]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([month, amount]) => ({ month, revenue: amount })),
      first_day: firstDay,
      last_day: lastDay,
    }),
  };
}

/** Counts the texts that the shop does not have, each key once. One round trip for each addition with new keys. */
function countNew(ctx: ActorCtx, keyOf: (text: string) => string, isUnknown: SQL) {
  const seen = hashSet();
  let count = 0;
  return {
    add: async (texts: string[]): Promise<void> => {
      const unseen = [...new Set(texts)].flatMap((text) => {
        const key = keyOf(text);
        return seen.add(key) ? [[text, key]] : [];
      });
      if (unseen.length === 0) return;
      const [row] = await ctx.db.all(
        z.object({ n: z.number() }),
        sql`SELECT count(*) AS n FROM json_each(${JSON.stringify(unseen)}) j WHERE ${isUnknown}`,
      );
      count += row?.n ?? 0;
    },
    count: () => count,
  };
}

const isUnknownSku = (ctx: ActorCtx): SQL =>
  sql`${productIdOf(ctx, sql`j.value ->> 0`, sql`j.value ->> 1`)} IS NULL`;

const isUnknownCustomer = (ctx: ActorCtx): SQL =>
  sql`${customerIdOf(ctx.tenant.id, sql`j.value ->> 0`, sql`j.value ->> 1`)} IS NULL
    AND NOT EXISTS (SELECT 1 FROM sales s INDEXED BY sales_without_customer WHERE s.tenant_id = ${ctx.tenant.id}
      AND s.customer_ref = j.value ->> 0 AND s.customer_id IS NULL)`;

/** Reasons with how often they occur. The values in them are left out, so that rows with the same fault are counted together. */
function collectReasons() {
  const reasons = new Map<
    string,
    { reason: string; count: number; examples: { row: number; text: string }[] }
  >();
  return {
    add: (rejection: Rejection, textOf: (row: number) => string): void => {
      const { row, reason } = rejection;
      const kind = rejection.kind ?? reason.replace(/: .*$/s, "").replace(/\d+/g, "#");
      const found = reasons.get(kind) ?? { reason: rejection.kind ?? reason, count: 0, examples: [] };
      found.count += 1;
      if (found.examples.length < MAX_EXAMPLES) found.examples.push({ row, text: textOf(row) });
      if (reasons.has(kind) || reasons.size < MAX_REASONS) reasons.set(kind, found);
    },
    result: () => [...reasons.values()].toSorted((a, b) => b.count - a.count),
  };
}

/** A set of texts by 52 bits of their hash, which holds millions of invoice numbers in little memory. */
function hashSet() {
  let slots = new Float64Array(1024);
  let size = 0;
  const insert = (hash: number): boolean => {
    let at = hash % slots.length;
    for (; slots[at] !== 0; at = (at + 1) % slots.length) if (slots[at] === hash) return false;
    slots[at] = hash;
    return true;
  };
  return {
    /** Whether the text was new. */
    add: (text: string): boolean => {
      if (!insert(hashOf(text))) return false;
      size += 1;
      if (size * 2 > slots.length) {
        const old = slots;
        slots = new Float64Array(old.length * 2);
        for (const hash of old) if (hash !== 0) insert(hash);
      }
      return true;
    },
  };
}

/** cyrb53, never 0. */
function hashOf(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 4_294_967_296 * (0x1fffff & low) + (high >>> 0) + 1;
}
