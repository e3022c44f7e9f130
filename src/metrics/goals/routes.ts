import { actorContext } from "../../http/app-context.ts";
import { jsonBody, jsonResponse } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { runPlan } from "../../platform/plan.ts";
import { readGoals } from "./goals.ts";
import { replaceGoals } from "./replace.ts";
import { Goals, GoalsBody, GoalsQuery } from "./schema.ts";

export const goalRoutes = router();

const tags = ["Figures"];

goalRoutes.openapi(
  operation("employee", {
    scope: "metrics:read",
    method: "get",
    path: "/goals",
    operationId: "getGoals",
    summary: "Get target revenue by month and its progress",
    description:
      "Includes every sale immediately. With the rule `employees_see: own` of the shop, an EMPLOYEE gets the goals of the shop and their own.",
    tags,
    request: { query: GoalsQuery },
    responses: { 200: jsonResponse("The months with goals", Goals) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    return c.json(Goals.parse(await runPlan(ctx, readGoals(ctx, c.req.valid("query")))), 200);
  },
);

goalRoutes.openapi(
  operation("admin", {
    scope: "metrics:write",
    method: "put",
    path: "/goals",
    operationId: "replaceGoals",
    summary: "Replace the target revenue of a month",
    description:
      "Replaces all goals of the month: those of sellers who are not in the body are deleted. With `target: null` and no sellers, the month has no goals. A seller who does not work in the shop is 404.",
    tags,
    request: { body: jsonBody(GoalsBody) },
    problems: ["not-found"],
    responses: { 200: jsonResponse("The goals of the month", Goals) },
  }),
  async (c) => c.json(Goals.parse(await replaceGoals(actorContext(c), c.req.valid("json"))), 200),
);
