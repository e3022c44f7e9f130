import { z } from "@hono/zod-openapi";
import { addressOf } from "../../http/client-address.ts";
import { answer, jsonOf } from "../../http/content.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { signedIn } from "../../http/app-context.ts";
import { Id } from "../../values/ids.ts";
import { PageQuery } from "../../http/pagination.ts";
import { problems } from "../../http/problem-responses.ts";
import { changePassword, setPassword } from "./change-password.ts";
import { endMyOtherSessions, endMySession, endSessionsOf, listSessions } from "./session-list.ts";
import { NewPassword, PasswordChange, SessionList } from "./schema.ts";

export const logins = router();

const tags = ["Shops and accounts"];
const params = z.object({ id: Id });

logins.openapi(
  operation("customer", {
    method: "get",
    path: "/auth/sessions",
    operationId: "listSessions",
    summary: "My logins that live, the latest first",
    tags,
    request: { query: z.strictObject(PageQuery) },
    responses: { 200: answer("A page of logins", SessionList) },
  }),
  async (c) => c.json(SessionList.parse(await listSessions(signedIn(c), c.req.valid("query"))), 200),
);

logins.openapi(
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
    await endMyOtherSessions(signedIn(c));
    return c.body(null, 204);
  },
);

logins.openapi(
  operation("customer", {
    method: "delete",
    path: "/auth/sessions/{id}",
    operationId: "endMySession",
    summary: "End one of my logins",
    tags,
    request: { params },
    responses: { 204: { description: "Ended; its tokens no longer work" }, ...problems(404) },
  }),
  async (c) => {
    await endMySession(signedIn(c), c.req.valid("param").id);
    return c.body(null, 204);
  },
);

logins.openapi(
  operation("admin", {
    method: "delete",
    path: "/users/{id}/sessions",
    operationId: "endSessionsOf",
    summary: "End all logins of an account",
    tags,
    request: { params },
    responses: { 204: { description: "Ended; their tokens no longer work" }, ...problems(404) },
  }),
  async (c) => {
    await endSessionsOf(signedIn(c), c.req.valid("param").id);
    return c.body(null, 204);
  },
);

logins.openapi(
  operation("customer", {
    method: "put",
    path: "/auth/password",
    operationId: "changePassword",
    summary: "Change my password",
    description:
      "A wrong current password is 401 invalid-credentials, and counts as a failed login. Ends all my logins but this one.",
    tags,
    request: { body: jsonOf(PasswordChange) },
    responses: { 204: { description: "Changed" }, ...problems(429) },
  }),
  async (c) => {
    const { current_password, new_password } = c.req.valid("json");
    await changePassword(signedIn(c), current_password, new_password, addressOf(c));
    return c.body(null, 204);
  },
);

logins.openapi(
  operation("admin", {
    method: "put",
    path: "/users/{id}/password",
    operationId: "setPassword",
    summary: "Set a new password for somebody of the staff who forgot it",
    description:
      "Ends all logins of the account. Not of a customer, nor of who was one, and not one's own: 403.",
    tags,
    request: { params, body: jsonOf(NewPassword) },
    responses: { 204: { description: "Set" }, ...problems(404, 409, 429) },
  }),
  async (c) => {
    await setPassword(signedIn(c), c.req.valid("param").id, c.req.valid("json").new_password, addressOf(c));
    return c.body(null, 204);
  },
);
