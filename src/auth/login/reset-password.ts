// A forgotten password. Whether an account has the address is not disclosed: the request is answered before anything is looked up.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { audit } from "../../audit/log.ts";
import { mayMail, queueMails, storeMail } from "../../mail/outbox.ts";
import type { Base } from "../../platform/context.ts";
import { returning } from "../../platform/d1.ts";
import { queueMerges } from "../accounts/take-over.ts";
import { subjectOf, invalidLink, readToken } from "../links/tokens.ts";
import { countAttempt } from "./attempts.ts";
import { hashPassword } from "./passwords.ts";
import { endSessions } from "./sessions.ts";

const accountRow = z.object({ tenant_id: z.string(), id: z.string() });
const idRow = z.object({ id: z.string() });

// Longer than the response takes, which the work for a known address would otherwise slow down.
const DELAY_MS = 250;

/** Mails the link to choose a password, after the response, if an active account has the address. Two round trips. */
export async function requestPasswordReset(ctx: Base, slug: string, email: string): Promise<void> {
  await scheduler.wait(DELAY_MS);
  const [account] = await ctx.db.all(
    accountRow,
    sql`SELECT u.tenant_id, u.id FROM tenants t
      CROSS JOIN users u ON u.tenant_id = t.id AND u.email = ${email} AND u.is_active = 1
      WHERE t.slug = ${slug} AND t.is_active = 1`,
  );
  if (!account) return;
  const { tenant_id, id } = account;
  const when = mayMail(ctx, tenant_id, "password.reset", email);
  await ctx.db.batch([
    storeMail(ctx, tenant_id, { kind: "password.reset", subjectId: id, recipient: email, when }),
  ]);
  queueMails(ctx);
}

/**
 * Sets the password by the token of a link, which ends all logins and confirms the address. Two round trips.
 * @throws Problem invalid-link, too-many-attempts
 */
export async function resetPassword(
  ctx: Base,
  text: string,
  password: string,
  address: string,
): Promise<void> {
  await countAttempt(ctx, address);
  const token = readToken(ctx, "password", text);
  const { tenantId, isToken } = token;
  const [owner] = await ctx.db.all(
    idRow,
    subjectOf(token, sql`users`, sql`is_active = 1 AND users.email = l.email`),
  );
  if (!owner) throw invalidLink();
  const auditContext = { ...ctx, tenant: { id: tenantId }, actor: owner };
  const isValid = sql`EXISTS (SELECT 1 FROM link_tokens WHERE ${isToken})`;
  const updated = returning(
    idRow,
    sql`UPDATE users SET password_hash = ${hashPassword(password)},
        email_confirmed_at = coalesce(email_confirmed_at, ${ctx.now.toISOString()})
      WHERE tenant_id = ${tenantId} AND id = ${owner.id} AND is_active = 1 AND ${isValid} RETURNING id`,
  );
  const done = await ctx.db.batch([
    audit(auditContext, "user.password_reset", owner.id, { when: isValid }),
    updated,
    ...endSessions(auditContext, owner.id, null, isValid),
    sql`DELETE FROM link_tokens WHERE tenant_id = ${tenantId} AND subject_id = ${owner.id} AND purpose = 'password' AND ${isValid}`,
  ]);
  if (done.of(updated).length === 0) throw invalidLink();
  queueMerges(ctx);
}
