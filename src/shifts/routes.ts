import { z } from "@hono/zod-openapi";
import { csvFormat, csvHeaders } from "../http/csv.ts";
import { jsonResponse, jsonOrCsvResponse, optionalJsonBody } from "../http/content.ts";
import { IdempotencyHeader, withReplayHeader } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { actorContext } from "../http/app-context.ts";
import { idempotentRequest } from "../idempotency/run-once.ts";
import { columnNames } from "../values/csv.ts";
import { Id, newId } from "../values/ids.ts";
import { problemResponses } from "../http/problem-responses.ts";
import { callerOf, callDesk } from "./desk/desk-client.ts";
import { listShiftAudit } from "./audit.ts";
import { shiftColumns, shiftsCsv } from "./export.ts";
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
    description: "A person has at most one open shift: 409 shift-already-open returns it as `shift`.",
    tags,
    request: { headers: IdempotencyHeader, body: optionalJsonBody(NewShift) },
    responses: { 201: jsonResponse("The open shift", ShiftStarted), ...problemResponses(409) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    const input = NewShift.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { start: input });
    const command = { ...input, id: newId(), session_id: newId(), request };
    const result = await callDesk(ctx, (desk) => desk.start(callerOf(ctx), command));
    return c.json(ShiftStarted.parse(withReplayHeader(c, result)), 201);
  },
);

shiftRoutes.openapi(
  operation("employee", {
    method: "get",
    path: "/shifts/current",
    operationId: "getCurrentShift",
    summary: "Get my open shift",
    tags,
    responses: { 200: jsonResponse("The open shift", Shift), ...problemResponses(404) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    return c.json(Shift.parse(await callDesk(ctx, (desk) => desk.current(callerOf(ctx)))), 200);
  },
);

shiftRoutes.openapi(
  operation("employee", {
    method: "post",
    path: "/shifts/current/sessions",
    operationId: "joinShift",
    summary: "Join my open shift from another device",
    tags,
    request: { headers: IdempotencyHeader, body: optionalJsonBody(NewSession) },
    responses: { 201: jsonResponse("The session of this device", WorkSession), ...problemResponses(404) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    const input = NewSession.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { join: input });
    const command = { ...input, id: newId(), request };
    const result = await callDesk(ctx, (desk) => desk.join(callerOf(ctx), command));
    return c.json(WorkSession.parse(withReplayHeader(c, result)), 201);
  },
);

shiftRoutes.openapi(
  operation("employee", {
    method: "post",
    path: "/shifts/current/breaks/start",
    operationId: "startBreak",
    summary: "Start a break, paid or unpaid",
    tags,
    description:
      "If a break of the same kind is open already, the shift is returned as it is; 409 break-already-open if it is of the other kind.",
    request: { headers: IdempotencyHeader, body: optionalJsonBody(NewBreak) },
    responses: { 200: jsonResponse("The shift", Shift), ...problemResponses(404, 409) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    const input = NewBreak.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { startBreak: input });
    const command = { ...input, id: newId(), request };
    const result = await callDesk(ctx, (desk) => desk.startBreak(callerOf(ctx), command));
    return c.json(Shift.parse(withReplayHeader(c, result)), 200);
  },
);

shiftRoutes.openapi(
  operation("employee", {
    method: "post",
    path: "/shifts/current/breaks/end",
    operationId: "endBreak",
    summary: "End my open break",
    description:
      "If my last break ended within the last ten minutes, the shift is returned as it is; otherwise 409 no-open-break.",
    tags,
    request: { headers: IdempotencyHeader },
    responses: { 200: jsonResponse("The shift", Shift), ...problemResponses(404, 409) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    const key = c.req.valid("header")["idempotency-key"];
    const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, "endBreak");
    const command = { at: ctx.now.toISOString(), request };
    const result = await callDesk(ctx, (desk) => desk.endBreak(callerOf(ctx), command));
    return c.json(Shift.parse(withReplayHeader(c, result)), 200);
  },
);

shiftRoutes.openapi(
  operation("employee", {
    method: "get",
    path: "/shifts",
    operationId: "listShifts",
    summary: "List shifts, newest first: my own, or everyone's as an ADMIN",
    tags,
    description: "As CSV, returns the whole list and ignores limit and cursor.",
    request: { query: ShiftQuery },
    responses: { 200: jsonOrCsvResponse("A page of shifts", ShiftList, columnNames(shiftColumns)) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const ctx = actorContext(c);
    if (query.format === "json") return c.json(ShiftList.parse(await listShifts(ctx, query)), 200);
    return c.body(await shiftsCsv(ctx, query, csvFormat(ctx, query)), 200, csvHeaders(ctx, "shifts", query));
  },
);

shiftRoutes.openapi(
  operation("admin", {
    method: "get",
    path: "/shifts/{id}/audit",
    operationId: "listShiftChanges",
    summary: "List the changes that an ADMIN made to a shift, oldest first",
    tags,
    request: { params: z.object({ id: Id }) },
    responses: { 200: jsonResponse("The changes", ShiftAuditList), ...problemResponses(404) },
  }),
  async (c) =>
    c.json(ShiftAuditList.parse(await listShiftAudit(actorContext(c), c.req.valid("param").id)), 200),
);
