import { z } from "@hono/zod-openapi";
import { csvHeaders } from "../http/csv.ts";
import { answer, answerOrCsv, optionalJsonOf } from "../http/content.ts";
import { IdempotencyHeader, made } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { signedIn } from "../http/app-context.ts";
import { keyed } from "../idempotency/run-once.ts";
import { Id, newId } from "../values/ids.ts";
import { problems } from "../http/problem-responses.ts";
import { callerOf, heard } from "./desk/desk-client.ts";
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

export const shifts = router();

const tags = ["Shifts"];

shifts.openapi(
  operation("employee", {
    method: "post",
    path: "/shifts/start",
    operationId: "startShift",
    summary: "Start my shift",
    description: "One open shift a person: 409 shift-already-open names the open one as `shift`.",
    tags,
    request: { headers: IdempotencyHeader, body: optionalJsonOf(NewShift) },
    responses: { 201: answer("The open shift", ShiftStarted), ...problems(409) },
  }),
  async (c) => {
    const ctx = signedIn(c);
    const input = NewShift.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const request = keyed(ctx.tenant.id, ctx.actor.id, key, { start: input });
    const asked = { ...input, id: newId(), session_id: newId(), request };
    const result = await heard(ctx, (desk) => desk.start(callerOf(ctx), asked));
    return c.json(ShiftStarted.parse(made(c, result)), 201);
  },
);

shifts.openapi(
  operation("employee", {
    method: "get",
    path: "/shifts/current",
    operationId: "currentShift",
    summary: "My open shift",
    tags,
    responses: { 200: answer("The open shift", Shift), ...problems(404) },
  }),
  async (c) => {
    const ctx = signedIn(c);
    return c.json(Shift.parse(await heard(ctx, (desk) => desk.look(callerOf(ctx)))), 200);
  },
);

shifts.openapi(
  operation("employee", {
    method: "post",
    path: "/shifts/current/sessions",
    operationId: "joinShift",
    summary: "Work on my open shift from another device",
    tags,
    request: { headers: IdempotencyHeader, body: optionalJsonOf(NewSession) },
    responses: { 201: answer("The session of this device", WorkSession), ...problems(404) },
  }),
  async (c) => {
    const ctx = signedIn(c);
    const input = NewSession.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const request = keyed(ctx.tenant.id, ctx.actor.id, key, { join: input });
    const asked = { ...input, id: newId(), request };
    const result = await heard(ctx, (desk) => desk.join(callerOf(ctx), asked));
    return c.json(WorkSession.parse(made(c, result)), 201);
  },
);

shifts.openapi(
  operation("employee", {
    method: "post",
    path: "/shifts/current/breaks/start",
    operationId: "startBreak",
    summary: "Begin a break, paid or not",
    tags,
    request: { body: optionalJsonOf(NewBreak) },
    responses: { 200: answer("The shift", Shift), ...problems(404, 409) },
  }),
  async (c) => {
    const ctx = signedIn(c);
    const asked = { ...NewBreak.parse(c.req.valid("json")), id: newId() };
    return c.json(Shift.parse(await heard(ctx, (desk) => desk.startBreak(callerOf(ctx), asked))), 200);
  },
);

shifts.openapi(
  operation("employee", {
    method: "post",
    path: "/shifts/current/breaks/end",
    operationId: "endBreak",
    summary: "End the break",
    tags,
    responses: { 200: answer("The shift", Shift), ...problems(404, 409) },
  }),
  async (c) => {
    const ctx = signedIn(c);
    const asked = { at: ctx.now.toISOString() };
    return c.json(Shift.parse(await heard(ctx, (desk) => desk.endBreak(callerOf(ctx), asked))), 200);
  },
);

shifts.openapi(
  operation("employee", {
    method: "get",
    path: "/shifts",
    operationId: "listShifts",
    summary: "Shifts, newest first: my own, or all for an ADMIN",
    tags,
    description: "As CSV it is the whole list: limit and cursor do not count.",
    request: { query: ShiftQuery },
    responses: { 200: answerOrCsv("A page of shifts", ShiftList, SHIFT_COLUMNS) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const ctx = signedIn(c);
    if (query.format === "json") return c.json(ShiftList.parse(await listShifts(ctx, query)), 200);
    return c.body(await shiftsCsv(ctx, query), 200, csvHeaders(`${ctx.tenant.name} shifts.csv`));
  },
);

shifts.openapi(
  operation("admin", {
    method: "get",
    path: "/shifts/{id}/audit",
    operationId: "shiftAudit",
    summary: "Who changed the shift of somebody else, in order",
    tags,
    request: { params: z.object({ id: Id }) },
    responses: { 200: answer("The changes", ShiftAuditList), ...problems(404) },
  }),
  async (c) => c.json(ShiftAuditList.parse(await listShiftAudit(signedIn(c), c.req.valid("param").id)), 200),
);
