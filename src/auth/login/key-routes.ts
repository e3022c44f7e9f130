import { z } from "@hono/zod-openapi";
import { answer } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { openKeys } from "./tokens.ts";

export const keys = router();

const KeySet = z
  .object({
    keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), crv: z.string(), x: z.string() })),
  })
  .openapi("KeySet");

keys.openapi(
  operation("public", {
    method: "get",
    path: "/.well-known/jwks.json",
    operationId: "keys",
    summary: "The public keys that verify access tokens (RFC 7517)",
    tags: ["Service"],
    responses: { 200: answer("The key set", KeySet) },
  }),
  async (c) => {
    c.header("Cache-Control", "public, max-age=300");
    return c.json(KeySet.parse({ keys: (await openKeys(c.env)).published }), 200);
  },
);
