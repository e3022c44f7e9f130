import { z } from "@hono/zod-openapi";
import { listOf, PageQuery } from "../../http/pagination.ts";
import { Id } from "../../values/ids.ts";
import { Password, person } from "../accounts/schema.ts";

const Role = z.enum(["EMPLOYEE", "ADMIN"]).openapi("StaffRole");

export const NewInvitation = z
  .strictObject({
    email: person.email,
    role: Role,
    first_name: person.first_name,
    last_name: person.last_name,
  })
  .openapi("NewInvitation");

export const Invitation = z
  .object({
    id: Id,
    email: z.string().openapi({ example: "luz@example.com" }),
    role: Role,
    first_name: z.string().openapi({ example: "Luz" }),
    last_name: z.string().openapi({ example: "Mar" }),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
  })
  .openapi("Invitation");

export const InvitationList = listOf(Invitation).openapi("InvitationList");

export const InvitationQuery = z.strictObject({ ...PageQuery, tenant: z.string().max(100).optional() });

export const LinkToken = z
  .string()
  .max(200)
  .openapi({ description: "The `token` of the link in the mail", example: "019a1b2c-….Zk3…" });

export const Acceptance = z.strictObject({ token: LinkToken, password: Password }).openapi("Acceptance");
