import { clientAddress } from "../../http/client-address.ts";
import { jsonBody, jsonResponse } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { shopContext, userContext } from "../../http/app-context.ts";
import { countAttempt } from "../login/attempts.ts";
import { listApprovers } from "./approvers.ts";
import { removePin, setPin } from "./pins.ts";
import { ApproverList, PinBody } from "./schema.ts";

export const approvalRoutes = router();

const tags = ["Shops and accounts"];

approvalRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "put",
    path: "/users/me/pin",
    operationId: "setPin",
    summary: "Set the PIN with which I approve",
    description:
      "With it you approve, at the till of an EMPLOYEE, what the rules of the shop do not allow them: `approval: { user_id, pin }`. Replaces the previous PIN. The PIN approves only while you are an active ADMIN.",
    tags,
    request: { body: jsonBody(PinBody) },
    problems: ["too-many-attempts"],
    responses: { 204: { description: "Set" } },
  }),
  async (c) => {
    await countAttempt(c.var.base, clientAddress(c));
    await setPin(userContext(c), c.req.valid("json"));
    return c.body(null, 204);
  },
);

approvalRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "delete",
    path: "/users/me/pin",
    operationId: "removePin",
    summary: "Remove my PIN",
    description: "Without a PIN you cannot approve. Repeating it changes nothing.",
    tags,
    responses: { 204: { description: "Removed, or there was none" } },
  }),
  async (c) => {
    await removePin(userContext(c));
    return c.body(null, 204);
  },
);

approvalRoutes.openapi(
  operation("employee", {
    scope: "users:read",
    method: "get",
    path: "/approvers",
    operationId: "listApprovers",
    summary: "List who can approve at the till",
    description: "The active ADMIN accounts with a PIN, by name. `approval.user_id` is one of them.",
    tags,
    responses: { 200: jsonResponse("Who can approve", ApproverList) },
  }),
  async (c) => c.json(ApproverList.parse(await listApprovers(shopContext(c))), 200),
);
