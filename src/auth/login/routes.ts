import { z } from "@hono/zod-openapi";
import { clientAddress } from "../../http/client-address.ts";
import { jsonBody, jsonResponse, optionalJsonBody } from "../../http/content.ts";
import { CartHeader } from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { actorContext } from "../../http/app-context.ts";
import { openDb } from "../../platform/d1.ts";
import { unauthenticated } from "../../platform/problem.ts";
import { Id } from "../../values/ids.ts";
import { PageQuery } from "../../http/pagination.ts";
import { problemResponses } from "../../http/problem-responses.ts";
import {
  clearLoginCookies,
  deviceCookie,
  refreshCookie,
  requireTrustedOrigin,
  setDeviceCookie,
  setLoginCookies,
} from "../access.ts";
import { changePassword, setPassword } from "./change-password.ts";
import { login, refresh } from "./login.ts";
import { endMyOtherSessions, endMySession, endSessionsOf, listSessions } from "./session-list.ts";
import { countAttempt } from "./attempts.ts";
import { requestPasswordReset, resetPassword } from "./reset-password.ts";
import {
  Credentials,
  ForgottenPassword,
  Login,
  NewPassword,
  PasswordChange,
  PasswordReset,
  RefreshBody,
  SessionList,
} from "./schema.ts";
import { endSession } from "./sessions.ts";

export const loginRoutes = router();

const tags = ["Shops and accounts"];
const params = z.object({ id: Id });

loginRoutes.openapi(
  operation("public", {
    method: "post",
    path: "/auth/login",
    operationId: "createSession",
    summary: "Sign in",
    description:
      "Returns the tokens, and sets them as HttpOnly cookies for browsers. A third cookie makes the device known to the account for 180 days, or until its password changes: wrong passwords from elsewhere do not prevent a login from it. Five wrong passwords a minute from a known device, or from everywhere else together, are 429. With X-Cart, the lines of the guest's cart are moved into the account's, and the guest's cart is deleted.",
    tags,
    request: { headers: CartHeader, body: jsonBody(Credentials) },
    responses: { 200: jsonResponse("Tokens and the account", Login), ...problemResponses(429) },
  }),
  async (c) => {
    const device = c.req.header("user-agent") ?? null;
    const { body, knownDevices } = await login(
      c.var.base,
      c.req.valid("json"),
      clientAddress(c),
      device,
      deviceCookie(c),
    );
    setLoginCookies(c, body.access_token, body.refresh_token);
    setDeviceCookie(c, knownDevices);
    c.set("signedIn", { tenantId: body.user.tenant_id, userId: body.user.id });
    return c.json(Login.parse(body), 200);
  },
);

loginRoutes.openapi(
  operation("public", {
    method: "post",
    path: "/auth/refresh",
    operationId: "refreshSession",
    summary: "Exchange a refresh token for the next pair of tokens",
    description: "A refresh token is valid once. Using it again ends the login and returns 401 token-reused.",
    tags,
    request: { body: optionalJsonBody(RefreshBody) },
    responses: { 200: jsonResponse("The next tokens", Login) },
  }),
  async (c) => {
    const sent = c.req.valid("json").refresh_token;
    const token = sent ?? refreshCookie(c);
    if (token === undefined) throw unauthenticated("Send refresh_token or the refresh cookie.");
    if (sent === undefined) requireTrustedOrigin(c);
    const result = await refresh(c.var.base, token);
    setLoginCookies(c, result.access_token, result.refresh_token);
    return c.json(Login.parse(result), 200);
  },
);

loginRoutes.openapi(
  operation("customer", {
    method: "post",
    path: "/auth/logout",
    operationId: "endSession",
    summary: "End this login",
    tags,
    responses: { 204: { description: "Ended; its tokens no longer work" } },
  }),
  async (c) => {
    await endSession(actorContext(c));
    clearLoginCookies(c);
    return c.body(null, 204);
  },
);

loginRoutes.openapi(
  operation("customer", {
    method: "get",
    path: "/auth/sessions",
    operationId: "listSessions",
    summary: "List my active logins, newest first",
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
    summary: "End all my logins except the current one",
    description: "To end the current one, use POST /auth/logout.",
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
    operationId: "endUserSessions",
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
      "A wrong current password returns 401 invalid-credentials and counts as a failed login. Ends all my logins except the current one.",
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
    summary: "Set a new password for an EMPLOYEE or ADMIN",
    description:
      "Ends all logins of the account. Passwords of customers, of accounts that registered themselves, and your own password cannot be set here: 403. Change it with PUT /auth/password.",
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

loginRoutes.openapi(
  operation("public", {
    method: "post",
    path: "/auth/password/forgot",
    operationId: "requestPasswordReset",
    summary: "Request a link to choose a new password",
    description:
      "Answers at once and always the same. If an active account has the address, it gets a mail with a link that works once, for 30 minutes.",
    tags,
    request: { body: jsonBody(ForgottenPassword) },
    responses: { 202: { description: "Accepted" }, ...problemResponses(429) },
  }),
  async (c) => {
    const { base } = c.var;
    const { tenant, email } = c.req.valid("json");
    await countAttempt(base, clientAddress(c));
    base.waitUntil(
      requestPasswordReset({ ...base, db: openDb(base.env, "first-primary"), mails: [] }, tenant, email),
    );
    return c.body(null, 202);
  },
);

loginRoutes.openapi(
  operation("public", {
    method: "post",
    path: "/auth/password/reset",
    operationId: "resetPassword",
    summary: "Choose a new password by a link",
    description: "Ends all logins of the account.",
    tags,
    request: { body: jsonBody(PasswordReset) },
    responses: { 204: { description: "Changed" }, ...problemResponses(410, 429) },
  }),
  async (c) => {
    const { token, password } = c.req.valid("json");
    await resetPassword(c.var.base, token, password, clientAddress(c));
    return c.body(null, 204);
  },
);
