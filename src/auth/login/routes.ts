import { z } from "@hono/zod-openapi";
import { clientAddress } from "../../http/client-address.ts";
import { jsonResponse, jsonBody } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { actorContext } from "../../http/app-context.ts";
import { Id } from "../../values/ids.ts";
import { PageQuery } from "../../http/pagination.ts";
import { problemResponses } from "../../http/problem-responses.ts";
import { changePassword, setPassword } from "./change-password.ts";
import { endMyOtherSessions, endMySession, endSessionsOf, listSessions } from "./session-list.ts";
import { NewPassword, PasswordChange, SessionList } from "./schema.ts";

export const loginRoutes = router();

const tags = ["Shops and accounts"];
const params = z.object({ id: Id });

loginRoutes.openapi(
  operation("customer", {
    method: "get",
    path: "/auth/sessions",
    operationId: "listSessions",
    summary: "My logins that live, the latest first",
    tags,
    request: { query: z.strictObject(PageQuery) },
    responses: { 200: jsonResponse("A page of logins", SessionList) },
  }),
  async (c) => c.json(SessionList.parse(await listSessions(actorContext(c), c.req.valid("query"))), 200),
);

loginRoutes.openapi(
  operation("customer", {
    method: "delete",
    path: "/auth/sessions",
    operationId: "endMyOtherSessions",
    summary: "End all my logins but this one",
    description: "POST /auth/logout ends this one.",
    tags,
    responses: { 204: { description: "Ended; their tokens no longer work" } },
  }),
  async (c) => {
    await endMyOtherSessions(actorContext(c));
    return c.body(null, 204);
  },
);

loginRoutes.openapi(
  operation("customer", {
    method: "delete",
    path: "/auth/sessions/{id}",
    operationId: "endMySession",
    summary: "End one of my logins",
    tags,
    request: { params },
    responses: { 204: { description: "Ended; its tokens no longer work" }, ...problemResponses(404) },
  }),
  async (c) => {
    await endMySession(actorContext(c), c.req.valid("param").id);
    return c.body(null, 204);
  },
);

loginRoutes.openapi(
  operation("admin", {
    method: "delete",
    path: "/users/{id}/sessions",
    operationId: "endSessionsOf",
    summary: "End all logins of an account",
    tags,
    request: { params },
    responses: { 204: { description: "Ended; their tokens no longer work" }, ...problemResponses(404) },
  }),
  async (c) => {
    await endSessionsOf(actorContext(c), c.req.valid("param").id);
    return c.body(null, 204);
  },
);

loginRoutes.openapi(
  operation("customer", {
    method: "put",
    path: "/auth/password",
    operationId: "changePassword",
    summary: "Change my password",
    description:
      "A wrong current password is 401 invalid-credentials, and counts as a failed login. Ends all my logins but this one.",
    tags,
    request: { body: jsonBody(PasswordChange) },
    responses: { 204: { description: "Changed" }, ...problemResponses(429) },
  }),
  async (c) => {
    const { current_password, new_password } = c.req.valid("json");
    await changePassword(actorContext(c), current_password, new_password, clientAddress(c));
    return c.body(null, 204);
  },
);

loginRoutes.openapi(
  operation("admin", {
    method: "put",
    path: "/users/{id}/password",
    operationId: "setPassword",
    summary: "Set a new password for somebody of the staff who forgot it",
    description:
      "Ends all logins of the account. Not of a customer, nor of who was one, and not one's own: 403.",
    tags,
    request: { params, body: jsonBody(NewPassword) },
    responses: { 204: { description: "Set" }, ...problemResponses(404, 409, 429) },
  }),
  async (c) => {
    await setPassword(
      actorContext(c),
      c.req.valid("param").id,
      c.req.valid("json").new_password,
      clientAddress(c),
    );
    return c.body(null, 204);
  },
);
