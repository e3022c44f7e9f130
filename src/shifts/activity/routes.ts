import { z } from "@hono/zod-openapi";
import { jsonResponse, jsonBody } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { actorContext, userContext } from "../../http/app-context.ts";
import { Id } from "../../values/ids.ts";
import { runPlan } from "../../platform/plan.ts";
import {
  ActivityBatch,
  ActivityList,
  ActivityQuery,
  ActivityTaken,
  AlertList,
  AlertQuery,
  Platforms,
  PlatformsSeen,
} from "./schema.ts";
import { listActivity } from "./activity.ts";
import { listAlerts } from "./alerts.ts";
import { callDesk } from "../desk/desk-client.ts";
import { getPlatforms, putPlatforms } from "./platforms.ts";

export const activityRoutes = router();

const tags = ["Shifts"];

activityRoutes.openapi(
  operation("employee", {
    scope: "none",
    method: "post",
    path: "/shifts/current/activity",
    operationId: "recordActivity",
    summary: "Record activity in my open shift, up to 100 events",
    description:
      "Each event is accepted or rejected separately. An event with the id (or, without an id, the content) of a stored " +
      "event of the shift is a duplicate and changes nothing, so a batch can be sent again. Events are rejected if they " +
      "happened before the shift, more than 24 hours ago, more than a minute ahead of the server's clock, or on a " +
      "platform that the shop does not allow.",
    tags,
    request: { body: jsonBody(ActivityBatch) },
    problems: ["no-open-shift"],
    responses: { 200: jsonResponse("The result for each event", ActivityTaken) },
  }),
  async (c) => {
    const ctx = userContext(c);
    const batch = c.req.valid("json");
    const result = await callDesk(ctx, (desk, call) => desk.recordActivity(call, batch));
    return c.json(ActivityTaken.parse(result), 200);
  },
);

activityRoutes.openapi(
  operation("employee", {
    scope: "shifts:read",
    method: "get",
    path: "/shifts/{id}/activity",
    operationId: "listActivity",
    summary: "List the activity of a shift, oldest first",
    tags,
    request: { params: z.object({ id: Id }), query: ActivityQuery },
    responses: { 200: jsonResponse("A page of activity", ActivityList) },
  }),
  async (c) => {
    const page = await listActivity(actorContext(c), c.req.valid("param").id, c.req.valid("query"));
    return c.json(ActivityList.parse(page), 200);
  },
);

activityRoutes.openapi(
  operation("admin", {
    scope: "shifts:read",
    method: "get",
    path: "/platforms",
    operationId: "getPlatforms",
    summary: "Get the platforms that are allowed for activity",
    description: "A shop that has never set a list allows all platforms.",
    tags,
    responses: { 200: jsonResponse("The allowlist", PlatformsSeen) },
  }),
  async (c) => c.json(PlatformsSeen.parse(await getPlatforms(actorContext(c))), 200),
);

activityRoutes.openapi(
  operation("admin", {
    scope: "shifts:write",
    method: "put",
    path: "/platforms",
    operationId: "replacePlatforms",
    summary: "Replace the platforms that are allowed for activity",
    description:
      "A shop that has never set a list allows all platforms. Once it sets a list, only the platforms in the list are " +
      "allowed, and an empty list allows none. Names are converted to lower case.",
    tags,
    request: { body: jsonBody(Platforms) },
    responses: { 200: jsonResponse("The allowlist", PlatformsSeen) },
  }),
  async (c) => {
    const { platforms } = c.req.valid("json");
    return c.json(PlatformsSeen.parse(await putPlatforms(actorContext(c), platforms)), 200);
  },
);

activityRoutes.openapi(
  operation("admin", {
    scope: "shifts:read",
    method: "get",
    path: "/alerts",
    operationId: "listAlerts",
    summary: "List alerts of idle and overlong shifts and of missing stock, newest first",
    tags,
    request: { query: AlertQuery },
    responses: { 200: jsonResponse("A page of alerts", AlertList) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    return c.json(AlertList.parse(await runPlan(ctx, listAlerts(ctx, c.req.valid("query")))), 200);
  },
);
