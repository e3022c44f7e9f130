import { z } from "@hono/zod-openapi";
import { Login } from "../login/schema.ts";

/** The body of RFC 8628, 3.1. Other parameters, such as `scope`, are ignored. */
export const DeviceRequest = z
  .object({
    client_id: z.string().openapi({
      description: "The name of the client, at most 100 characters. Clients are not registered.",
      example: "mostrador-cli",
    }),
    device_label: z.string().optional().openapi({
      description: "What the person sees as the name of the device, at most 100 characters",
      example: "Till 2",
    }),
  })
  .openapi("DeviceAuthorizationRequest");

export const DeviceAuthorization = z
  .object({
    device_code: z.string().openapi({ description: "For the polls of the device; never shown" }),
    user_code: z.string().openapi({ description: "For the person", example: "WDJB-MJHT" }),
    verification_uri: z.string().openapi({
      description: "The page on which the person enters the code",
      example: "https://shops.example/device",
    }),
    verification_uri_complete: z
      .string()
      .openapi({ description: "The page with the shop and the code filled in, for a QR code or a link" }),
    expires_in: z.int().openapi({ description: "Seconds", example: 600 }),
    interval: z.int().openapi({ description: "Seconds to wait between polls", example: 5 }),
  })
  .openapi("DeviceAuthorization");

export const DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** The body of RFC 8628, 3.4, and of RFC 6749, 6. */
export const TokenRequest = z
  .object({
    grant_type: z.enum([DEVICE_CODE_GRANT, "refresh_token"]),
    client_id: z.string().optional().openapi({ description: "That of the request for the device code" }),
    device_code: z.string().optional().openapi({ description: "Required by the device grant" }),
    refresh_token: z.string().optional().openapi({ description: "Required by a refresh" }),
  })
  .openapi("OAuthTokenRequest");

export const TokenResponse = Login.openapi("OAuthToken");

export const OAuthError = z
  .object({
    error: z.enum([
      "invalid_request",
      "invalid_grant",
      "unsupported_grant_type",
      "authorization_pending",
      "slow_down",
      "access_denied",
      "expired_token",
    ]),
    error_description: z.string(),
  })
  .openapi("OAuthError");

export const DeviceGrant = z
  .object({
    client_id: z.string().openapi({ description: "What the device says of its client" }),
    label: z.string().openapi({ description: "What the device says of itself; may be empty" }),
    status: z.enum(["pending", "approved", "denied"]),
    is_same_network: z.boolean().openapi({
      description: "Whether this request and that of the device come from the same network",
    }),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
  })
  .openapi("DeviceGrant");
