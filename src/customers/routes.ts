// The operations that need no sales. GET /customers and GET /customers/{id}, which have their figures, are in metrics/customers.
import { z } from "@hono/zod-openapi";
import { etagOf } from "../auth/shops/if-match.ts";
import { actorContext } from "../http/app-context.ts";
import { jsonBody, jsonResponse } from "../http/content.ts";
import { ETagHeaders, IdempotencyHeader, IfMatch, withLocation, withReplayHeader } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { Id } from "../values/ids.ts";
import { addCustomer, changeCustomer } from "./customers.ts";
import { mergeCustomer } from "./merge.ts";
import { Customer, CustomerMerge, CustomerPatch, NewCustomer } from "./schema.ts";

export const customerRoutes = router();

const tags = ["Customers"];
const params = z.object({ id: Id });

customerRoutes.openapi(
  operation("employee", {
    scope: "customers:write",
    method: "post",
    path: "/customers",
    operationId: "createCustomer",
    summary: "Add a customer without an account",
    description:
      "An e-mail and an `external_ref` belong to one customer of the shop: 409 names the `customer_id` that has it. When a person registers with this e-mail and confirms it, the record becomes that of their account.",
    tags,
    request: { headers: IdempotencyHeader, body: jsonBody(NewCustomer) },
    problems: ["email-taken", "reference-taken", "conflict"],
    responses: {
      201: { ...jsonResponse("The customer", Customer), headers: ETagHeaders },
    },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const customer = withReplayHeader(c, await addCustomer(actorContext(c), c.req.valid("json"), key));
    c.header("ETag", etagOf(customer));
    return c.json(withLocation(c, "customers", Customer.parse(customer)), 201);
  },
);

customerRoutes.openapi(
  operation("employee", {
    scope: "customers:write",
    method: "patch",
    path: "/customers/{id}",
    operationId: "updateCustomer",
    summary: "Change a customer",
    description:
      "Send If-Match with the ETag that was read to change only that version; the setting require_if_match makes it required. Null removes a value. Name and e-mail of a customer with an account are changed by its owner: 409 belongs-to-account.",
    tags,
    request: { params, headers: IfMatch, body: jsonBody(CustomerPatch) },
    problems: ["belongs-to-account", "email-taken", "reference-taken", "conflict"],
    responses: {
      200: { ...jsonResponse("The customer", Customer), headers: ETagHeaders },
    },
  }),
  async (c) => {
    const ifMatch = c.req.valid("header")["if-match"];
    const { id } = c.req.valid("param");
    const customer = await changeCustomer(actorContext(c), id, c.req.valid("json"), ifMatch);
    c.header("ETag", etagOf(customer));
    return c.json(Customer.parse(customer), 200);
  },
);

customerRoutes.openapi(
  operation("admin", {
    scope: "customers:write",
    method: "post",
    path: "/customers/{id}/merge",
    operationId: "mergeCustomer",
    summary: "Merge a customer into another one",
    description:
      "For two records of one person. The customer of `into` takes over the fields that it lacks and, within minutes, all sales. The id, the e-mail and the `external_ref` of the merged record lead to it. A customer with an account cannot be merged into another one (409 merged-account): merge the other one into it. Repeating it changes nothing; it cannot be undone.",
    tags,
    request: { params, body: jsonBody(CustomerMerge) },
    problems: [["unknown-customer", 409], "conflict", "merged-account"],
    responses: {
      200: { ...jsonResponse("The customer that remains", Customer), headers: ETagHeaders },
    },
  }),
  async (c) => {
    const { into } = c.req.valid("json");
    const customer = await mergeCustomer(actorContext(c), c.req.valid("param").id, into);
    c.header("ETag", etagOf(customer));
    return c.json(Customer.parse(customer), 200);
  },
);
