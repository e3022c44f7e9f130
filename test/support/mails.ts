// Mails as their recipients get them. In the environment of the tests, the provider stores them as files.
import { env } from "cloudflare:workers";
import { z } from "zod";
import { composers } from "../../src/mail-composers.ts";
import { MailJob } from "../../src/mail/jobs.ts";
import { sendMail } from "../../src/mail/send.ts";
import { rowsOf } from "./d1.ts";
import { base, type Shop } from "./shops.ts";

const mailShape = z.object({
  to: z.string(),
  from: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
});

type ReceivedMail = z.infer<typeof mailShape>;

/** Sends the pending mails of a shop, as the queue would, and returns all mails to an address, oldest first. */
export async function mailsTo({ tenant }: Shop, recipient: string): Promise<ReceivedMail[]> {
  const pending = await rowsOf(
    "SELECT id, attempts FROM mails WHERE tenant_id = ? AND status = 'pending'",
    tenant.id,
  );
  for (const { id, attempts } of pending)
    await sendMail(
      base(),
      composers,
      MailJob.parse({ kind: "mail", tenant_id: tenant.id, mail_id: id, attempts }),
    );
  const sent = await rowsOf(
    "SELECT id FROM mails WHERE tenant_id = ? AND recipient = ? AND status = 'sent' ORDER BY id",
    tenant.id,
    recipient,
  );
  return Promise.all(
    sent.map(async ({ id }) =>
      mailShape.parse(await (await env.FILES.get(`dev-mail/${String(id)}.json`))?.json()),
    ),
  );
}

/** The token of the link in a mail. Throws if it has none. */
export function tokenIn({ text }: Pick<ReceivedMail, "text">): string {
  const token = /\?token=([\w.-]+)/.exec(text)?.[1];
  if (token === undefined) throw new Error(`there is no link in: ${text}`);
  return token;
}
