// The shop's own files of the lake: only what the manifest names can be listed or read.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { rows } from "../platform/d1.ts";
import { encodeCursor, decodeCursor, pageOf } from "../platform/cursor.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { keyRange, monthOf } from "./partitions.ts";
import { LakeFile, type LakeFileQuery } from "./schema.ts";

const columns = sql.raw("key, dataset, day, bytes, rows, etag, created_at");

/** A month of daily_summary has the day where the month has it. */
const since = (day: string): SQL =>
  sql`AND day >= CASE dataset WHEN 'daily_summary' THEN ${monthOf(day)} ELSE ${day} END`;

const place = z.tuple([z.int().min(0), z.string()]);

/** The files by key, all pages as of the revision at which the list began. One round trip. */
export async function listLakeFiles(ctx: Ctx, query: z.infer<typeof LakeFileQuery>) {
  const tenantId = ctx.tenant.id;
  const [begun, after] = decodeCursor(place, "lake", tenantId, query.cursor) ?? [];
  const { first, last } = keyRange(tenantId, query);
  const revision = sql`(SELECT coalesce(max(revision), 0) FROM lake_shops WHERE tenant_id = ${tenantId})`;
  const asOf = begun === undefined ? revision : sql`CAST(${begun} AS INTEGER)`;
  const { from, to } = query;
  const [head, files] = await ctx.db.batch([
    sql`SELECT ${asOf} AS revision`,
    sql`SELECT ${columns} FROM lake_files WHERE tenant_id = ${tenantId} AND key BETWEEN ${first} AND ${last}
      ${after === undefined ? sql`` : sql`AND key > ${after}`} ${from === undefined ? sql`` : since(from)}
      ${to === undefined ? sql`` : sql`AND day <= ${to}`}
      AND added <= ${asOf} AND (dropped IS NULL OR dropped > ${asOf}) ORDER BY key LIMIT ${query.limit + 1}`,
  ]);
  const [state] = rows(z.object({ revision: z.number() }), head);
  const at = state?.revision ?? 0;
  const found = rows(LakeFile, files);
  return {
    ...pageOf(found, query.limit, ({ key }) => encodeCursor("lake", tenantId, [at, key])),
    revision: at,
  };
}

/** What a reader asks of a file, besides its key: the headers of HTTP. */
type Asked = { range?: string | undefined; ifRange?: string | undefined; ifNoneMatch?: string | undefined };

type Part = { offset: number; length: number };

/**
 * Streams a file, or the part of it that `Range` asks for; 304 where the reader has it. A file that was replaced is there
 * until it is deleted. One round trip. @throws Problem not-found, range-not-satisfiable
 */
export async function readLakeFile(
  ctx: Ctx,
  key: string,
  asked: Asked,
): Promise<{ status: 200 | 206 | 304; headers: Record<string, string>; body: ReadableStream | null }> {
  const [file] = await ctx.db.all(
    LakeFile,
    sql`SELECT ${columns} FROM lake_files WHERE tenant_id = ${ctx.tenant.id} AND key = ${key} AND added IS NOT NULL`,
  );
  if (!file) throw notFound("file");
  const headers = { etag: file.etag, "accept-ranges": "bytes", "cache-control": "private, no-cache" };
  if (names(asked.ifNoneMatch, file.etag)) return { status: 304, headers, body: null };
  const isSame = asked.ifRange === undefined || asked.ifRange === file.etag;
  const part = isSame ? partOf(asked.range, file.bytes) : null;
  const object = await ctx.env.LAKE.get(key, part ? { range: part } : {});
  if (!object) throw notFound("file");
  const content = {
    "content-type": "application/vnd.apache.parquet",
    "content-length": String(part?.length ?? file.bytes),
  };
  if (!part) return { status: 200, headers: { ...headers, ...content }, body: object.body };
  const range = `bytes ${part.offset}-${part.offset + part.length - 1}/${file.bytes}`;
  return { status: 206, headers: { ...headers, ...content, "content-range": range }, body: object.body };
}

/** Whether an If-None-Match names this ETag. */
const names = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  header.split(",").some((each) => each.trim() === "*" || each.trim().replace(/^W\//, "") === etag);

/** The one range that a header asks for; null where it asks for several or in another way: then all is sent (RFC 9110). */
function partOf(header: string | undefined, bytes: number): Part | null {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return null;
  const from = first === "" ? Math.max(bytes - Number(last), 0) : Number(first);
  const to = first === "" || last === "" ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return null;
  if (from > to)
    throw new Problem(
      "range-not-satisfiable",
      `The file has ${bytes} bytes.`,
      {},
      {
        "content-range": `bytes */${bytes}`,
      },
    );
  return { offset: from, length: to - from + 1 };
}
