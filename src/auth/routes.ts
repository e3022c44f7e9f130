import { z } from "@hono/zod-openapi";
import { clientAddress } from "../http/client-address.ts";
import { jsonResponse, jsonBody, optionalJsonBody } from "../http/content.ts";
import { IdempotencyHeader, withReplayHeader } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopContext, actorContext } from "../http/app-context.ts";
import { unauthenticated } from "../platform/problem.ts";
import { Id } from "../values/ids.ts";
import { PageQuery } from "../http/pagination.ts";
import { problemResponses } from "../http/problem-responses.ts";
import { clearLoginCookies, refreshCookie, requireTrustedOrigin, setLoginCookies } from "./access.ts";
import { countAttempt } from "./login/attempts.ts";
import { changeMe, changeUser } from "./accounts/change-user.ts";
import { login, refresh } from "./login/login.ts";
import {
  Credentials,
  Login,
  MePatch,
  NewStaff,
  NewTenant,
  RefreshBody,
  Registration,
  RoleName,
  Settings,
  SettingsPatch,
  TenantMade,
  User,
  UserList,
  UserPatch,
} from "./schema.ts";
import { endSession } from "./login/sessions.ts";
import { changeSettings, getSettings } from "./shops/settings.ts";
import { findTenant, openTenant, unknownTenant } from "./shops/tenants.ts";
import { addUser, getUser, listUsers } from "./accounts/users.ts";

export const authRoutes = router();

authRoutes.openapi(
  operation("public", {
    method: "post",
    path: "/tenants",
    operationId: "openTenant",
    summary: "Open a shop with its first ADMIN",
    tags: ["Shops and accounts"],
    request: { headers: IdempotencyHeader, body: jsonBody(NewTenant) },
    responses: { 201: jsonResponse("The shop and its ADMIN", TenantMade), ...problemResponses(409, 429) },
  }),
  async (c) => {
    await countAttempt(c.var.base, clientAddress(c));
    const result = await openTenant(
      c.var.base,
      c.req.valid("json"),
      c.req.valid("header")["idempotency-key"],
    );
    return c.json(TenantMade.parse(withReplayHeader(c, result)), 201);
  },
);

authRoutes.openapi(
  operation("public", {
    method: "post",
    path: "/auth/register",
    operationId: "register",
    summary: "Register as a customer of a shop",
    tags: ["Shops and accounts"],
    request: { headers: IdempotencyHeader, body: jsonBody(Registration) },
    responses: { 201: jsonResponse("The account, role CUSTOMER", User), ...problemResponses(404, 409, 429) },
  }),
  async (c) => {
    const { base } = c.var;
    await countAttempt(base, clientAddress(c));
    const { tenant: slug, ...person } = c.req.valid("json");
    const tenant = await findTenant(base, slug);
    if (!tenant) throw unknownTenant();
    const key = c.req.valid("header")["idempotency-key"];
    const result = await addUser(base, tenant.id, null, person, "CUSTOMER", key);
    return c.json(User.parse(withReplayHeader(c, result)), 201);
  },
);

authRoutes.openapi(
  operation("public", {
    method: "post",
    path: "/auth/login",
    operationId: "login",
    summary: "Sign in",
    description: "Answers the tokens, and sets them as HttpOnly cookies for a browser.",
    tags: ["Shops and accounts"],
    request: { body: jsonBody(Credentials) },
    responses: { 200: jsonResponse("Tokens and the account", Login), ...problemResponses(429) },
  }),
  async (c) => {
    const device = c.req.header("user-agent") ?? null;
    const result = await login(c.var.base, c.req.valid("json"), clientAddress(c), device);
    setLoginCookies(c, result.access_token, result.refresh_token);
    return c.json(Login.parse(result), 200);
  },
);

authRoutes.openapi(
  operation("public", {
    method: "post",
    path: "/auth/refresh",
    operationId: "refresh",
    summary: "Exchange a refresh token for the next pair of tokens",
    description: "A refresh token is valid once. Used again, it ends the login: 401 token-reused.",
    tags: ["Shops and accounts"],
    request: { body: optionalJsonBody(RefreshBody) },
    responses: { 200: jsonResponse("The next tokens", Login) },
  }),
  async (c) => {
    const given = c.req.valid("json").refresh_token;
    const token = given ?? refreshCookie(c);
    if (token === undefined) throw unauthenticated("Send refresh_token, or the refresh cookie.");
    if (given === undefined) requireTrustedOrigin(c);
    const result = await refresh(c.var.base, token);
    setLoginCookies(c, result.access_token, result.refresh_token);
    return c.json(Login.parse(result), 200);
  },
);

