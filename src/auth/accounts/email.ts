// The e-mail address of an account. A new one counts once its link has been opened; the old one is told.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import { clearBounce } from "../../mail/bounces.ts";
import { mayMail, storeMail } from "../../mail/outbox.ts";
import type { UserCtx, Base } from "../../platform/context.ts";
import { returning, undisclosed, violates } from "../../platform/d1.ts";
import { Problem } from "../../platform/problem.ts";
import { verifyCurrentPassword } from "../login/change-password.ts";
import { invalidLink, readToken } from "../links/tokens.ts";
import { queueMerges } from "./take-over.ts";

/**
 * Mails a link to the new address, at most three times an hour. Whether another account has the address is not disclosed: then
 * nothing is sent. Two round trips. @throws Problem invalid-credentials, too-many-attempts
 */
export async function requestEmailChange(
  ctx: UserCtx,
  email: string,
  password: string,
  address: string,
): Promise<void> {
  await verifyCurrentPassword(ctx, password, address);
  const isFree = sql`NOT EXISTS (SELECT 1 FROM users WHERE tenant_id = ${ctx.tenant.id} AND email = ${email}
    AND id <> ${ctx.actor.id})`;
  const when = sql`${isFree} AND ${mayMail(ctx, ctx.tenant.id, "email.confirm", email)}`;
  await ctx.db.batch([
    undisclosed(
      storeMail(ctx, ctx.tenant.id, {
        kind: "email.confirm",
        subjectId: ctx.actor.id,
        recipient: email,
        when,
      }),
    ),
  ]);
}

const tokenRow = z.object({ id: z.string(), email: z.string(), old_email: z.string() });

const idRow = z.object({ id: z.string() });

/**
 * Confirms the address of a link, which replaces that of the account if it is a new one. Two round trips.
 * @throws Problem invalid-link, email-taken
 */
export async function confirmEmail(ctx: Base, text: string): Promise<void> {
  const { tenantId, isToken } = readToken(ctx, "email", text);
  const [found] = await ctx.db.all(
    tokenRow,
    sql`SELECT u.id, l.email, u.email AS old_email FROM (SELECT subject_id, email FROM link_tokens WHERE ${isToken}) l
      CROSS JOIN users u ON u.tenant_id = ${tenantId} AND u.id = l.subject_id WHERE u.is_active = 1`,
  );
  if (!found) throw invalidLink();
  const auditContext = { ...ctx, tenant: { id: tenantId }, actor: { id: found.id } };
  const isValid = sql`EXISTS (SELECT 1 FROM link_tokens WHERE ${isToken})`;
  const isNew = found.email !== found.old_email;
  const updated = returning(
    idRow,
    sql`UPDATE users SET email = ${found.email}, email_confirmed_at = ${ctx.now.toISOString()}
      WHERE tenant_id = ${tenantId} AND id = ${found.id} AND is_active = 1 AND email = ${found.old_email} AND ${isValid}
      RETURNING id`,
  );
  try {
    const done = await ctx.db.batch([
      ...(isNew
        ? [
            audit(auditContext, "user.email_changed", found.id, { when: isValid }),
            storeMail(ctx, tenantId, {
              kind: "email.changed",
              subjectId: found.id,
              recipient: found.old_email,
              when: isValid,
            }),
          ]
        : []),
      updated,
      clearBounce(tenantId, found.email, isValid),
      // Of an address that is only confirmed, a requested link for the password stays.
      sql`DELETE FROM link_tokens WHERE tenant_id = ${tenantId} AND subject_id = ${found.id}
        AND (purpose = 'email' OR email <> ${found.email}) AND ${isValid}`,
    ]);
    if (done.of(updated).length === 0) throw invalidLink();
    queueMerges(ctx);
  } catch (error) {
    if (violates(error, "users.tenant_id"))
      throw new Problem("email-taken", "Another account of this shop has this e-mail by now.");
    throw error;
  }
}
