import { z } from "@hono/zod-openapi";
import { actorContext, shopContext } from "../http/app-context.ts";
import { jsonBody, jsonResponse } from "../http/content.ts";
import { IdempotencyHeader, withLocationAt, withReplayHeader } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { Id } from "../values/ids.ts";
import { addTaxRate } from "./add.ts";
import { changeTaxRate } from "./change.ts";
import { listTaxRates } from "./rates.ts";
import { NewTaxRate, TaxRate, TaxRateList, TaxRatePatch, TaxRateQuery } from "./schema.ts";

export const taxRoutes = router();

const tags = ["Taxes"];

taxRoutes.openapi(
  operation("employee", {
    scope: "taxes:read",
    method: "get",
    path: "/tax-rates",
    operationId: "listTaxRates",
    summary: "List the tax rates of the shop, oldest first",
    tags,
    request: { query: TaxRateQuery },
    responses: { 200: jsonResponse("A page of tax rates", TaxRateList) },
  }),
  async (c) => c.json(TaxRateList.parse(await listTaxRates(shopContext(c), c.req.valid("query"))), 200),
);

taxRoutes.openapi(
  operation("admin", {
    scope: "taxes:write",
    method: "post",
    path: "/tax-rates",
    operationId: "createTaxRate",
    summary: "Add a tax rate, or replace one",
    description:
      "A rate is the default of the shop only if is_default is sent. With `replaces`, the new rate takes over the products of another one, and the default if that had it, and the other becomes inactive; versions of the products increase. Past sales keep their tax.",
    tags,
    request: { headers: IdempotencyHeader, body: jsonBody(NewTaxRate) },
    problems: ["not-found", "tax-rate-exists", "tax-rate-inactive", "conflict"],
    responses: { 201: jsonResponse("The tax rate", TaxRate) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const rate = withReplayHeader(c, await addTaxRate(actorContext(c), c.req.valid("json"), key));
    return c.json(withLocationAt(c, "tax-rates", TaxRate.parse(rate)), 201);
  },
);

taxRoutes.openapi(
  operation("admin", {
    scope: "taxes:write",
    method: "patch",
    path: "/tax-rates/{id}",
    operationId: "updateTaxRate",
    summary: "Change a tax rate",
    description:
      "Omitted fields are unchanged. The `rate` cannot change once it has been charged (409 tax-rate-used): replace it with POST /tax-rates. A rate that is the default of the shop, or that products have, cannot be deactivated (409 tax-rate-in-use).",
    tags,
    request: { params: z.object({ id: Id }), body: jsonBody(TaxRatePatch) },
    problems: ["tax-rate-exists", "tax-rate-inactive", "tax-rate-used", "tax-rate-in-use"],
    responses: { 200: jsonResponse("The tax rate", TaxRate) },
  }),
  async (c) => {
    const rate = await changeTaxRate(actorContext(c), c.req.valid("param").id, c.req.valid("json"));
    return c.json(TaxRate.parse(rate), 200);
  },
);
