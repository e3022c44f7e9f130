// Which ADMINs want mails of the shop: those with figures or about its stock and staff go to confirmed addresses only.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import type { MailToCompose } from "../../mail/send.ts";
import type { Base } from "../../platform/context.ts";

export type MailPreference = "weekly_report" | "daily_summary" | "alerts_by_mail";

/** The SQL condition that an account `u` wants these mails; its first term is that of the preference's index. */
export const wantsMails = (preference: MailPreference): SQL =>
  sql.raw(
    `u.preferences ->> '${preference}' = 1 AND u.role = 'ADMIN' AND u.is_active = 1 AND u.email_confirmed_at IS NOT NULL`,
  );

const idRow = z.object({ id: z.string() });

/** The id of the recipient of a mail if they want it now, else null. One round trip. */
export async function findRecipient(
  ctx: Base,
  { shop, recipient }: MailToCompose,
  preference: MailPreference,
): Promise<string | null> {
  const [found] = await ctx.db.all(
    idRow,
    sql`SELECT u.id FROM users u WHERE u.tenant_id = ${shop.id} AND u.email = ${recipient} AND ${wantsMails(preference)}`,
  );
  return found?.id ?? null;
}
