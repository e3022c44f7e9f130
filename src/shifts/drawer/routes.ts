import { z } from "@hono/zod-openapi";
import { jsonResponse, jsonBody, optionalJsonBody } from "../../http/content.ts";
import { IdempotencyHeader, withLocationAt, withReplayHeader } from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { PageQuery } from "../../http/pagination.ts";
import { router } from "../../http/validation.ts";
import { actorContext, shopContext, userContext } from "../../http/app-context.ts";
import { idempotentRequest } from "../../idempotency/run-once.ts";
import { Id, newId } from "../../values/ids.ts";
import { callDesk } from "../desk/desk-client.ts";
import { Shift } from "../schema.ts";
import { correctShift } from "./correct.ts";
import { listCashMoves } from "./cash-list.ts";
import { closeForgotten } from "./close-forgotten.ts";
import { getOpeningCash } from "./opening-cash.ts";
import { getReport } from "./report.ts";
import {
  CashMove,
  CashMoveList,
  NewCashMove,
  OpeningCash,
  ShiftClose,
  ShiftEnd,
  ShiftEnded,
  ShiftPatch,
  TillReport,
} from "./schema.ts";

export const drawerRoutes = router();

const tags = ["Shifts"];

drawerRoutes.openapi(
  operation("employee", {
    scope: "none",
    method: "post",
    path: "/shifts/end",
    operationId: "endShift",
    summary: "End my shift, with its open break and sessions",
    description:
      "If my last shift ended within the last ten minutes, it is returned as it is, with its Z report; 404 no-open-shift if it ended earlier or with another counted_cash.",
    tags,
    request: { headers: IdempotencyHeader, body: optionalJsonBody(ShiftEnd) },
    problems: ["no-open-shift"],
    responses: {
      200: jsonResponse("The closed shift with its Z report", ShiftEnded),
    },
  }),
  async (c) => {
    const ctx = userContext(c);
    const input = ShiftEnd.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { end: input });
    const command = { ...input, event_id: newId(), request };
    const result = await callDesk(ctx, (desk, call) => desk.end(call, command));
    return c.json(ShiftEnded.parse(withReplayHeader(c, result)), 200);
  },
);

drawerRoutes.openapi(
  operation("employee", {
    scope: "none",
    method: "post",
    path: "/shifts/current/cash",
    operationId: "createCashMove",
    summary: "Pay cash into or out of the drawer without a sale",
    description:
      "An EMPLOYEE who pays out more than the expected cash of the shift needs an approval: 403 approval-required, with `expected_cash`. With `approval` the movement names the ADMIN in `approved_by`. What exceeds the expected cash is paid out with a warning.",
    tags,
    request: { headers: IdempotencyHeader, body: jsonBody(NewCashMove) },
    problems: ["no-open-shift", "approval-required", "invalid-approval", "too-many-attempts"],
    responses: { 201: jsonResponse("The cash movement", CashMove) },
  }),
  async (c) => {
    const ctx = userContext(c);
    const { approval, ...input } = c.req.valid("json");
    const key = c.req.valid("header")["idempotency-key"];
    // Without the approval, whose PIN is secret.
    const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { cash: input });
    const command = { ...input, approval, id: newId(), request };
    const result = await callDesk(ctx, (desk, call) => desk.moveCash(call, command));
    const move = CashMove.parse(withReplayHeader(c, result));
    return c.json(withLocationAt(c, `shifts/${move.shift_id}/report`, move), 201);
  },
);

drawerRoutes.openapi(
  operation("employee", {
    scope: "shifts:read",
    method: "get",
    path: "/shifts/{id}/cash",
    operationId: "listCashMoves",
    summary:
      "List the cash that was paid into or out of the drawer in a shift without a sale, the latest first",
    tags,
    request: { params: z.object({ id: Id }), query: z.strictObject(PageQuery) },
    responses: { 200: jsonResponse("The cash movements", CashMoveList) },
  }),
  async (c) =>
    c.json(
      CashMoveList.parse(await listCashMoves(actorContext(c), c.req.valid("param").id, c.req.valid("query"))),
      200,
    ),
);

drawerRoutes.openapi(
  operation("employee", {
    scope: "none",
    method: "get",
    path: "/shifts/opening-cash",
    operationId: "getOpeningCash",
    summary: "Get the cash to start a shift with: the last count of a drawer of the shop",
    tags,
    responses: { 200: jsonResponse("The last count", OpeningCash) },
  }),
  async (c) => c.json(OpeningCash.parse(await getOpeningCash(shopContext(c))), 200),
);

drawerRoutes.openapi(
  operation("employee", {
    scope: "shifts:read",
    method: "get",
    path: "/shifts/{id}/report",
    operationId: "getTillReport",
    summary: "Get the report of a shift: its sales and its expected cash",
    description: "The X report while the shift is open; the stored, numbered Z report once it is closed.",
    tags,
    request: { params: z.object({ id: Id }) },
    responses: { 200: jsonResponse("The report", TillReport) },
  }),
  async (c) => c.json(TillReport.parse(await getReport(actorContext(c), c.req.valid("param").id)), 200),
);

drawerRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "post",
    path: "/shifts/{id}/close",
    operationId: "closeShift",
    summary: "Close the open shift of a person who forgot to end it",
    description:
      "The end must not be before the last sale or cash movement (422). A shift of more than 24 hours still needs review. A shift that is already closed at this end is returned as it is; 409 shift-closed if it ended at another time. The audit of the shift records the change.",
    tags,
    request: { params: z.object({ id: Id }), headers: IdempotencyHeader, body: jsonBody(ShiftClose) },
    problems: ["shift-closed"],
    responses: {
      200: jsonResponse("The closed shift with its Z report", ShiftEnded),
    },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    const key = c.req.valid("header")["idempotency-key"];
    const closed = await closeForgotten(userContext(c), id, c.req.valid("json"), key);
    return c.json(ShiftEnded.parse(withReplayHeader(c, closed)), 200);
  },
);

drawerRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "patch",
    path: "/shifts/{id}",
    operationId: "correctShift",
    summary: "Correct when a closed shift started or ended",
    description:
      "Breaks and sessions are clamped to the new times. Sales and cash movements must lie within them (422). The " +
      "start must not move before the account of the employee was created (422). A shift of more than 24 hours needs " +
      "review. The Z report does not change. The audit of the shift records the change.",
    tags,
    request: { params: z.object({ id: Id }), body: jsonBody(ShiftPatch) },
    problems: ["shift-overlap", "conflict", "shift-open"],
    responses: { 200: jsonResponse("The shift", Shift) },
  }),
  async (c) =>
    c.json(
      Shift.parse(await correctShift(userContext(c), c.req.valid("param").id, c.req.valid("json"))),
      200,
    ),
);
