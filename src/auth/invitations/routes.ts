import { z } from "@hono/zod-openapi";
import { userContext, shopContext } from "../../http/app-context.ts";
import { clientAddress } from "../../http/client-address.ts";
import { jsonBody, jsonResponse } from "../../http/content.ts";
import { IdempotencyHeader, withLocationAt, withReplayHeader } from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { router } from "../../http/validation.ts";
import { Id } from "../../values/ids.ts";
import { setLoginCookies } from "../access.ts";
import { Login } from "../login/schema.ts";
import { acceptInvitation, invite, listInvitations, withdrawInvitation } from "./invitations.ts";
import { Acceptance, Invitation, InvitationList, InvitationQuery, NewInvitation } from "./schema.ts";

export const invitationRoutes = router();

const tags = ["Shops and accounts"];

invitationRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "post",
    path: "/users/invitations",
    operationId: "createInvitation",
    summary: "Invite a person to work in the shop",
    description:
      "They get a mail with a link and choose their password. The link works once, for seven days; another invitation to the same address replaces this one.",
    tags,
    request: { headers: IdempotencyHeader, body: jsonBody(NewInvitation) },
    problems: ["email-taken"],
    responses: { 201: jsonResponse("The invitation", Invitation) },
  }),
  async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const result = await invite(userContext(c), c.req.valid("json"), key);
    const invitation = Invitation.parse(withReplayHeader(c, result));
    return c.json(withLocationAt(c, "users/invitations", invitation), 201);
  },
);

invitationRoutes.openapi(
  operation("admin", {
    scope: "users:read",
    method: "get",
    path: "/users/invitations",
    operationId: "listInvitations",
    summary: "List the open invitations, newest first",
    tags,
    request: { query: InvitationQuery },
    responses: { 200: jsonResponse("A page of invitations", InvitationList) },
  }),
  async (c) => c.json(InvitationList.parse(await listInvitations(shopContext(c), c.req.valid("query"))), 200),
);

invitationRoutes.openapi(
  operation("admin", {
    scope: "none",
    method: "delete",
    path: "/users/invitations/{id}",
    operationId: "withdrawInvitation",
    summary: "Withdraw an invitation",
    tags,
    request: { params: z.object({ id: Id }) },
    responses: { 204: { description: "Withdrawn; its link no longer works" } },
  }),
  async (c) => {
    await withdrawInvitation(userContext(c), c.req.valid("param").id);
    return c.body(null, 204);
  },
);

invitationRoutes.openapi(
  operation("public", {
    scope: "none",
    method: "post",
    path: "/invitations/accept",
    operationId: "acceptInvitation",
    summary: "Accept an invitation and choose a password",
    description: "Opens the account and signs it in, as POST /auth/login does.",
    tags,
    request: { body: jsonBody(Acceptance) },
    problems: ["email-taken", "invalid-link", "too-many-attempts"],
    responses: { 200: jsonResponse("Tokens and the account", Login) },
  }),
  async (c) => {
    const device = c.req.header("user-agent") ?? null;
    const result = await acceptInvitation(c.var.base, c.req.valid("json"), clientAddress(c), device);
    setLoginCookies(c, result.access_token, result.refresh_token);
    return c.json(Login.parse(result), 200);
  },
);
