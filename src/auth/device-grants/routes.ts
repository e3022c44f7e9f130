// The device authorization grant (RFC 8628): the two endpoints of the device speak OAuth, those of the person are like all others.
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { type App, shopContext, userContext } from "../../http/app-context.ts";
import { limitBody } from "../../http/body.ts";
import { clientAddress } from "../../http/client-address.ts";
import { jsonResponse } from "../../http/content.ts";
import { headersOfStatus, ShopHeader, ShopQuery } from "../../http/headers.ts";
import { operation } from "../../http/operation.ts";
import { anyProblemOf } from "../../http/problem-responses.ts";
import { router } from "../../http/validation.ts";
import { Problem } from "../../platform/problem.ts";
import type { Slug } from "../../platform/problem-types.ts";
import { refresh } from "../login/login.ts";
import { collectLogin } from "./collect.ts";
import { decideDeviceGrant, getDeviceGrant } from "./decide.ts";
import { type OAuthForm, readOAuthForm } from "./form.ts";
import { OAuthFailure } from "./oauth-error.ts";
import { requestDeviceGrant } from "./request.ts";
import {
  DEVICE_CODE_GRANT,
  DeviceAuthorization,
  DeviceGrant,
  DeviceRequest,
  OAuthError,
  TokenRequest,
  TokenResponse,
} from "./schema.ts";

export const deviceRoutes = router();

const tags = ["Shops and accounts"];

deviceRoutes.openAPIRegistry.register("DeviceAuthorizationRequest", DeviceRequest);
deviceRoutes.openAPIRegistry.register("OAuthTokenRequest", TokenRequest);

const formBody = (schema: string) => ({
  required: true,
  content: { "application/x-www-form-urlencoded": { schema: { $ref: `#/components/schemas/${schema}` } } },
});

deviceRoutes.openAPIRegistry.register("OAuthError", OAuthError);
/** A 400, as a component of this name: an error of OAuth, or one of these problems. */
function badRequest(name: string, ...problems: Slug[]) {
  deviceRoutes.openAPIRegistry.registerComponent("responses", name, {
    description: `An error of OAuth, or ${problems.join(" or ")}`,
    headers: headersOfStatus(400),
    content: {
      "application/json": { schema: { $ref: "#/components/schemas/OAuthError" } },
      "application/problem+json": { schema: anyProblemOf(problems) },
    },
  });
  return { 400: { $ref: `#/components/responses/${name}` } };
}

// Besides a missing body, which is among the bad requests.
const FORM_PROBLEMS = ["too-large", "unsupported-media-type"] as const;

const failed = (c: Context<App>, error: unknown): Response => {
  if (!(error instanceof OAuthFailure)) throw error;
  return c.json(OAuthError.parse({ error: error.code, error_description: error.message }), 400);
};

const formOf = async (c: Context<App>): Promise<OAuthForm> =>
  readOAuthForm(c.req.header("content-type"), await c.req.arrayBuffer());

function required(form: OAuthForm, name: string): string {
  const value = form(name);
  if (value === undefined) throw new OAuthFailure("invalid_request", `The parameter ${name} is missing.`);
  return value;
}

const MAX_NAME = 100;

function nameOf(form: OAuthForm, name: string): string {
  const value = form(name) ?? "";
  if (value.length > MAX_NAME)
    throw new OAuthFailure("invalid_request", `The parameter ${name} has more than ${MAX_NAME} characters.`);
  return value;
}

deviceRoutes.use("/oauth/*", limitBody);

deviceRoutes.openapi(
  operation("public", {
    scope: "none",
    method: "post",
    path: "/oauth/device_authorization",
    operationId: "requestDeviceAuthorization",
    summary: "Request the codes by which a person signs in a device",
    description:
      "The device authorization grant of OAuth 2.0 (RFC 8628), for a till or a command line. Show `user_code` and `verification_uri`, or a QR code of `verification_uri_complete`, and poll POST /oauth/token. Only people of the named shop can approve.",
    tags,
    request: { headers: ShopHeader, query: ShopQuery, body: formBody("DeviceAuthorizationRequest") },
    problems: [...FORM_PROBLEMS, "too-many-attempts"],
    responses: {
      200: jsonResponse("The codes", DeviceAuthorization),
      ...badRequest("DeviceAuthorizationBadRequest", "body-required", "ambiguous-credentials"),
    },
  }),
  async (c) => {
    try {
      const form = await formOf(c);
      required(form, "client_id");
      const names = { clientId: nameOf(form, "client_id"), label: nameOf(form, "device_label") };
      const codes = await requestDeviceGrant(shopContext(c), names, clientAddress(c));
      return c.json(DeviceAuthorization.parse(codes), 200);
    } catch (error) {
      return failed(c, error);
    }
  },
);

