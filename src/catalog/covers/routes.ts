import { z } from "@hono/zod-openapi";
import { uploadOf } from "../../http/body.ts";
import { jsonResponse } from "../../http/content.ts";
import { ETagHeaders, IfMatch, withEtag } from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { actorContext } from "../../http/app-context.ts";
import { Id } from "../../values/ids.ts";
import { CoverFile, putCover, readCover, removeCover } from "./covers.ts";
import { Product } from "../products/schema.ts";

export const coverRoutes = router();

const tags = ["Catalogue"];
const params = z.object({ id: Id });
const binary = { schema: z.string().openapi({ format: "binary" }) };
const image = { "image/jpeg": binary, "image/png": binary, "image/webp": binary, "image/avif": binary };

coverRoutes.openapi(
  operation("employee", {
    scope: "products:write",
    method: "put",
    path: "/products/{id}/cover",
    operationId: "replaceCover",
    summary: "Upload the cover of a product",
    description: `Send a complete JPEG, PNG, WebP or AVIF file of at most 5 MB as the body, with curl by \`--data-binary @cover.jpg\`.
The type is detected from the bytes; Content-Type is ignored. cover_image_url is set to the URL of the cover, which is public
and immutable.`,
    tags,
    request: { params, headers: IfMatch, body: { required: true, content: image } },
    problems: ["body-required", "too-large", "unsupported-media-type"],
    responses: {
      200: { ...jsonResponse("The product with its cover", Product), headers: ETagHeaders },
    },
  }),
  async (c) => {
    const upload = { open: () => uploadOf(c), length: c.req.header("content-length") };
    const { origin } = new URL(c.req.url);
    const ifMatch = c.req.valid("header")["if-match"];
    const product = await putCover(actorContext(c), c.req.valid("param").id, upload, origin, ifMatch);
    return c.json(withEtag(c, Product.parse(product)), 200);
  },
);

coverRoutes.openapi(
  operation("employee", {
    scope: "products:write",
    method: "delete",
    path: "/products/{id}/cover",
    operationId: "removeCover",
    summary: "Remove the cover of a product",
    tags,
    request: { params, headers: IfMatch },
    responses: { 204: { description: "Removed" } },
  }),
  async (c) => {
    await removeCover(actorContext(c), c.req.valid("param").id, c.req.valid("header")["if-match"]);
    return c.body(null, 204);
  },
);

coverRoutes.openapi(
  operation("public", {
    scope: "products:read",
    method: "get",
    path: "/covers/{tenant_id}/{file}",
    operationId: "getCover",
    summary: "Download a cover",
    description:
      "The URL is the cover_image_url of a product. It contains the hash of the image, so the image can be cached forever.",
    tags,
    request: { params: z.object({ tenant_id: Id, file: CoverFile }) },
    responses: {
      200: {
        description: "The image",
        headers: {
          ...ETagHeaders,
          "Cache-Control": { description: "a year, immutable", schema: { type: "string" as const } },
        },
        content: image,
      },
      304: { description: "Not modified: If-None-Match has the ETag of the cover" },
    },
  }),
  async (c) => {
    const { tenant_id, file } = c.req.valid("param");
    const { etag, type, body } = await readCover(c.var.base, tenant_id, file, c.req.header("if-none-match"));
    c.header("ETag", etag);
    c.header("Cache-Control", "public, max-age=31536000, immutable");
    if (!body) return c.body(null, 304);
    c.header("Content-Type", type);
    c.header("Content-Security-Policy", "default-src 'none'");
    return c.body(body, 200);
  },
);
