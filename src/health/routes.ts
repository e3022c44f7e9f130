import { attemptsPerAddress } from "../auth/login/attempts.ts";
import { loadKeys } from "../auth/login/tokens.ts";
import { jsonResponse } from "../http/content.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { logFailure } from "../platform/log.ts";
import { Problem } from "../platform/problem.ts";
import { addressQuota, planQuotas } from "../quota/plans.ts";
import { Health, healthOf } from "./health.ts";

export const healthRoutes = router();

healthRoutes.openapi(
  operation("open", {
    scope: "none",
    method: "get",
    path: "/healthz",
    operationId: "getHealth",
    summary: "Check the service and its background work",
    description:
      "503 when D1, the signing keys or the quota configuration fail. Otherwise 200; `degraded` means that a background job waits beyond its limit, which more requests do not make worse.",
    tags: ["Service"],
    responses: { 200: jsonResponse("The state of the service", Health) },
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
        "The database is not responding, or the signing keys or quotas are misconfigured.",
      );
    }
  },
);
