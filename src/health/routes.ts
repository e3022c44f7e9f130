import { attemptsPerAddress } from "../auth/login/attempts.ts";
import { loadKeys } from "../auth/login/tokens.ts";
import { jsonResponse } from "../http/content.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { logFailure } from "../platform/log.ts";
import { Problem } from "../platform/problem.ts";
import { addressQuota, planQuotas } from "../quota/plans.ts";
import { Health, healthOf } from "./jobs.ts";

export const healthRoutes = router();

healthRoutes.openapi(
  operation("public", {
    method: "get",
    path: "/healthz",
    operationId: "health",
    summary: "Whether the service can work, and whether the work behind the requests is done",
    description:
      "503 where D1, the signing keys or the limits fail. Else 200: `degraded` where a job waits beyond its limit, which more requests do not make worse.",
    tags: ["Service"],
    responses: { 200: jsonResponse("It can", Health) },
  }),
  async (c) => {
    try {
      await loadKeys(c.env);
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
