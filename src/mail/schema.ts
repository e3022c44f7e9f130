import { z } from "@hono/zod-openapi";
import { listOf, PageQuery } from "../http/pagination.ts";
import { Id } from "../values/ids.ts";

export const MAIL_KINDS = [
  "email.confirm",
  "email.changed",
  "password.reset",
  "invitation",
  "order.placed",
  "order.paid",
  "order.cancelled",
  "order.refunded",
  "receipt",
  "report.daily",
  "report.weekly",
  "product.low_stock",
  "shift.idle",
] as const;

export type MailKind = (typeof MAIL_KINDS)[number];

// What a person or the staff have asked for is sent to an address that bounced: it may accept mail again.
const REQUESTED: readonly MailKind[] = [
  "email.confirm",
  "email.changed",
  "password.reset",
  "invitation",
  "receipt",
];

/** Whether a mail of this kind is sent to an address that bounced. */
export const isRequested = (kind: MailKind): boolean => REQUESTED.includes(kind);

const Kind = z.enum(MAIL_KINDS).openapi("MailKind");

const Status = z.enum(["pending", "sent", "failed", "skipped"]).openapi("MailStatus");

export const Mail = z
  .object({
    id: Id,
    kind: Kind,
    about: z.string().openapi({
      description:
        "What the mail is about: the id of the order or sale, the account, the invitation or the event, or the first day of a report",
    }),
    recipient: z.string().openapi({ example: "ana@example.com" }),
    language: z.string().nullable().openapi({
      example: "es",
      description: "The language that was asked for; null if it is that of the recipient or of the shop",
    }),
    status: Status.openapi({
      description:
        "`pending` until the mail has been handed over; `failed` after the last attempt or if the address does not accept mail; `skipped` if there was nothing left to say, such as for an invitation that was withdrawn, or if an earlier mail to the address bounced",
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
  kind: Kind.optional(),
  recipient: z.string().max(254).optional().openapi({ description: "The whole address" }),
  about: z
    .string()
    .max(100)
    .optional()
    .openapi({ description: "What the mails are about, such as the id of an order" }),
  tenant: z.string().max(100).optional(),
});
