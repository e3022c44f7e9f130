import { z } from "@hono/zod-openapi";
import { jsonResponse, jsonBody, optionalJsonBody } from "../../http/content.ts";
import { IdempotencyHeader, withReplayHeader } from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { actorContext, shopContext } from "../../http/app-context.ts";
import { idempotentRequest } from "../../idempotency/run-once.ts";
import { Id, newId } from "../../values/ids.ts";
import { problemResponses } from "../../http/problem-responses.ts";
import { callerOf, callDesk } from "../desk/desk-client.ts";
import { Shift } from "../schema.ts";
import { correctShift } from "./correct.ts";
import { closeForgotten } from "./close-forgotten.ts";
import { getOpeningCash } from "./opening-cash.ts";
import { getReport } from "./report.ts";
import {
  CashMove,
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
    method: "post",
    path: "/shifts/end",
    operationId: "endShift",
    summary: "End my shift, with its open break and sessions",
    description:
      "If my last shift ended within the last ten minutes, it is returned as it is, with its Z report; 404 no-open-shift if it ended earlier or with another counted_cash.",
    tags,
    request: { headers: IdempotencyHeader, body: optionalJsonBody(ShiftEnd) },
    responses: {
      200: jsonResponse("The closed shift with its Z report", ShiftEnded),
      ...problemResponses(404),
    },
  }),
  async (c) => {
    const ctx = actorContext(c);
    const input = ShiftEnd.parse(c.req.valid("json"));
    const key = c.req.valid("header")["idempotency-key"];
    const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { end: input });
    const command = { ...input, event_id: newId(), request };
    const result = await callDesk(ctx, (desk) => desk.end(callerOf(ctx), command));
    return c.json(ShiftEnded.parse(withReplayHeader(c, result)), 200);
  },
);

drawerRoutes.openapi(
  operation("employee", {
    method: "post",
    path: "/shifts/current/cash",
    operationId: "createCashMove",
    summary: "Pay cash into or out of the drawer without a sale",
    description:
      "An EMPLOYEE who pays out more than the expected cash of the shift needs an approval: 403 approval-required, with `expected_cash`. With `approval` the movement names the ADMIN in `approved_by`. What exceeds the expected cash is paid out with a warning.",
    tags,
    request: { headers: IdempotencyHeader, body: jsonBody(NewCashMove) },
    responses: { 201: jsonResponse("The cash movement", CashMove), ...problemResponses(404) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    const { approval, ...input } = c.req.valid("json");
    const key = c.req.valid("header")["idempotency-key"];
    // Without the approval, whose PIN is secret.
    const request = idempotentRequest(ctx.tenant.id, ctx.actor.id, key, { cash: input });
    const command = { ...input, approval, id: newId(), request };
    const result = await callDesk(ctx, (desk) => desk.moveCash(callerOf(ctx), command));
    return c.json(CashMove.parse(withReplayHeader(c, result)), 201);
  },
);

drawerRoutes.openapi(
  operation("employee", {
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
    method: "get",
    path: "/shifts/{id}/report",
    operationId: "getTillReport",
    summary: "Get the report of a shift: its sales and its expected cash",
    description: "The X report while the shift is open; the stored, numbered Z report once it is closed.",
    tags,
    request: { params: z.object({ id: Id }) },
    responses: { 200: jsonResponse("The report", TillReport), ...problemResponses(404) },
  }),
  async (c) => c.json(TillReport.parse(await getReport(actorContext(c), c.req.valid("param").id)), 200),
);

drawerRoutes.openapi(
  operation("admin", {
    method: "post",
    path: "/shifts/{id}/close",
    operationId: "closeShift",
    summary: "Close the open shift of a person who forgot to end it",
    description:
      "The end must not be before the last sale or cash movement (422). A shift of more than 24 hours still needs review. A shift that is already closed at this end is returned as it is; 409 shift-closed if it ended at another time. The audit of the shift records the change.",
    tags,
    request: { params: z.object({ id: Id }), headers: IdempotencyHeader, body: jsonBody(ShiftClose) },
    responses: {
      200: jsonResponse("The closed shift with its Z report", ShiftEnded),
      ...problemResponses(404, 409),
    },
  }),
  async (c) => {
    const { id } = c.req.valid("param");
    const key = c.req.valid("header")["idempotency-key"];
    const closed = await closeForgotten(actorContext(c), id, c.req.valid("json"), key);
    return c.json(ShiftEnded.parse(withReplayHeader(c, closed)), 200);
  },
);

drawerRoutes.openapi(
  operation("admin", {
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
    responses: { 200: jsonResponse("The shift", Shift), ...problemResponses(404, 409) },
  }),
  async (c) =>
    c.json(
      Shift.parse(await correctShift(actorContext(c), c.req.valid("param").id, c.req.valid("json"))),
      200,
    ),
);
