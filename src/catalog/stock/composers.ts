// Composes the mails about low stock.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { findRecipient } from "../../auth/accounts/mail-preferences.ts";
import type { Content } from "../../mail/message.ts";
import { mayAlert } from "../../mail/outbox.ts";
import type { Composers } from "../../mail/send.ts";
import type { Language } from "../../mail/words.ts";

const lowRow = z.object({
  title: z.string(),
  sku: z.string(),
  stock: z.number(),
  threshold: z.number(),
});

type Texts = (shop: string, low: z.infer<typeof lowRow>) => Content;

const texts: Record<Language, Texts> = {
  en: (shop, { title, sku, stock, threshold }) => ({
    subject: `${shop}: low stock of ${title}`,
    paragraphs: [`The stock of ${title} (${sku}) has fallen to ${stock}. The threshold is ${threshold}.`],
    note: "You receive this email because you turned on alerts by email. You can turn them off in your preferences.",
  }),
  es: (shop, { title, sku, stock, threshold }) => ({
    subject: `${shop}: quedan pocas existencias de ${title}`,
    paragraphs: [`Las existencias de ${title} (${sku}) han bajado a ${stock}. El umbral es ${threshold}.`],
    note: "Recibes este correo porque has activado los avisos por correo. Puedes desactivarlos en tus preferencias.",
  }),
};

export const composers = {
  "product.low_stock": async (ctx, mail) => {
    const { shop, subjectId, recipient, language } = mail;
    if ((await findRecipient(ctx, mail, "alerts_by_mail")) === null) return null;
    const [low] = await ctx.db.all(
      lowRow,
      sql`SELECT payload ->> 'title' AS title, payload ->> 'sku' AS sku, payload ->> 'stock' AS stock, payload ->> 'threshold' AS threshold
        FROM events WHERE tenant_id = ${shop.id} AND id = ${subjectId} AND ${mayAlert(ctx, shop.id, "product.low_stock", recipient)}`,
    );
    return low ? texts[language](shop.name, low) : null;
  },
} satisfies Partial<Composers>;
