import { z } from "@hono/zod-openapi";
import { csvDownloadHeaders } from "../http/csv.ts";
import { jsonResponse, jsonOrCsvResponse, optionalJsonBody } from "../http/content.ts";
import { IdempotencyHeader, withReplayHeader } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { actorContext } from "../http/app-context.ts";
import { idempotentRequest } from "../idempotency/run-once.ts";
import { Id, newId } from "../values/ids.ts";
import { problemResponses } from "../http/problem-responses.ts";
import { callerOf, callDesk } from "./desk/desk-client.ts";
import { listShiftAudit } from "./audit.ts";
import { SHIFT_COLUMNS, shiftsCsv } from "./export.ts";
import { listShifts } from "./history.ts";
import {
  NewBreak,
  NewSession,
  NewShift,
  Shift,
  ShiftAuditList,
  ShiftList,
  ShiftQuery,
  ShiftStarted,
  WorkSession,
} from "./schema.ts";

export const shiftRoutes = router();

const tags = ["Shifts"];

shiftRoutes.openapi(
  operation("employee", {
    method: "post",
    path: "/shifts/start",
    operationId: "startShift",
    summary: "Start my shift",
    description: "One open shift a person: 409 shift-already-open names the open one as `shift`.",
    tags,
    request: { headers: IdempotencyHeader, body: optionalJsonBody(NewShift) },
    responses: { 201: jsonResponse("The open shift", ShiftStarted), ...problemResponses(409) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    const input = NewShift.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { start: input });
    const asked = { ...input, id: newId(), session_id: newId(), request };
    const result = await callDesk(ctx, (desk) => desk.start(callerOf(ctx), asked));
    return c.json(ShiftStarted.parse(withReplayHeader(c, result)), 201);
  },
);

shiftRoutes.openapi(
  operation("employee", {
    method: "get",
    path: "/shifts/current",
    operationId: "currentShift",
    summary: "My open shift",
    tags,
    responses: { 200: jsonResponse("The open shift", Shift), ...problemResponses(404) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    return c.json(Shift.parse(await callDesk(ctx, (desk) => desk.look(callerOf(ctx)))), 200);
  },
);

shiftRoutes.openapi(
  operation("employee", {
    method: "post",
    path: "/shifts/current/sessions",
    operationId: "joinShift",
    summary: "Work on my open shift from another device",
    tags,
    request: { headers: IdempotencyHeader, body: optionalJsonBody(NewSession) },
    responses: { 201: jsonResponse("The session of this device", WorkSession), ...problemResponses(404) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    const input = NewSession.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { join: input });
    const asked = { ...input, id: newId(), request };
    const result = await callDesk(ctx, (desk) => desk.join(callerOf(ctx), asked));
    return c.json(WorkSession.parse(withReplayHeader(c, result)), 201);
  },
);

shiftRoutes.openapi(
  operation("employee", {
    method: "post",
    path: "/shifts/current/breaks/start",
    operationId: "startBreak",
    summary: "Begin a break, paid or not",
    tags,
    request: { body: optionalJsonBody(NewBreak) },
    responses: { 200: jsonResponse("The shift", Shift), ...problemResponses(404, 409) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    const asked = { ...NewBreak.parse(c.req.valid("json")), id: newId() };
    return c.json(Shift.parse(await callDesk(ctx, (desk) => desk.startBreak(callerOf(ctx), asked))), 200);
  },
);

shiftRoutes.openapi(
  operation("employee", {
    method: "post",
    path: "/shifts/current/breaks/end",
    operationId: "endBreak",
    summary: "End the break",
    tags,
    responses: { 200: jsonResponse("The shift", Shift), ...problemResponses(404, 409) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    const asked = { at: ctx.now.toISOString() };
    return c.json(Shift.parse(await callDesk(ctx, (desk) => desk.endBreak(callerOf(ctx), asked))), 200);
  },
);

shiftRoutes.openapi(
  operation("employee", {
    method: "get",
    path: "/shifts",
    operationId: "listShifts",
    summary: "Shifts, newest first: my own, or all for an ADMIN",
    tags,
    description: "As CSV it is the whole list: limit and cursor do not count.",
    request: { query: ShiftQuery },
    responses: { 200: jsonOrCsvResponse("A page of shifts", ShiftList, SHIFT_COLUMNS) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const ctx = actorContext(c);
    if (query.format === "json") return c.json(ShiftList.parse(await listShifts(ctx, query)), 200);
    return c.body(await shiftsCsv(ctx, query), 200, csvDownloadHeaders(`${ctx.tenant.name} shifts.csv`));
  },
);

shiftRoutes.openapi(
  operation("admin", {
    method: "get",
    path: "/shifts/{id}/audit",
    operationId: "shiftAudit",
    summary: "Who changed the shift of somebody else, in order",
    tags,
    request: { params: z.object({ id: Id }) },
    responses: { 200: jsonResponse("The changes", ShiftAuditList), ...problemResponses(404) },
  }),
  async (c) =>
    c.json(ShiftAuditList.parse(await listShiftAudit(actorContext(c), c.req.valid("param").id)), 200),
);
