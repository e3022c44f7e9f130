import { sql } from "drizzle-orm";
import type { z } from "zod";
import { columnsOf } from "../platform/columns.ts";
import type { Ctx } from "../platform/context.ts";
import { decodeCursor, encodeCursor, pageOf, singleKey } from "../platform/cursor.ts";
import { Mail, type MailQuery } from "./schema.ts";

/** The mails of the shop, newest first. One round trip. @throws Problem invalid-cursor */
export async function listMails(ctx: Ctx, query: z.infer<typeof MailQuery>) {
  const list = `mails:${query.status ?? ""}`;
  const [after] = decodeCursor(singleKey, list, ctx.tenant.id, query.cursor) ?? [];
  const found = await ctx.db.all(
    Mail,
    sql`SELECT ${columnsOf(Mail)} FROM mails WHERE tenant_id = ${ctx.tenant.id}
      ${after === undefined ? sql`` : sql`AND id < ${after}`}
      ${query.status === undefined ? sql`` : sql`AND status = ${query.status}`}
      ORDER BY id DESC LIMIT ${query.limit + 1}`,
  );
  return pageOf(found, query.limit, (last) => encodeCursor(list, ctx.tenant.id, [last.id]));
}
