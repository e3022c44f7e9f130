import { clientAddress } from "../../http/client-address.ts";
import { jsonBody } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { actorContext } from "../../http/app-context.ts";
import { problemResponses } from "../../http/problem-responses.ts";
import { countAttempt } from "../login/attempts.ts";
import { removePin, setPin } from "./pins.ts";
import { PinBody } from "./schema.ts";

export const approvalRoutes = router();

const tags = ["Shops and accounts"];

approvalRoutes.openapi(
  operation("admin", {
    method: "put",
    path: "/users/me/pin",
    operationId: "setPin",
    summary: "Set the PIN with which I approve",
    description:
      "With it you approve, at the till of an EMPLOYEE, what the rules of the shop do not allow them: `approval: { user_id, pin }`. Replaces the previous PIN. The PIN approves only while you are an active ADMIN.",
    tags,
    request: { body: jsonBody(PinBody) },
    responses: { 204: { description: "Set" }, ...problemResponses(429) },
  }),
  async (c) => {
    await countAttempt(c.var.base, clientAddress(c));
    await setPin(actorContext(c), c.req.valid("json"));
    return c.body(null, 204);
  },
);

approvalRoutes.openapi(
  operation("admin", {
    method: "delete",
    path: "/users/me/pin",
    operationId: "removePin",
    summary: "Remove my PIN",
    description: "Without a PIN you cannot approve. Repeating it changes nothing.",
    tags,
    responses: { 204: { description: "Removed, or there was none" } },
  }),
  async (c) => {
    await removePin(actorContext(c));
    return c.body(null, 204);
  },
);
