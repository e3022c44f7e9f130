import { z } from "@hono/zod-openapi";
import { answer, jsonOf, optionalJsonOf } from "../../http/content.ts";
import { IdempotencyHeader, made } from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { signedIn } from "../../http/app-context.ts";
import { keyed } from "../../idempotency/run-once.ts";
import { Id, newId } from "../../values/ids.ts";
import { problems } from "../../http/problem-responses.ts";
import { callerOf, heard } from "../desk/desk-client.ts";
import { Shift } from "../schema.ts";
import { correct } from "./correct.ts";
import { closeForgotten } from "./close-forgotten.ts";
import { getReport } from "./report.ts";
import { CashMove, NewCashMove, ShiftClose, ShiftEnd, ShiftEnded, ShiftPatch, TillReport } from "./schema.ts";

export const till = router();

const tags = ["Shifts"];

till.openapi(
  operation("employee", {
    method: "post",
    path: "/shifts/end",
    operationId: "endShift",
    summary: "End my shift: its break, its sessions, its drawer",
    tags,
    request: { body: optionalJsonOf(ShiftEnd) },
    responses: { 200: answer("The closed shift with its Z report", ShiftEnded), ...problems(404) },
  }),
  async (c) => {
    const ctx = signedIn(c);
    const asked = { ...ShiftEnd.parse(c.req.valid("json")), event_id: newId() };
    return c.json(ShiftEnded.parse(await heard(ctx, (desk) => desk.end(callerOf(ctx), asked))), 200);
  },
);

till.openapi(
  operation("employee", {
    method: "post",
    path: "/shifts/current/cash",
    operationId: "moveCash",
    summary: "Put money into the drawer, or take it out, without a sale",
    tags,
    request: { headers: IdempotencyHeader, body: jsonOf(NewCashMove) },
    responses: { 201: answer("The movement", CashMove), ...problems(404) },
  }),
  async (c) => {
    const ctx = signedIn(c);
    const input = c.req.valid("json");
    const key = c.req.valid("header")["idempotency-key"];
    const request = keyed(ctx.tenant.id, ctx.actor.id, key, { cash: input });
    const asked = { ...input, id: newId(), request };
    const result = await heard(ctx, (desk) => desk.moveCash(callerOf(ctx), asked));
    return c.json(CashMove.parse(made(c, result)), 201);
  },
);

till.openapi(
  operation("employee", {
    method: "get",
    path: "/shifts/{id}/report",
    operationId: "tillReport",
    summary: "What a shift sold and what should be in its drawer",
    description:
      "The X report while the shift is open; the numbered Z report, as it was stored, once it is closed.",
    tags,
    request: { params: z.object({ id: Id }) },
    responses: { 200: answer("The report", TillReport), ...problems(404) },
  }),
  async (c) => c.json(TillReport.parse(await getReport(signedIn(c), c.req.valid("param").id)), 200),
);

till.openapi(
  operation("admin", {
    method: "post",
    path: "/shifts/{id}/close",
    operationId: "closeShift",
    summary: "Close the open shift of somebody who forgot to end it",
    description: "Not before its last sale or movement of cash: 422. The audit of the shift tells of it.",
    tags,
    request: { params: z.object({ id: Id }), body: jsonOf(ShiftClose) },
    responses: { 200: answer("The closed shift with its Z report", ShiftEnded), ...problems(404, 409) },
  }),
  async (c) => {
    const closed = await closeForgotten(signedIn(c), c.req.valid("param").id, c.req.valid("json"));
    return c.json(ShiftEnded.parse(closed), 200);
  },
);

till.openapi(
  operation("admin", {
    method: "patch",
    path: "/shifts/{id}",
    operationId: "correctShift",
    summary: "Correct when a closed shift started or ended",
    description:
      "Breaks and sessions are cut to it. Its sales and movements of cash stay within it: 422. The Z report stays as " +
      "it was. The audit of the shift tells of it.",
    tags,
    request: { params: z.object({ id: Id }), body: jsonOf(ShiftPatch) },
    responses: { 200: answer("The shift", Shift), ...problems(404, 409) },
  }),
  async (c) =>
    c.json(Shift.parse(await correct(signedIn(c), c.req.valid("param").id, c.req.valid("json"))), 200),
);
