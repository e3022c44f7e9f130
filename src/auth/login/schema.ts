import { z } from "@hono/zod-openapi";
import { Id } from "../../values/ids.ts";
import { listOf } from "../../http/pagination.ts";
import { Password } from "../schema.ts";

export const PasswordChange = z
  .strictObject({ current_password: z.string().max(256), new_password: Password })
  .openapi("PasswordChange");

export const NewPassword = z.strictObject({ new_password: Password }).openapi("NewPassword");

export const Session = z
  .object({
    id: Id,
    device: z.string().nullable().openapi({ description: "the User-Agent of the login" }),
    created_at: z.iso.datetime(),
    last_used_at: z.iso.datetime().openapi({ description: "the login, or the last exchange of its tokens" }),
    expires_at: z.iso.datetime().openapi({ description: "unless its tokens are exchanged before" }),
    current: z.boolean().openapi({ description: "the login by which you ask" }),
  })
  .openapi("Session");

export const SessionList = listOf(Session).openapi("SessionList");
