import { z } from "@hono/zod-openapi";
import { addressOf } from "../http/client-address.ts";
import { answer, jsonOf, optionalJsonOf } from "../http/content.ts";
import { IdempotencyHeader, made } from "../http/headers.ts";
import { operation } from "../http/operation.ts";
import { router } from "../http/validation.ts";
import { shopOf, signedIn } from "../http/app-context.ts";
import { unauthenticated } from "../platform/problem.ts";
import { Id } from "../values/ids.ts";
import { PageQuery } from "../http/pagination.ts";
import { problems } from "../http/problem-responses.ts";
import { clearLoginCookies, refreshCookie, requireOwnOrigin, setLoginCookies } from "./access.ts";
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

export const auth = router();

auth.openapi(
  operation("public", {
    method: "post",
    path: "/tenants",
    operationId: "openTenant",
    summary: "Open a shop with its first ADMIN",
    tags: ["Shops and accounts"],
    request: { headers: IdempotencyHeader, body: jsonOf(NewTenant) },
    responses: { 201: answer("The shop and its ADMIN", TenantMade), ...problems(409, 429) },
  }),
  async (c) => {
    await countAttempt(c.var.base, addressOf(c));
    const result = await openTenant(
      c.var.base,
      c.req.valid("json"),
      c.req.valid("header")["idempotency-key"],
    );
    return c.json(TenantMade.parse(made(c, result)), 201);
  },
);

auth.openapi(
  operation("public", {
    method: "post",
    path: "/auth/register",
    operationId: "register",
    summary: "Register as a customer of a shop",
    tags: ["Shops and accounts"],
    request: { headers: IdempotencyHeader, body: jsonOf(Registration) },
    responses: { 201: answer("The account, role CUSTOMER", User), ...problems(404, 409, 429) },
  }),
  async (c) => {
    const { base } = c.var;
    await countAttempt(base, addressOf(c));
    const { tenant: slug, ...person } = c.req.valid("json");
    const tenant = await findTenant(base, slug);
    if (!tenant) throw unknownTenant();
    const key = c.req.valid("header")["idempotency-key"];
    const result = await addUser(base, tenant.id, null, person, "CUSTOMER", key);
    return c.json(User.parse(made(c, result)), 201);
  },
);

auth.openapi(
  operation("public", {
    method: "post",
    path: "/auth/login",
    operationId: "login",
    summary: "Sign in",
    description: "Answers the tokens, and sets them as HttpOnly cookies for a browser.",
    tags: ["Shops and accounts"],
    request: { body: jsonOf(Credentials) },
    responses: { 200: answer("Tokens and the account", Login), ...problems(429) },
  }),
  async (c) => {
    const device = c.req.header("user-agent") ?? null;
    const result = await login(c.var.base, c.req.valid("json"), addressOf(c), device);
    setLoginCookies(c, result.access_token, result.refresh_token);
    return c.json(Login.parse(result), 200);
  },
);

auth.openapi(
  operation("public", {
    method: "post",
    path: "/auth/refresh",
    operationId: "refresh",
    summary: "Exchange a refresh token for the next pair of tokens",
    description: "A refresh token is valid once. Used again, it ends the login: 401 token-reused.",
    tags: ["Shops and accounts"],
    request: { body: optionalJsonOf(RefreshBody) },
    responses: { 200: answer("The next tokens", Login) },
  }),
  async (c) => {
    const given = c.req.valid("json").refresh_token;
    const token = given ?? refreshCookie(c);
    if (token === undefined) throw unauthenticated("Send refresh_token, or the refresh cookie.");
    if (given === undefined) requireOwnOrigin(c);
    const result = await refresh(c.var.base, token);
    setLoginCookies(c, result.access_token, result.refresh_token);
    return c.json(Login.parse(result), 200);
  },
);

