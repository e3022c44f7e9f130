import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../audit/log.ts";
import type { ActorCtx } from "../platform/context.ts";
import { returning } from "../platform/d1.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { clearBounce } from "./bounces.ts";
import { mailColumns } from "./list.ts";
import { Mail } from "./schema.ts";

/**
 * Sends a failed mail again, as if it were new; an address that bounced is tried too. One round trip.
 * @throws Problem not-found, mail-not-failed
 */
export async function retryMail(ctx: ActorCtx, id: string): Promise<z.infer<typeof Mail>> {
  const tenantId = ctx.tenant.id;
  const isMail = sql`tenant_id = ${tenantId} AND id = ${id}`;
  const hasFailed = sql`EXISTS (SELECT 1 FROM mails WHERE ${isMail} AND status = 'failed')`;
  const mail = returning(Mail, sql`SELECT ${mailColumns} FROM mails s WHERE ${isMail}`);
  const updated = returning(
    z.object({ id: z.string() }),
    sql`UPDATE mails SET status = 'pending', attempts = 0, last_error = NULL, due_at = ${ctx.now.toISOString()}
      WHERE ${isMail} AND status = 'failed' RETURNING id`,
  );
  const done = await ctx.db.batch([
    clearBounce(tenantId, sql`(SELECT recipient FROM mails WHERE ${isMail})`, hasFailed),
    audit(ctx, "mail.retried", id, { when: hasFailed }),
    updated,
    mail,
  ]);
  const [found] = done.of(mail);
  if (!found) throw notFound("mail");
  if (done.of(updated).length === 0)
    throw new Problem("mail-not-failed", `Only a failed mail is sent again; this one is ${found.status}.`);
  ctx.mails.push({ kind: "mail", tenant_id: tenantId, mail_id: id, attempts: 0 });
  return found;
}
