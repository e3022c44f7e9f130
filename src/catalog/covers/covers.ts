// A cover lies in R2 under the shop and the hash of its bytes, so its address never changes its meaning, and products may
// share it. It is stored before a product names it, and deleted after no product does: what a crash leaves is an object that
// nobody asks for, never an address without one; the nightly sweep finds it.
import { createHash } from "node:crypto";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ActorCtx, Base, Ctx } from "../../platform/context.ts";
import { openDb } from "../../platform/d1.ts";
import { sweepObjects } from "../../platform/sweep-objects.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { imageType, ImageType } from "./images.ts";
import { changeProduct, getProduct } from "../products/products.ts";
import type { Product } from "../products/schema.ts";

const MAX_BYTES = 5 * 1024 * 1024;

const contentTypes: Record<z.infer<typeof ImageType>, string> = {
  jpg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  avif: "image/avif",
};

/** The name of a cover: the SHA-256 of its bytes, and what it is. */
export const CoverFile = z.string().regex(/^[0-9a-f]{64}\.(?:jpg|png|webp|avif)$/);

const PREFIX = "covers/";
const objectKey = (tenantId: string, file: string): string => `${PREFIX}${tenantId}/${file}`;
const coverPath = (tenantId: string, file: string): string => `/api/v1/covers/${tenantId}/${file}`;

/** The cover of ours that a URL names, as the column cover_file has it; null where it names another place. */
function coverFile(tenantId: string, url: string | null): string | null {
  const file = CoverFile.safeParse(url?.split(coverPath(tenantId, ""))[1]);
  return file.success ? file.data : null;
}

/** The key of the object that a product's URL names as its cover; null where it names another place. */
export function coverKey(tenantId: string, url: string | null): string | null {
  const file = coverFile(tenantId, url);
  return file === null ? null : objectKey(tenantId, file);
}

type Upload = { body: ReadableStream<Uint8Array> | null; length: string | undefined };

/**
 * Gives the product a cover of its own; its URL is at `origin`. @throws Problem not-found, body-required, too-large,
 * unsupported-media-type, precondition-failed
 */
export async function putCover(
  ctx: ActorCtx,
  id: string,
  upload: Upload,
  origin: string,
  ifMatch: string | undefined,
): Promise<z.infer<typeof Product>> {
  const before = await getProduct(ctx, id);
  const bytes = await readBody(upload);
  const type = imageType(bytes);
  if (!type)
    throw new Problem("unsupported-media-type", "Send a whole image: JPEG, PNG, WebP or AVIF, by its bytes.");
  const file = `${createHash("sha256").update(bytes).digest("hex")}.${type}`;
  const key = objectKey(ctx.tenant.id, file);
  await ctx.env.FILES.put(key, bytes);
  try {
    const url = `${origin}${coverPath(ctx.tenant.id, file)}`;
    const product = await changeProduct(ctx, id, { cover_image_url: url }, ifMatch);
    // Somebody who had found it unused may have deleted it before the product named it: from now on nobody will.
    if (!(await ctx.env.FILES.head(key))) await ctx.env.FILES.put(key, bytes);
    deleteAfterResponse(ctx, coverFile(ctx.tenant.id, before.cover_image_url));
    return product;
  } catch (error) {
    deleteAfterResponse(ctx, file);
    throw error;
  }
}

/** Takes the cover away. @throws Problem not-found, precondition-failed */
export async function removeCover(ctx: ActorCtx, id: string, ifMatch: string | undefined): Promise<void> {
  const before = await getProduct(ctx, id);
  await changeProduct(ctx, id, { cover_image_url: null }, ifMatch);
  deleteAfterResponse(ctx, coverFile(ctx.tenant.id, before.cover_image_url));
}

/** The bytes of a body. @throws Problem body-required, too-large */
async function readBody({ body, length }: Upload): Promise<Buffer> {
  const tooLarge = new Problem("too-large", "A cover may have 5 MB at most.");
  if (Number(length ?? 0) > MAX_BYTES) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw tooLarge;
    chunks.push(chunk);
  }
  if (bytes === 0) throw new Problem("body-required", "Send the image as the body.");
  return Buffer.concat(chunks);
}

/** After the answer: nobody waits for it, and what is left when it fails does no harm until the sweep finds it. */
const deleteAfterResponse = (ctx: Ctx, file: string | null): void => {
  if (file !== null) ctx.waitUntil(deleteUnused(ctx, ctx.tenant.id, file));
};

/**
 * Deletes a cover that no product uses. Who begins to use it in between looks afterwards whether it is there; here it is
 * looked afterwards whether somebody uses it: one of the two sees the other, and puts it back.
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

/** Asked in a session of its own, for a replica may not know yet what another request has just written. */
async function isUsed(ctx: Base, tenantId: string, file: string): Promise<boolean> {
  const found = await openDb(ctx.env, "first-primary").all(
    z.object({ id: z.string() }),
    sql`SELECT id FROM products WHERE tenant_id = ${tenantId} AND cover_file = ${file} LIMIT 1`,
  );
  return found.length > 0;
}

// Each takes some steps of the thousand that an invocation may take; more than these wait for the sweep's next round.
const MAX_DELETED_PER_PAGE = 10;

/** Deletes the covers that no product uses and that were not deleted when they should; a nightly job. */
export const sweepOrphanedCovers = (ctx: Base): Promise<void> =>
  sweepObjects(ctx, PREFIX, async (keys) => {
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

/**
 * A cover with its type and ETag; no body where `ifNoneMatch` says that the reader has it. Asks no database.
 * @throws Problem not-found
 */
export async function readCover(ctx: Base, tenantId: string, file: string, ifNoneMatch: string | undefined) {
  const etag = `"${file.slice(0, 64)}"`;
  const tags = (ifNoneMatch ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  const isKnown = tags.includes(etag) || tags.includes("*");
  const key = objectKey(tenantId, file);
  const type = contentTypes[ImageType.parse(file.slice(65))];
  const found = isKnown ? await ctx.env.FILES.head(key) : null;
  if (found) return { etag, type, body: null };
  const object = isKnown ? null : await ctx.env.FILES.get(key);
  if (!object) throw notFound("cover");
  return { etag, type, body: object.body };
}