auth.openapi(
  operation("customer", {
    method: "post",
    path: "/auth/logout",
    operationId: "logout",
    summary: "End this login",
    tags: ["Shops and accounts"],
    responses: { 204: { description: "Ended; its tokens no longer work" } },
  }),
  async (c) => {
    await endSession(signedIn(c));
    clearLoginCookies(c);
    return c.body(null, 204);
  },
);

for (const [path, operationId] of [
  ["/auth/me", "whoAmI"],
  ["/users/me", "getMe"],
] as const)
  auth.openapi(
    operation("customer", {
      method: "get",
      path,
      operationId,
      summary: "My account",
      tags: ["Shops and accounts"],
      responses: { 200: answer("My account", User) },
    }),
    async (c) => {
      const ctx = signedIn(c);
      return c.json(User.parse(await getUser(ctx, ctx.tenant.id, ctx.actor.id)), 200);
    },
  );

auth.openapi(
  operation("customer", {
    method: "patch",
    path: "/users/me",
    operationId: "changeMe",
    summary: "Change my name or preferences",
    tags: ["Shops and accounts"],
    request: { body: jsonOf(MePatch) },
    responses: { 200: answer("My account", User), ...problems(409) },
  }),
  async (c) => c.json(User.parse(await changeMe(signedIn(c), c.req.valid("json"))), 200),
);

auth.openapi(
  operation("admin", {
    method: "get",
    path: "/users",
    operationId: "listUsers",
    summary: "The accounts of the shop, newest first",
    tags: ["Shops and accounts"],
    request: {
      query: z.strictObject({ ...PageQuery, role: RoleName.optional(), tenant: z.string().optional() }),
    },
    responses: { 200: answer("A page of accounts", UserList) },
  }),
  async (c) => c.json(UserList.parse(await listUsers(shopOf(c), c.req.valid("query"))), 200),
);

auth.openapi(
  operation("admin", {
    method: "post",
    path: "/users",
    operationId: "addStaff",
    summary: "Create an EMPLOYEE or ADMIN",
    tags: ["Shops and accounts"],
    request: { headers: IdempotencyHeader, body: jsonOf(NewStaff) },
    responses: { 201: answer("The account", User), ...problems(409, 429) },
  }),
  async (c) => {
    const ctx = signedIn(c);
    await countAttempt(ctx, addressOf(c));
    const { role, ...person } = c.req.valid("json");
    const key = c.req.valid("header")["idempotency-key"];
    const result = await addUser(ctx, ctx.tenant.id, ctx.actor, person, role, key);
    return c.json(User.parse(made(c, result)), 201);
  },
);

auth.openapi(
  operation("admin", {
    method: "patch",
    path: "/users/{id}",
    operationId: "changeUser",
    summary: "Change the role of an account, or disable it",
    description:
      "Counts from the next request of that account; who is disabled loses all logins. The last active ADMIN stays: 409 last-admin.",
    tags: ["Shops and accounts"],
    request: { params: z.object({ id: Id }), body: jsonOf(UserPatch) },
    responses: { 200: answer("The account", User), ...problems(404, 409) },
  }),
  async (c) =>
    c.json(User.parse(await changeUser(signedIn(c), c.req.valid("param").id, c.req.valid("json"))), 200),
);

auth.openapi(
  operation("admin", {
    method: "get",
    path: "/settings",
    operationId: "getSettings",
    summary: "The settings of the shop",
    tags: ["Shops and accounts"],
    responses: { 200: answer("The settings", Settings) },
  }),
  async (c) => c.json(Settings.parse(await getSettings(signedIn(c))), 200),
);

auth.openapi(
  operation("admin", {
    method: "patch",
    path: "/settings",
    operationId: "changeSettings",
    summary: "Change the settings of the shop",
    description: "What is left out stays. It counts from the next request.",
    tags: ["Shops and accounts"],
    request: { body: jsonOf(SettingsPatch) },
    responses: { 200: answer("The settings", Settings) },
  }),
  async (c) => c.json(Settings.parse(await changeSettings(signedIn(c), c.req.valid("json"))), 200),
);