authRoutes.openapi(
  operation("customer", {
    method: "post",
    path: "/auth/logout",
    operationId: "logout",
    summary: "End this login",
    tags: ["Shops and accounts"],
    responses: { 204: { description: "Ended; its tokens no longer work" } },
  }),
  async (c) => {
    await endSession(actorContext(c));
    clearLoginCookies(c);
    return c.body(null, 204);
  },
);

for (const [path, operationId] of [
  ["/auth/me", "whoAmI"],
  ["/users/me", "getMe"],
] as const)
  authRoutes.openapi(
    operation("customer", {
      method: "get",
      path,
      operationId,
      summary: "My account",
      tags: ["Shops and accounts"],
      responses: { 200: jsonResponse("My account", User) },
    }),
    async (c) => {
      const ctx = actorContext(c);
      return c.json(User.parse(await getUser(ctx, ctx.tenant.id, ctx.actor.id)), 200);
    },
  );

authRoutes.openapi(
  operation("customer", {
    method: "patch",
    path: "/users/me",
    operationId: "changeMe",
    summary: "Change my name or preferences",
    tags: ["Shops and accounts"],
    request: { body: jsonBody(MePatch) },
    responses: { 200: jsonResponse("My account", User), ...problemResponses(409) },
  }),
  async (c) => c.json(User.parse(await changeMe(actorContext(c), c.req.valid("json"))), 200),
);

authRoutes.openapi(
  operation("admin", {
    method: "get",
    path: "/users",
    operationId: "listUsers",
    summary: "The accounts of the shop, newest first",
    tags: ["Shops and accounts"],
    request: {
      query: z.strictObject({ ...PageQuery, role: RoleName.optional(), tenant: z.string().optional() }),
    },
    responses: { 200: jsonResponse("A page of accounts", UserList) },
  }),
  async (c) => c.json(UserList.parse(await listUsers(shopContext(c), c.req.valid("query"))), 200),
);

authRoutes.openapi(
  operation("admin", {
    method: "post",
    path: "/users",
    operationId: "addStaff",
    summary: "Create an EMPLOYEE or ADMIN",
    tags: ["Shops and accounts"],
    request: { headers: IdempotencyHeader, body: jsonBody(NewStaff) },
    responses: { 201: jsonResponse("The account", User), ...problemResponses(409, 429) },
  }),
  async (c) => {
    const ctx = actorContext(c);
    await countAttempt(ctx, clientAddress(c));
    const { role, ...person } = c.req.valid("json");
    const key = c.req.valid("header")["idempotency-key"];
    const result = await addUser(ctx, ctx.tenant.id, ctx.actor, person, role, key);
    return c.json(User.parse(withReplayHeader(c, result)), 201);
  },
);

authRoutes.openapi(
  operation("admin", {
    method: "patch",
    path: "/users/{id}",
    operationId: "changeUser",
    summary: "Change the role of an account, or disable it",
    description:
      "Counts from the next request of that account; who is disabled loses all logins. The last active ADMIN stays: 409 last-admin.",
    tags: ["Shops and accounts"],
    request: { params: z.object({ id: Id }), body: jsonBody(UserPatch) },
    responses: { 200: jsonResponse("The account", User), ...problemResponses(404, 409) },
  }),
  async (c) =>
    c.json(User.parse(await changeUser(actorContext(c), c.req.valid("param").id, c.req.valid("json"))), 200),
);

authRoutes.openapi(
  operation("admin", {
    method: "get",
    path: "/settings",
    operationId: "getSettings",
    summary: "The settings of the shop",
    tags: ["Shops and accounts"],
    responses: { 200: jsonResponse("The settings", Settings) },
  }),
  async (c) => c.json(Settings.parse(await getSettings(actorContext(c))), 200),
);

authRoutes.openapi(
  operation("admin", {
    method: "patch",
    path: "/settings",
    operationId: "changeSettings",
    summary: "Change the settings of the shop",
    description: "What is left out stays. It counts from the next request.",
    tags: ["Shops and accounts"],
    request: { body: jsonBody(SettingsPatch) },
    responses: { 200: jsonResponse("The settings", Settings) },
  }),
  async (c) => c.json(Settings.parse(await changeSettings(actorContext(c), c.req.valid("json"))), 200),
);
