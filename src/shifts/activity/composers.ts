// Composes the mails about idle shifts.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { findRecipient } from "../../auth/accounts/mail-preferences.ts";
import type { Content } from "../../mail/message.ts";
import { mayAlert } from "../../mail/outbox.ts";
import type { Composers } from "../../mail/send.ts";
import type { Language } from "../../mail/words.ts";
import { timeOf } from "../../values/days.ts";

const idleRow = z.object({ name: z.string(), last_sign_at: z.string(), timezone: z.string() });

const texts: Record<Language, (shop: string, name: string, time: string) => Content> = {
  en: (shop, name, time) => ({
    subject: `${shop}: no activity in the shift of ${name}`,
    paragraphs: [`The open shift of ${name} has had no activity since ${time}.`],
    note: "You receive this email because you turned on alerts by email. You can turn them off in your preferences.",
  }),
  es: (shop, name, time) => ({
    subject: `${shop}: turno de ${name} sin actividad`,
    paragraphs: [`El turno abierto de ${name} no tiene actividad desde las ${time}.`],
    note: "Recibes este correo porque has activado los avisos por correo. Puedes desactivarlos en tus preferencias.",
  }),
};

export const composers = {
  "shift.idle": async (ctx, mail) => {
    const { shop, subjectId, recipient, language } = mail;
    if ((await findRecipient(ctx, mail, "alerts_by_mail")) === null) return null;
    const [idle] = await ctx.db.all(
      idleRow,
      sql`SELECT u.first_name || ' ' || u.last_name AS name, e.payload ->> 'last_sign_at' AS last_sign_at, t.timezone
        FROM events e CROSS JOIN tenants t ON t.id = e.tenant_id
        CROSS JOIN users u ON u.tenant_id = e.tenant_id AND u.id = e.payload ->> 'user_id'
        WHERE e.tenant_id = ${shop.id} AND e.id = ${subjectId} AND ${mayAlert(ctx, shop.id, "shift.idle", recipient)}`,
    );
    if (!idle) return null;
    const time = timeOf(new Date(idle.last_sign_at), idle.timezone).slice(0, 5);
    return texts[language](shop.name, idle.name, time);
  },
} satisfies Partial<Composers>;
