import { z } from "@hono/zod-openapi";
import { failsAs } from "../../values/faults.ts";
import { Id } from "../../values/ids.ts";
import { listOf } from "../../http/pagination.ts";
import { folded, isPlain, PLAIN_MESSAGE } from "../../values/text.ts";
import { Password, User } from "../accounts/schema.ts";

export const Credentials = z
  .strictObject({
    tenant: z
      .string()
      .overwrite(folded)
      .max(100)
      .refine(isPlain, failsAs(PLAIN_MESSAGE, "invalid_characters"))
      .openapi({ example: "libreria-sol" }),
    email: z
      .string()
      .max(254)
      .refine(isPlain, failsAs(PLAIN_MESSAGE, "invalid_characters"))
      .transform((email) => folded(email.trim()))
      .openapi({ type: "string", example: "ana@example.com" }),
    password: z.string().max(256).openapi({ example: "correct horse battery" }),
  })
  .openapi("Credentials");

export const Login = z
  .object({
    access_token: z
      .string()
      .openapi({ description: "A JWT signed with EdDSA, valid for expires_in seconds" }),
    token_type: z.literal("Bearer"),
    expires_in: z.int().openapi({ example: 600 }),
    refresh_token: z
      .string()
      .openapi({ description: "Exchanged once, by POST /auth/refresh for the next one" }),
    user: User,
  })
  .openapi("Login");

export const RefreshBody = z
  .strictObject({ refresh_token: z.string().max(200).optional() })
  .openapi("Refresh", { description: "May be omitted if the refresh cookie is sent" });

export const PasswordChange = z
  .strictObject({ current_password: z.string().max(256), new_password: Password })
  .openapi("PasswordChange");

export const ForgottenPassword = Credentials.pick({ tenant: true, email: true })
  .strict()
  .openapi("ForgottenPassword");

export const PasswordReset = z
  .strictObject({
    token: z.string().max(200).openapi({ description: "The `token` of the link in the mail" }),
    password: Password,
  })
  .openapi("PasswordReset");

export const NewPassword = z.strictObject({ new_password: Password }).openapi("NewPassword");

export const Session = z
  .object({
    id: Id,
    device: z.string().nullable().openapi({ description: "The User-Agent that signed in" }),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().openapi({ description: "The time of the login or of its last refresh" }),
    expires_at: z.iso
      .datetime()
      .openapi({ description: "The time at which the login ends unless it is refreshed" }),
    current: z.boolean().openapi({ description: "Whether this request uses the login" }),
  })
  .openapi("Session");

export const SessionList = listOf(Session).openapi("SessionList");
