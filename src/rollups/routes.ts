import { jsonResponse } from "../http/content.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopContext } from "../http/app-context.ts";
import { queueRollup, rollupStatus } from "./jobs.ts";
import { RollupQueued, RollupStatus } from "./schema.ts";

export const rollupRoutes = router();

rollupRoutes.openapi(
  operation("admin", {
    scope: "rollups:write",
    method: "post",
    path: "/rollups/run",
    operationId: "runRollup",
    summary: "Rebuild the daily tables now",
    tags: ["Figures"],
    responses: { 202: jsonResponse("Queued; see GET /rollups/status", RollupQueued) },
  }),
  async (c) => {
    const ctx = shopContext(c);
    await queueRollup(ctx, { kind: "rollup", tenant_id: ctx.tenant.id, products: true });
    return c.json(RollupQueued.parse({ queued: true }), 202);
  },
);

rollupRoutes.openapi(
  operation("admin", {
    scope: "rollups:read",
    method: "get",
    path: "/rollups/status",
    operationId: "getRollupStatus",
    summary: "Get the days that are out of date, and the last rebuild",
    tags: ["Figures"],
    responses: { 200: jsonResponse("The status of the daily tables", RollupStatus) },
  }),
  async (c) => c.json(RollupStatus.parse(await rollupStatus(shopContext(c))), 200),
);
