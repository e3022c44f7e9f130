// Only files that the manifest lists for the shop can be listed or read.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import { encodeCursor, decodeCursor, pageOf } from "../platform/cursor.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { matchesEtag } from "../values/etag.ts";
import { DATASETS, type Dataset, keyRange } from "./partitions.ts";
import { LakeFile, type LakeFileQuery } from "./schema.ts";

const columns = sql.raw(Object.keys(LakeFile.shape).join(", "));
const revisionRow = z.object({ revision: z.number() });

const fileKey = z.tuple([z.int().min(0), z.string()]);

/** The files by key. All pages show the revision of the first page. One round trip. */
export async function listLakeFiles(ctx: Ctx, query: z.infer<typeof LakeFileQuery>) {
  const tenantId = ctx.tenant.id;
  const [startRevision, after] = decodeCursor(fileKey, "lake", tenantId, query.cursor) ?? [];
  const currentRevision = sql`(SELECT coalesce(max(revision), 0) FROM lake_shops WHERE tenant_id = ${tenantId})`;
  const atRevision = startRevision === undefined ? currentRevision : sql`CAST(${startRevision} AS INTEGER)`;
  const { from, to } = query;
  const revisions = returning(revisionRow, sql`SELECT ${atRevision} AS revision`);
  // One lower bound, because an index takes no other: with two, each page would read all pages before it again.
  const begin = (first: string): SQL =>
    after !== undefined && after >= first ? sql`key > ${after}` : sql`key >= ${first}`;
  const filesOf = (dataset: Dataset): SQL => {
    const { first, last } = keyRange(tenantId, { dataset, from, to });
    return sql`SELECT ${columns} FROM lake_files WHERE tenant_id = ${tenantId} AND ${begin(first)} AND key <= ${last}
      AND added <= ${atRevision} AND (dropped IS NULL OR dropped > ${atRevision})`;
  };
  const datasets = query.dataset === undefined ? DATASETS : [query.dataset];
  const files = returning(
    LakeFile,
    sql`${sql.join(datasets.map(filesOf), sql` UNION ALL `)} ORDER BY key LIMIT ${query.limit + 1}`,
  );
  const done = await ctx.db.batch([revisions, files]);
  const revision = done.of(revisions)[0]?.revision ?? 0;
  return {
    ...pageOf(done.of(files), query.limit, ({ key }) => encodeCursor("lake", tenantId, [revision, key])),
    revision,
  };
}

/** The request headers that select what is read. */
type Conditions = {
  range?: string | undefined;
  ifRange?: string | undefined;
  ifNoneMatch?: string | undefined;
};

type ByteRange = { offset: number; length: number };

/**
 * Streams a file or the range that `range` requests, or responds with 304 if the client has it. A replaced file can be read until it is
 * deleted. One round trip. @throws Problem not-found, range-not-satisfiable
 */
export async function readLakeFile(
  ctx: Ctx,
  key: string,
  conditions: Conditions,
): Promise<{ status: 200 | 206 | 304; headers: Record<string, string>; body: ReadableStream | null }> {
  const [file] = await ctx.db.all(
    LakeFile,
    sql`SELECT ${columns} FROM lake_files WHERE tenant_id = ${ctx.tenant.id} AND key = ${key} AND added IS NOT NULL`,
  );
  if (!file) throw notFound("file");
  const headers = { etag: file.etag, "accept-ranges": "bytes", "cache-control": "private, no-cache" };
  if (matchesEtag(conditions.ifNoneMatch, file.etag)) return { status: 304, headers, body: null };
  const isUnchanged = conditions.ifRange === undefined || conditions.ifRange === file.etag;
  const range = isUnchanged ? parseRange(conditions.range, file.bytes) : null;
  const object = await ctx.env.LAKE.get(key, range ? { range } : {});
  if (!object) throw notFound("file");
  const content = {
    "content-type": "application/vnd.apache.parquet",
    "content-length": String(range?.length ?? file.bytes),
  };
  if (!range) return { status: 200, headers: { ...headers, ...content }, body: object.body };
  const contentRange = `bytes ${range.offset}-${range.offset + range.length - 1}/${file.bytes}`;
  return {
    status: 206,
    headers: { ...headers, ...content, "content-range": contentRange },
    body: object.body,
  };
}

/** The single range of a Range header, or null for any other header, which RFC 9110 allows to ignore. */
function parseRange(header: string | undefined, bytes: number): ByteRange | null {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return null;
  const from = first === "" ? Math.max(bytes - Number(last), 0) : Number(first);
  const to = first === "" || last === "" ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return null;
  if (from > to)
    throw new Problem(
      "range-not-satisfiable",
      `The file has ${bytes} bytes; request a range within it.`,
      {},
      {
        "content-range": `bytes */${bytes}`,
      },
    );
  return { offset: from, length: to - from + 1 };
}
