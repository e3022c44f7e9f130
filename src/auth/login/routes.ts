import { z } from "@hono/zod-openapi";
import { clientAddress } from "../../http/client-address.ts";
import { jsonBody, jsonResponse, optionalJsonBody } from "../../http/content.ts";
import { CartHeader } from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { userContext } from "../../http/app-context.ts";
import { openSharedDb } from "../../platform/d1.ts";
import { Problem, unauthenticated } from "../../platform/problem.ts";
import { Id } from "../../values/ids.ts";
import { PageQuery } from "../../http/pagination.ts";
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
  operation("open", {
    scope: "none",
    method: "post",
    path: "/auth/login",
    operationId: "createSession",
    summary: "Sign in",
    description:
      "Returns the tokens, and sets them as HttpOnly cookies for browsers. The cookie mostrador_signed_in has no secret: it says to the scripts of a page that there is a login to refresh. Another cookie makes the device known to the account for 180 days, or until its password changes: wrong passwords from elsewhere do not prevent a login from it. Five wrong passwords a minute from a known device, or from everywhere else together, are 429. With X-Cart, the lines of the guest's cart are moved into the account's, and the guest's cart is deleted.",
    tags,
    request: { headers: CartHeader, body: jsonBody(Credentials) },
    problems: ["invalid-credentials", "too-many-attempts"],
    responses: { 200: jsonResponse("Tokens and the account", Login) },
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
  operation("open", {
    scope: "none",
    method: "post",
    path: "/auth/refresh",
    operationId: "refreshSession",
    summary: "Exchange a refresh token for the next pair of tokens",
    description:
      "A refresh token is exchanged once. If the response is lost, repeat the request: for a minute, and until the next token is used, it returns the same next token. Later use ends the login and returns 401 token-reused. A cookie that is refused with 401 is cleared.",
    tags,
    request: { body: optionalJsonBody(RefreshBody) },
    problems: ["invalid-token", "token-reused", "csrf", "too-many-attempts"],
    responses: { 200: jsonResponse("The next tokens", Login) },
  }),
  async (c) => {
    const sent = c.req.valid("json").refresh_token;
    const token = sent ?? refreshCookie(c);
    if (token === undefined) throw unauthenticated("Send refresh_token or the refresh cookie.");
    if (sent === undefined) requireTrustedOrigin(c);
    const result = await refresh(c.var.base, token).catch((error: unknown) => {
      // Otherwise the browser would try again with every page.
      if (sent === undefined && error instanceof Problem && error.status === 401) clearLoginCookies(c);
      throw error;
    });
    setLoginCookies(c, result.access_token, result.refresh_token);
    return c.json(Login.parse(result), 200);
  },
);

loginRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "post",
    path: "/auth/logout",
    operationId: "endSession",
    summary: "End this login",
    tags,
    responses: { 204: { description: "Ended; its tokens no longer work" } },
  }),
  async (c) => {
    await endSession(userContext(c));
    clearLoginCookies(c);
    return c.body(null, 204);
  },
);

loginRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "get",
    path: "/auth/sessions",
    operationId: "listSessions",
    summary: "List my active logins, newest first",
    tags,
    request: { query: z.strictObject(PageQuery) },
    responses: { 200: jsonResponse("A page of logins", SessionList) },
  }),
  async (c) => c.json(SessionList.parse(await listSessions(userContext(c), c.req.valid("query"))), 200),
);

loginRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "delete",
    path: "/auth/sessions",
    operationId: "endMyOtherSessions",
    summary: "End all my logins except the current one",
    description: "To end the current one, use POST /auth/logout.",
    tags,
    responses: { 204: { description: "Ended; their tokens no longer work" } },
  }),
  async (c) => {
    await endMyOtherSessions(userContext(c));
    return c.body(null, 204);
  },
);

loginRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "delete",
    path: "/auth/sessions/{id}",
    operationId: "endMySession",
    summary: "End one of my logins",
    tags,
    request: { params },
    responses: { 204: { description: "Ended; its tokens no longer work" } },
  }),
  async (c) => {
    await endMySession(userContext(c), c.req.valid("param").id);
    return c.body(null, 204);
  },
);

loginRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "delete",
    path: "/users/{id}/sessions",
    operationId: "endUserSessions",
    summary: "End all logins of an account",
    tags,
    request: { params },
    responses: { 204: { description: "Ended; their tokens no longer work" } },
  }),
  async (c) => {
    await endSessionsOf(userContext(c), c.req.valid("param").id);
    return c.body(null, 204);
  },
);

loginRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "put",
    path: "/auth/password",
    operationId: "changePassword",
    summary: "Change my password",
    description:
      "A wrong current password returns 401 invalid-credentials and counts as a failed login. Ends all my logins except the current one.",
    tags,
    request: { body: jsonBody(PasswordChange) },
    problems: ["invalid-credentials", "too-many-attempts"],
    responses: { 204: { description: "Changed" } },
  }),
  async (c) => {
    const { current_password, new_password } = c.req.valid("json");
    await changePassword(userContext(c), current_password, new_password, clientAddress(c));
    return c.body(null, 204);
  },
);

loginRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "put",
    path: "/users/{id}/password",
    operationId: "setPassword",
    summary: "Set a new password for an EMPLOYEE or ADMIN",
    description:
      "Ends all logins of the account. Passwords of customers, of accounts that registered themselves, and your own password cannot be set here: 403. Change it with PUT /auth/password.",
    tags,
    request: { params, body: jsonBody(NewPassword) },
    problems: ["account-erased", "too-many-attempts"],
    responses: { 204: { description: "Set" } },
  }),
  async (c) => {
    await setPassword(
      userContext(c),
      c.req.valid("param").id,
      c.req.valid("json").new_password,
      clientAddress(c),
    );
    return c.body(null, 204);
  },
);

loginRoutes.openapi(
  operation("public", {
    scope: "none",
    method: "post",
    path: "/auth/password/forgot",
    operationId: "requestPasswordReset",
    summary: "Request a link to choose a new password",
    description:
      "The response is always the same, and takes as long. If an active account has the address, a mail is sent to it with a link that works once, for 30 minutes.",
    tags,
    request: { body: jsonBody(ForgottenPassword) },
    problems: ["too-many-attempts"],
    responses: { 202: { description: "Accepted" } },
  }),
  async (c) => {
    const { base } = c.var;
    const { tenant, email } = c.req.valid("json");
    await countAttempt(base, clientAddress(c));
    base.waitUntil(
      requestPasswordReset(
        { ...base, db: openSharedDb(base.env, "first-primary"), mails: [] },
        tenant,
        email,
      ),
    );
    return c.body(null, 202);
  },
);

loginRoutes.openapi(
  operation("public", {
    scope: "none",
    method: "post",
    path: "/auth/password/reset",
    operationId: "resetPassword",
    summary: "Choose a new password by a link",
    description: "Ends all logins of the account.",
    tags,
    request: { body: jsonBody(PasswordReset) },
    problems: ["invalid-link", "too-many-attempts"],
    responses: { 204: { description: "Changed" } },
  }),
  async (c) => {
    const { token, password } = c.req.valid("json");
    await resetPassword(c.var.base, token, password, clientAddress(c));
    return c.body(null, 204);
  },
);
