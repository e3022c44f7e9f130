import { z } from "@hono/zod-openapi";
import { listOf, PageQuery } from "../http/pagination.ts";
import { Id } from "../values/ids.ts";

export const MAIL_KINDS = [
  "email.confirm",
  "email.changed",
  "password.reset",
  "invitation",
  "report.weekly",
  "product.low_stock",
  "shift.idle",
] as const;

export type MailKind = (typeof MAIL_KINDS)[number];

const Status = z.enum(["pending", "sent", "failed", "skipped"]);

export const Mail = z
  .object({
    id: Id,
    kind: z.enum(MAIL_KINDS),
    recipient: z.string().openapi({ example: "ana@example.com" }),
    status: Status.openapi({
      description:
        "`pending` until the mail has been handed over; `failed` after the last attempt or if the address does not accept mail; `skipped` if there was nothing left to say, such as for an invitation that was withdrawn",
    }),
    attempts: z.int(),
    last_error: z.string().nullable(),
    created_at: z.iso.datetime(),
    sent_at: z.iso.datetime().nullable(),
  })
  .openapi("Mail");

export const MailList = listOf(Mail).openapi("MailList");

export const MailQuery = z.strictObject({
  ...PageQuery,
  status: Status.optional(),
  tenant: z.string().max(100).optional(),
});
