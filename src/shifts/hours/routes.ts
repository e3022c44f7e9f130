import { csvFormat, csvHeaders } from "../../http/csv.ts";
import { jsonResponse, jsonOrCsvResponse } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { actorContext } from "../../http/app-context.ts";
import { runPlan } from "../../platform/plan.ts";
import { columnNames } from "../../values/csv.ts";
import { hoursColumns, hoursCsv } from "../export.ts";
import { activeShifts } from "./on-shift.ts";
import { hoursByDay } from "./report.ts";
import { ActiveShifts, Hours, HoursQuery } from "./schema.ts";

/** Must be mounted before the router of shifts, whose `/shifts/{id}` matches these paths too. */
export const hoursRoutes = router();

const tags = ["Shifts"];

hoursRoutes.openapi(
  operation("employee", {
    scope: "shifts:read",
    method: "get",
    path: "/shifts/hours",
    operationId: "getWorkedHours",
    summary: "List worked hours by day and person: my own, or everyone's as an ADMIN",
    description:
      "Elapsed time without unpaid breaks, split at midnight in the shop's time zone. The range is at most 366 days, and the last 31 days by default.",
    tags,
    request: { query: HoursQuery },
    responses: { 200: jsonOrCsvResponse("The hours, oldest day first", Hours, columnNames(hoursColumns)) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const ctx = actorContext(c);
    const report = Hours.parse(await hoursByDay(ctx, query));
    if (query.format === "json") return c.json(report, 200);
    return c.body(hoursCsv(report, csvFormat(ctx, query)), 200, csvHeaders(ctx, "hours", query));
  },
);

hoursRoutes.openapi(
  operation("employee", {
    scope: "shifts:read",
    method: "get",
    path: "/shifts/active",
    operationId: "listActiveShifts",
    summary: "List who is on shift now",
    description:
      "An EMPLOYEE sees their own shift only, unless the rule `employees_see` of the shop is `all`.",
    tags,
    responses: { 200: jsonResponse("The open shifts, longest first", ActiveShifts) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    return c.json(ActiveShifts.parse(await runPlan(ctx, activeShifts(ctx))), 200);
  },
);
