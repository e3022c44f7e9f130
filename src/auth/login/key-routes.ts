import { z } from "@hono/zod-openapi";
import { jsonResponse } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { loadKeys } from "./tokens.ts";

export const jwksRoutes = router();

const KeySet = z
  .object({
    keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), crv: z.string(), x: z.string() })),
  })
  .openapi("KeySet");

jwksRoutes.openapi(
  operation("open", {
    scope: "none",
    method: "get",
    path: "/.well-known/jwks.json",
    operationId: "getKeys",
    summary: "Get the public keys that verify access tokens (RFC 7517)",
    tags: ["Service"],
    responses: { 200: jsonResponse("The key set", KeySet) },
  }),
  async (c) => {
    c.header("Cache-Control", "public, max-age=300");
    return c.json(KeySet.parse({ keys: (await loadKeys(c.env)).published }), 200);
  },
);
