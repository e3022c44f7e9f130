import { csvHeaders } from "../../http/csv.ts";
import { answer, answerOrCsv } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { shopOf, signedIn } from "../../http/app-context.ts";
import { HOURS_COLUMNS, hoursCsv } from "../export.ts";
import { ActiveShifts, Hours, HoursQuery } from "./schema.ts";
import { activeShifts, hoursByDay } from "./worked.ts";

/** Stands before the router of shifts, whose `/shifts/{id}` would take these words for an id. */
export const hours = router();

const tags = ["Shifts"];

hours.openapi(
  operation("employee", {
    method: "get",
    path: "/shifts/hours",
    operationId: "workedHours",
    summary: "Worked hours by day and person: my own, or all for an ADMIN",
    description:
      "Elapsed time without unpaid breaks, split at the shop's midnight; 366 days at most, the last 31 where no range is named.",
    tags,
    request: { query: HoursQuery },
    responses: { 200: answerOrCsv("The hours, oldest day first", Hours, HOURS_COLUMNS) },
  }),
  async (c) => {
    const query = c.req.valid("query");
    const ctx = signedIn(c);
    const report = Hours.parse(await hoursByDay(ctx, query));
    if (query.format === "json") return c.json(report, 200);
    return c.body(hoursCsv(report), 200, csvHeaders(`${ctx.tenant.name} hours.csv`));
  },
);

hours.openapi(
  operation("admin", {
    method: "get",
    path: "/shifts/active",
    operationId: "activeShifts",
    summary: "Who is on shift now",
    tags,
    responses: { 200: answer("The open shifts, longest first", ActiveShifts) },
  }),
  async (c) => c.json(ActiveShifts.parse(await activeShifts(shopOf(c))), 200),
);
