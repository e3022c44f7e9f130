// A cover is stored in R2 under the shop and the hash of its bytes: its URL is immutable and products can share it. It is
// stored before a product refers to it and deleted after the last one stops, so a crash leaves an unused object, which the
// nightly sweep deletes, and never a URL without one.
import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx, Base, Ctx } from "../../platform/context.ts";
import { openDb } from "../../platform/d1.ts";
import { sweepObjects } from "../../platform/sweep-objects.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { matchesEtag } from "../../values/etag.ts";
import { imageType, ImageType } from "./images.ts";
import { changeCover, getProduct } from "../products/products.ts";
import type { Product } from "../products/schema.ts";

const MAX_BYTES = 5 * 1024 * 1024;

const contentTypes: Record<z.infer<typeof ImageType>, string> = {
  jpg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  avif: "image/avif",
};

/** The file name of a cover: the SHA-256 of its bytes and its type. */
export const CoverFile = z.string().regex(/^[0-9a-f]{64}\.(?:jpg|png|webp|avif)$/);

const PREFIX = "covers/";
const objectKey = (tenantId: string, file: string): string => `${PREFIX}${tenantId}/${file}`;
const coverPath = (tenantId: string, file: string): string => `/api/v1/covers/${tenantId}/${file}`;

/** The file name of the cover at a URL, as in the column cover_file; null for a URL elsewhere. */
function coverFile(tenantId: string, url: string | null): string | null {
  const file = CoverFile.safeParse(url?.split(coverPath(tenantId, ""))[1]);
  return file.success ? file.data : null;
}

/** The R2 key of the cover at a product's URL; null for a URL elsewhere. */
export function coverKey(tenantId: string, url: string | null): string | null {
  const file = coverFile(tenantId, url);
  return file === null ? null : objectKey(tenantId, file);
}

type Upload = { open: () => Promise<ReadableStream<Uint8Array> | null>; length: string | undefined };

/**
 * Uploads the cover of a product; its URL starts with `origin`. Two round trips. @throws Problem not-found, body-required, too-large,
 * unsupported-media-type, precondition-failed, precondition-required
 */
export async function putCover(
  ctx: ActorCtx,
  id: string,
  upload: Upload,
  origin: string,
  ifMatch: string | undefined,
): Promise<z.infer<typeof Product>> {
  await getProduct(ctx, id);
  const bytes = await readBody(upload);
  const type = imageType(bytes);
  if (!type)
    throw new Problem(
      "unsupported-media-type",
      "The body is not a complete image. Send a JPEG, PNG, WebP or AVIF file.",
    );
  const file = `${createHash("sha256").update(bytes).digest("hex")}.${type}`;
  const key = objectKey(ctx.tenant.id, file);
  await ctx.env.FILES.put(key, bytes);
  try {
    const url = `${origin}${coverPath(ctx.tenant.id, file)}`;
    const { product, previous } = await changeCover(ctx, id, url, ifMatch);
    // A concurrent request may have deleted it as unused before the product referred to it; from now on none will.
    if (!(await ctx.env.FILES.head(key))) await ctx.env.FILES.put(key, bytes);
    deleteAfterResponse(ctx, coverFile(ctx.tenant.id, previous));
    return product;
  } catch (error) {
    deleteAfterResponse(ctx, file);
    throw error;
  }
}

/** Removes the cover of a product. One round trip. @throws Problem not-found, precondition-failed, precondition-required */
export async function removeCover(ctx: ActorCtx, id: string, ifMatch: string | undefined): Promise<void> {
  const { previous } = await changeCover(ctx, id, null, ifMatch);
  deleteAfterResponse(ctx, coverFile(ctx.tenant.id, previous));
}

/** The bytes of a body. @throws Problem body-required, too-large */
async function readBody({ open, length }: Upload): Promise<Buffer> {
  const tooLarge = new Problem("too-large", "A cover may have at most 5 MB.");
  if (Number(length ?? 0) > MAX_BYTES) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (await open()) ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw tooLarge;
    chunks.push(chunk);
  }
  if (bytes === 0) throw new Problem("body-required", "Send the image as the body.");
  return Buffer.concat(chunks);
}

// If it fails, the nightly sweep deletes the cover.
const deleteAfterResponse = (ctx: Ctx, file: string | null): void => {
  if (file !== null) ctx.waitUntil(deleteUnused(ctx, ctx.tenant.id, file));
};

/**
 * Deletes a cover that no product uses. A product may start to use it meanwhile: `putCover` checks afterwards that the
 * object exists, and this function checks afterwards that it is still unused, so one of them restores it.
 */
export async function deleteUnused(ctx: Base, tenantId: string, file: string): Promise<void> {
  const key = objectKey(tenantId, file);
  if (await isUsed(ctx, tenantId, file)) return;
  const object = await ctx.env.FILES.get(key);
  if (!object) return;
  const bytes = await object.arrayBuffer();
  await ctx.env.FILES.delete(key);
  if (await isUsed(ctx, tenantId, file)) await ctx.env.FILES.put(key, bytes);
}

// In a new session at the primary, because a replica may lag behind the writes of other requests.
async function isUsed(ctx: Base, tenantId: string, file: string): Promise<boolean> {
  const products = await openDb(ctx.env, tenantId, "first-primary").all(
    z.object({ id: z.string() }),
    sql`SELECT id FROM products WHERE tenant_id = ${tenantId} AND cover_file = ${file} LIMIT 1`,
  );
  return products.length > 0;
}

// Each deletion makes several of the thousand subrequests that an invocation may make.
const MAX_DELETED_PER_PAGE = 10;

/** Deletes covers that no product uses, at most ten of a thousand; a page of a sweep. */
export const sweepOrphanedCovers = (ctx: Base, after = ""): Promise<string | null> =>
  sweepObjects(ctx, after, PREFIX, async (keys) => {
    const objects = keys.map((key) => key.split("/"));
    const orphans = await ctx.db.all(
      z.object({ tenant_id: z.string(), file: z.string() }),
      sql`SELECT value ->> 1 AS tenant_id, value ->> 2 AS file FROM json_each(${JSON.stringify(objects)})
        WHERE NOT EXISTS (SELECT 1 FROM products INDEXED BY products_cover
          WHERE tenant_id = value ->> 1 AND cover_file = value ->> 2)
        LIMIT ${MAX_DELETED_PER_PAGE}`,
    );
    for (const { tenant_id: tenantId, file } of orphans) await deleteUnused(ctx, tenantId, file);
  });

/** A cover with its type and ETag; `body` is null if `ifNoneMatch` has its ETag. Reads R2 only. @throws Problem not-found */
export async function readCover(ctx: Base, tenantId: string, file: string, ifNoneMatch: string | undefined) {
  const etag = `"${file.slice(0, 64)}"`;
  const isCached = matchesEtag(ifNoneMatch, etag);
  const key = objectKey(tenantId, file);
  const type = contentTypes[ImageType.parse(file.slice(65))];
  const metadata = isCached ? await ctx.env.FILES.head(key) : null;
  if (metadata) return { etag, type, body: null };
  const object = isCached ? null : await ctx.env.FILES.get(key);
  if (!object) throw notFound("cover");
  return { etag, type, body: object.body };
}
