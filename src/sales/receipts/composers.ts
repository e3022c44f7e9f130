// Composes the mails with receipts: as text like a printed receipt, as HTML with the same content.
import { tenantById } from "../../auth/shops/tenants.ts";
import type { Content } from "../../mail/message.ts";
import type { Composers } from "../../mail/send.ts";
import type { Language } from "../../mail/words.ts";
import { layoutOf } from "./layout.ts";
import { mailBlocks } from "./mail-rows.ts";
import { receiptOf } from "./receipt.ts";
import { readRows } from "./rows.ts";
import { receiptText } from "./text.ts";

const WIDTH = 48;

const notes: Record<Language, string> = {
  en: "The shop sent you this receipt by email.",
  es: "La tienda te ha enviado este recibo por correo.",
};

export const composers = {
  receipt: async (ctx, mail): Promise<Content | null> => {
    const tenant = await tenantById(ctx, mail.shop.id);
    const rows = tenant && (await readRows({ ...ctx, tenant, actor: null }, mail.subjectId));
    if (!rows || rows.sale.status !== "completed") return null;
    const receipt = receiptOf(tenant, rows, mail.locale);
    const { title, sections } = layoutOf(receipt);
    return {
      subject: `${mail.shop.name}: ${title}`,
      paragraphs: sections.flatMap(mailBlocks),
      text: receiptText(receipt, WIDTH),
      note: notes[mail.language],
    };
  },
} satisfies Partial<Composers>;
