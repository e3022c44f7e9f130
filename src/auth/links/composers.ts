// Composes the mails about accounts. Their tokens are made here, when a mail is sent.
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Base } from "../../platform/context.ts";
import type { Composers, MailToCompose } from "../../mail/send.ts";
import { createToken, linkTo } from "./tokens.ts";
import { texts } from "./words.ts";

const idRow = z.object({ id: z.string() });
const nameRow = z.object({ first_name: z.string() });

/** The active account with the address of the mail, unless it has changed since. One round trip. */
async function accountOf(ctx: Base, { shop, recipient }: MailToCompose): Promise<string | null> {
  const [account] = await ctx.db.all(
    idRow,
    sql`SELECT id FROM users WHERE tenant_id = ${shop.id} AND email = ${recipient} AND is_active = 1`,
  );
  return account?.id ?? null;
}

export const composers = {
  "password.reset": async (ctx, mail) => {
    const userId = await accountOf(ctx, mail);
    if (userId === null) return null;
    const token = await createToken(ctx, mail.shop.id, "password", userId, mail.recipient);
    return texts[mail.language].resetPassword(mail.shop.name, linkTo(ctx.env, "reset-password", token));
  },
  "email.confirm": async (ctx, mail) => {
    const token = await createToken(ctx, mail.shop.id, "email", mail.subjectId, mail.recipient);
    return texts[mail.language].confirmEmail(mail.shop.name, linkTo(ctx.env, "confirm-email", token));
  },
  "email.changed": async (_ctx, mail) => texts[mail.language].emailChanged(mail.shop.name),
  invitation: async (ctx, mail) => {
    const [invitation] = await ctx.db.all(
      nameRow,
      sql`SELECT first_name FROM invitations WHERE tenant_id = ${mail.shop.id} AND id = ${mail.subjectId}
        AND email = ${mail.recipient} AND expires_at > ${ctx.now.toISOString()}`,
    );
    if (!invitation) return null;
    const token = await createToken(ctx, mail.shop.id, "invitation", mail.subjectId, mail.recipient);
    const url = linkTo(ctx.env, "invitation", token);
    return texts[mail.language].invitation(mail.shop.name, invitation.first_name, url);
  },
} satisfies Partial<Composers>;