/** The tokens that a grant gives. @throws OAuthFailure, and Problem too-many-attempts */
async function tokensOf(c: Context<App>, form: OAuthForm) {
  const grant = required(form, "grant_type");
  if (grant === DEVICE_CODE_GRANT)
    return collectLogin(c.var.base, required(form, "device_code"), required(form, "client_id"));
  if (grant !== "refresh_token")
    throw new OAuthFailure(
      "unsupported_grant_type",
      `The supported grant types are ${DEVICE_CODE_GRANT} and refresh_token.`,
    );
  return refresh(c.var.base, required(form, "refresh_token")).catch((error: unknown) => {
    if (error instanceof Problem && error.status === 401)
      throw new OAuthFailure("invalid_grant", error.message);
    throw error;
  });
}

deviceRoutes.openapi(
  operation("open", {
    scope: "none",
    method: "post",
    path: "/oauth/token",
    operationId: "createToken",
    summary: "Exchange a device code or a refresh token for tokens",
    description:
      "Until a person has decided, a device code is refused with `authorization_pending`; on `slow_down`, wait five seconds more between polls from then on. A device whose answer was lost gets the same tokens again, for a minute. A refresh is that of POST /auth/refresh in the form of OAuth.",
    tags,
    request: { body: formBody("OAuthTokenRequest") },
    problems: [...FORM_PROBLEMS, "too-many-attempts"],
    responses: {
      200: jsonResponse("The tokens", TokenResponse),
      ...badRequest("OAuthTokenBadRequest", "body-required"),
    },
  }),
  async (c) => {
    try {
      return c.json(TokenResponse.parse(await tokensOf(c, await formOf(c))), 200);
    } catch (error) {
      return failed(c, error);
    }
  },
);

// Long enough for any way to type a code; what cannot be one is not found.
const params = z.object({ code: z.string().max(40).openapi({ example: "WDJB-MJHT" }) });

deviceRoutes.openapi(
  operation("customer", {
    scope: "none",
    method: "get",
    path: "/auth/device-grants/{code}",
    operationId: "getDeviceGrant",
    summary: "Get the device that shows a code",
    description:
      "Hyphens, spaces and case of the code do not matter. Five codes a minute that no device shows are 429. What the device says of itself proves nothing: ask whether the code is on a device that the person has in front of them.",
    tags,
    request: { params },
    problems: ["too-many-attempts"],
    responses: { 200: jsonResponse("The device", DeviceGrant) },
  }),
  async (c) => {
    const found = await getDeviceGrant(userContext(c), c.req.valid("param").code, clientAddress(c));
    return c.json(DeviceGrant.parse(found), 200);
  },
);

const decisions = [
  {
    step: "approve",
    status: "approved",
    operationId: "approveDevice",
    summary: "Sign in a device as me",
    description:
      "The device gets a login of this account, which is in the list of my logins from now on and can be ended there. The first decision counts; repeating it changes nothing.",
  },
  {
    step: "deny",
    status: "denied",
    operationId: "denyDevice",
    summary: "Deny a device",
    description: "The first decision counts; repeating it changes nothing.",
  },
] as const;

for (const { step, status, ...texts } of decisions)
  deviceRoutes.openapi(
    operation("customer", {
      scope: "none",
      method: "post",
      path: `/auth/device-grants/{code}/${step}`,
      ...texts,
      tags,
      request: { params },
      problems: ["device-decided", "too-many-attempts"],
      responses: { 200: jsonResponse("The device", DeviceGrant) },
    }),
    async (c) => {
      const { code } = c.req.valid("param");
      const decided = await decideDeviceGrant(userContext(c), code, status, clientAddress(c));
      return c.json(DeviceGrant.parse(decided), 200);
    },
  );
