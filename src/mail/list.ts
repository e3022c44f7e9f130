import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { Ctx } from "../platform/context.ts";
import { scanPage } from "../platform/bounded-scan.ts";
import { decodeCursor, encodeCursor, singleKey } from "../platform/cursor.ts";
import { runPlan } from "../platform/plan.ts";
import { Mail, type MailQuery } from "./schema.ts";

/** The columns of a mail `s`. */
export const mailColumns = sql.raw(
  "s.id, s.kind, s.subject_id AS about, s.recipient, s.language, s.status, s.attempts, s.last_error, s.created_at, s.sent_at",
);

const by = (column: string, value: string | undefined): SQL[] =>
  value === undefined ? [] : [sql`${sql.raw(column)} = ${value}`];

/** The mails of the shop, newest first. One round trip. @throws Problem invalid-cursor */
export async function listMails(ctx: Ctx, query: z.infer<typeof MailQuery>) {
  const { status, kind, recipient, about } = query;
  const list = `mails:${JSON.stringify([status, kind, recipient, about])}`;
  const [after] = decodeCursor(singleKey, list, ctx.tenant.id, query.cursor) ?? [];
  const inTenant = sql`tenant_id = ${ctx.tenant.id} ${after === undefined ? sql`` : sql`AND id < ${after}`}`;
  // The mails about one thing are few; an address may have got many.
  const [index, indexed] =
    about !== undefined
      ? (["mails_subject", by("subject_id", about)] as const)
      : recipient === undefined
        ? ([null, []] as const)
        : (["mails_recipient", by("recipient", recipient)] as const);
  const page = scanPage(
    {
      table: "mails",
      index,
      indexed: [inTenant, ...indexed],
      filters: [
        ...by("s.status", status),
        ...by("s.kind", kind),
        ...(about === undefined ? [] : by("s.recipient", recipient)),
      ],
      columns: mailColumns,
      row: Mail,
      order: ["id"],
      key: z.object({ id: z.string() }),
      limit: query.limit,
    },
    (last) => encodeCursor(list, ctx.tenant.id, [last.id]),
  );
  return runPlan(ctx, page);
}
