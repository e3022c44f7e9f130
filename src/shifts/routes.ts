import { z } from "@hono/zod-openapi";
import { csvFormat, csvHeaders } from "../http/csv.ts";
import { jsonResponse, jsonOrCsvResponse, optionalJsonBody } from "../http/content.ts";
import { IdempotencyHeader, withLocationAt, withReplayHeader } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { actorContext, userContext } from "../http/app-context.ts";
import { idempotentRequest } from "../idempotency/run-once.ts";
import { columnNames } from "../values/csv.ts";
import { Id, newId } from "../values/ids.ts";
import { callDesk } from "./desk/desk-client.ts";
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
    scope: "none",
    method: "post",
    path: "/shifts/start",
    operationId: "startShift",
    summary: "Start my shift",
    description: "A person has at most one open shift: 409 shift-already-open returns it as `shift`.",
    tags,
    request: { headers: IdempotencyHeader, body: optionalJsonBody(NewShift) },
    problems: ["shift-already-open"],
    responses: { 201: jsonResponse("The open shift", ShiftStarted) },
  }),
  async (c) => {
    const ctx = userContext(c);
    const input = NewShift.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { start: input });
    const command = { ...input, id: newId(), session_id: newId(), request };
    const result = await callDesk(ctx, (desk, call) => desk.start(call, command));
    const started = ShiftStarted.parse(withReplayHeader(c, result));
    return c.json(withLocationAt(c, "shifts/current", started), 201);
  },
);

shiftRoutes.openapi(
  operation("employee", {
    scope: "none",
    method: "get",
    path: "/shifts/current",
    operationId: "getCurrentShift",
    summary: "Get my open shift",
    tags,
    problems: ["no-open-shift"],
    responses: { 200: jsonResponse("The open shift", Shift) },
  }),
  async (c) => {
    const ctx = userContext(c);
    return c.json(Shift.parse(await callDesk(ctx, (desk, call) => desk.current(call))), 200);
  },
);

shiftRoutes.openapi(
  operation("employee", {
    scope: "none",
    method: "post",
    path: "/shifts/current/sessions",
    operationId: "joinShift",
    summary: "Join my open shift from another device",
    tags,
    request: { headers: IdempotencyHeader, body: optionalJsonBody(NewSession) },
    problems: ["no-open-shift"],
    responses: { 201: jsonResponse("The session of this device", WorkSession) },
  }),
  async (c) => {
    const ctx = userContext(c);
    const input = NewSession.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { join: input });
    const command = { ...input, id: newId(), request };
    const result = await callDesk(ctx, (desk, call) => desk.join(call, command));
    const session = WorkSession.parse(withReplayHeader(c, result));
    return c.json(withLocationAt(c, "shifts/current", session), 201);
  },
);

shiftRoutes.openapi(
  operation("employee", {
    scope: "none",
    method: "post",
    path: "/shifts/current/breaks/start",
    operationId: "startBreak",
    summary: "Start a break, paid or unpaid",
    tags,
    description:
      "If a break of the same kind is open already, the shift is returned as it is; 409 break-already-open if it is of the other kind.",
    request: { headers: IdempotencyHeader, body: optionalJsonBody(NewBreak) },
    problems: ["no-open-shift", "break-already-open"],
    responses: { 200: jsonResponse("The shift", Shift) },
  }),
  async (c) => {
    const ctx = userContext(c);
    const input = NewBreak.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { startBreak: input });
    const command = { ...input, id: newId(), request };
    const result = await callDesk(ctx, (desk, call) => desk.startBreak(call, command));
    return c.json(Shift.parse(withReplayHeader(c, result)), 200);
  },
);

shiftRoutes.openapi(
  operation("employee", {
    scope: "none",
    method: "post",
    path: "/shifts/current/breaks/end",
    operationId: "endBreak",
    summary: "End my open break",
    description:
      "If my last break ended within the last ten minutes, the shift is returned as it is; otherwise 409 no-open-break.",
    tags,
    request: { headers: IdempotencyHeader },
    problems: ["no-open-shift", "no-open-break"],
    responses: { 200: jsonResponse("The shift", Shift) },
  }),
  async (c) => {
    const ctx = userContext(c);
    const key = c.req.valid("header")["idempotency-key"];
    const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, "endBreak");
    const command = { at: ctx.now.toISOString(), request };
    const result = await callDesk(ctx, (desk, call) => desk.endBreak(call, command));
    return c.json(Shift.parse(withReplayHeader(c, result)), 200);
  },
);

shiftRoutes.openapi(
  operation("employee", {
    scope: "shifts:read",
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
    scope: "shifts:read",
    method: "get",
    path: "/shifts/{id}/audit",
    operationId: "listShiftChanges",
    summary: "List the changes that an ADMIN made to a shift, oldest first",
    tags,
    request: { params: z.object({ id: Id }) },
    responses: { 200: jsonResponse("The changes", ShiftAuditList) },
  }),
  async (c) =>
    c.json(ShiftAuditList.parse(await listShiftAudit(actorContext(c), c.req.valid("param").id)), 200),
);
