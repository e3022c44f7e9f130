// The service itself: is it well, and with which keys does it sign.
import { z } from "@hono/zod-openapi";
import { attemptsPerAddress } from "./auth/attempts.ts";
import { openKeys } from "./auth/tokens.ts";
import { Health, healthOf } from "./health.ts";
import { answer, operation, router } from "./http.ts";
import { logFailure } from "./log.ts";
import { Problem } from "./problem.ts";
import { addressQuota, planQuotas } from "./quota/plans.ts";

export const service = router();

const KeySet = z
  .object({
    keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), crv: z.string(), x: z.string() })),
  })
  .openapi("KeySet");

service.openapi(
  operation("public", {
    method: "get",
    path: "/healthz",
    operationId: "health",
    summary: "Whether the service can work, and whether the work behind the requests is done",
    description:
      "503 where D1, the signing keys or the limits fail. Else 200: `degraded` where a job waits beyond its limit, which more requests do not make worse.",
    tags: ["Service"],
    responses: { 200: answer("It can", Health) },
  }),
  async (c) => {
    try {
      await openKeys(c.env);
      planQuotas(c.env, "standard");
      addressQuota(c.env);
      attemptsPerAddress(c.env);
      return c.json(Health.parse(await healthOf(c.var.base)), 200);
    } catch (error) {
      logFailure("healthz", error);
      throw new Problem(
        "unavailable",
        "The database does not answer, or the signing keys or the limits are not usable.",
      );
    }
  },
);

service.openapi(
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
