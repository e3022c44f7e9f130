import { z } from "@hono/zod-openapi";
import { clientAddress } from "../../http/client-address.ts";
import { jsonBody, jsonResponse } from "../../http/content.ts";
import { CartHeader, IdempotencyHeader, withLocationAt, withReplayHeader } from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { userContext, shopContext } from "../../http/app-context.ts";
import { Id } from "../../values/ids.ts";
import { countAttempt } from "../login/attempts.ts";
import { findTenant, unknownTenant } from "../shops/tenants.ts";
import { changeMe, changeUser } from "./change-user.ts";
import { confirmEmail, requestEmailChange } from "./email.ts";
import {
  EmailChange,
  EmailConfirmation,
  MePatch,
  NewStaff,
  Registration,
  User,
  UserList,
  UserPatch,
  UserQuery,
} from "./schema.ts";
import { Me, whoAmI } from "./me.ts";
import { addUser, getMe, listUsers } from "./users.ts";

export const accountRoutes = router();

const tags = ["Shops and accounts"];

accountRoutes.openapi(
  operation("open", {
    scope: "none",
    method: "post",
    path: "/auth/register",
    operationId: "registerCustomer",
    summary: "Register as a customer of a shop",
    description:
      "With X-Cart, the lines of the guest's cart are moved into the account's, and the guest's cart is deleted.",
    tags,
    request: { headers: IdempotencyHeader.extend(CartHeader.shape), body: jsonBody(Registration) },
    problems: ["unknown-tenant", "email-taken", "too-many-attempts"],
    responses: {
      201: jsonResponse("The account, with the role CUSTOMER", User),
    },
  }),
  async (c) => {
    const { base } = c.var;
    await countAttempt(base, clientAddress(c));
    const { tenant: slug, ...person } = c.req.valid("json");
    const tenant = await findTenant(base, slug);
    if (!tenant) throw unknownTenant();
    base.db.enterShop(tenant.id);
    const key = c.req.valid("header")["idempotency-key"];
    const result = await addUser(base, tenant.id, null, person, "CUSTOMER", key);
    c.set("signedIn", { tenantId: tenant.id, userId: result.value.id });
    return c.json(withLocationAt(c, "users/me", User.parse(withReplayHeader(c, result))), 201);
  },
);

accountRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "get",
    path: "/auth/me",
    operationId: "getIdentity",
    summary: "Get the signed-in account",
    description: "The same as GET /users/me, with the shop as the account may see it.",
    tags,
    responses: { 200: jsonResponse("The account and its shop", Me) },
  }),
  async (c) => c.json(Me.parse(await whoAmI(userContext(c))), 200),
);

accountRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "get",
    path: "/users/me",
    operationId: "getMyAccount",
    summary: "Get my account",
    tags,
    responses: { 200: jsonResponse("The account", User) },
  }),
  async (c) => c.json(User.parse(await getMe(userContext(c))), 200),
);

accountRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "patch",
    path: "/users/me",
    operationId: "updateMyAccount",
    summary: "Change my name or preferences",
    tags,
    request: { body: jsonBody(MePatch) },
    problems: ["account-erased"],
    responses: { 200: jsonResponse("The account", User) },
  }),
  async (c) => c.json(User.parse(await changeMe(userContext(c), c.req.valid("json"))), 200),
);

accountRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "put",
    path: "/users/me/email",
    operationId: "changeMyEmail",
    summary: "Change my e-mail address",
    description:
      "The new address counts once its link has been opened, and a mail informs the old one. Nothing is sent to an address that another account has.",
    tags,
    request: { body: jsonBody(EmailChange) },
    problems: ["invalid-credentials", "too-many-attempts"],
    responses: { 202: { description: "A mail was sent to the new address" } },
  }),
  async (c) => {
    const { email, password } = c.req.valid("json");
    await requestEmailChange(userContext(c), email, password, clientAddress(c));
    return c.body(null, 202);
  },
);

accountRoutes.openapi(
  operation("public", {
    scope: "none",
    method: "post",
    path: "/auth/email/confirm",
    operationId: "confirmEmail",
    summary: "Confirm an e-mail address by a link",
    tags,
    request: { body: jsonBody(EmailConfirmation) },
    problems: ["email-taken", "invalid-link"],
    responses: { 204: { description: "Confirmed" } },
  }),
  async (c) => {
    await confirmEmail(c.var.base, c.req.valid("json").token);
    return c.body(null, 204);
  },
);

accountRoutes.openapi(
  operation("admin", {
    scope: "users:read",
    method: "get",
    path: "/users",
    operationId: "listUsers",
    summary: "List the accounts of the shop, newest first",
    tags,
    request: {
      query: UserQuery,
    },
    responses: { 200: jsonResponse("A page of accounts", UserList) },
  }),
  async (c) => c.json(UserList.parse(await listUsers(shopContext(c), c.req.valid("query"))), 200),
);

accountRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "post",
    path: "/users",
    operationId: "createStaff",
    summary: "Create an EMPLOYEE or ADMIN account",
    tags,
    request: { headers: IdempotencyHeader, body: jsonBody(NewStaff) },
    problems: ["email-taken", "too-many-attempts"],
    responses: { 201: jsonResponse("The account", User) },
  }),
  async (c) => {
    const ctx = userContext(c);
    await countAttempt(ctx, clientAddress(c));
    const { role, ...person } = c.req.valid("json");
    const key = c.req.valid("header")["idempotency-key"];
    const result = await addUser(ctx, ctx.tenant.id, ctx.actor, person, role, key);
    return c.json(withLocationAt(c, "users", User.parse(withReplayHeader(c, result))), 201);
  },
);

accountRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "patch",
    path: "/users/{id}",
    operationId: "updateUser",
    summary: "Change the role of an account, disable it or enable it",
    description:
      "Takes effect with the next request of the account. Disabling ends all its logins. The last active ADMIN cannot be demoted or disabled: 409 last-admin.",
    tags,
    request: { params: z.object({ id: Id }), body: jsonBody(UserPatch) },
    problems: ["last-admin", "account-erased"],
    responses: { 200: jsonResponse("The account", User) },
  }),
  async (c) =>
    c.json(User.parse(await changeUser(userContext(c), c.req.valid("param").id, c.req.valid("json"))), 200),
);
