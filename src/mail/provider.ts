// Hands a mail over. MAIL_PROVIDER selects how: `cloudflare` by the send_email binding of Email Service, `files` as files in the
// bucket, for the local environment. `none` sends nothing.
import { z } from "zod";
import type { Message } from "./message.ts";

/** A message to one person. `from` is the sender's name; answers go to `replyTo`. */
export type Envelope = Message & {
  tenantId: string;
  id: string;
  to: string;
  from: string;
  replyTo: string | null;
  headers: Record<string, string>;
};

/** A mail that no later attempt delivers. */
export class UndeliverableError extends Error {}

/** An address to which mails have bounced, or whose owner has reported them as spam. */
export class BouncedError extends UndeliverableError {}

// Codes of Email Service that no repetition changes. Only the first one is about the address: the others are about the mail or the
// configuration. https://developers.cloudflare.com/email-service/api/send-emails/workers-api/
const BOUNCED = "E_RECIPIENT_SUPPRESSED";
const PERMANENT =
  /^E_(?:RECIPIENT_NOT_ALLOWED|TOO_MANY_RECIPIENTS|VALIDATION_ERROR|FIELD_MISSING|CONTENT_TOO_LARGE|HEADERS?_\w+)$/;

// Stored addresses are validated where they are entered; this one guards the header.
const ADDRESS = /^[^\s@<>",;]+@[^\s@<>",;]+$/;

const codeOf = (error: unknown): string => z.object({ code: z.string() }).safeParse(error).data?.code ?? "";

/** @throws UndeliverableError, or what the provider throws where a repetition may succeed */
export async function deliver(env: Env, envelope: Envelope): Promise<void> {
  if (env.MAIL_PROVIDER === "files") return storeFile(env, envelope);
  if (env.MAIL_PROVIDER !== "cloudflare" || !env.EMAIL)
    throw new UndeliverableError("mail is not configured: set MAIL_PROVIDER and MAIL_FROM");
  const { to, subject, text, html, replyTo, headers } = envelope;
  if (!ADDRESS.test(to)) throw new UndeliverableError("the address cannot be written in a header");
  try {
    await env.EMAIL.send({
      from: { email: env.MAIL_FROM, name: envelope.from },
      to,
      subject,
      text,
      html,
      headers,
      ...(replyTo === null ? {} : { replyTo }),
    });
  } catch (error) {
    const code = codeOf(error);
    if (code === BOUNCED) throw new BouncedError(code, { cause: error });
    throw PERMANENT.test(code) ? new UndeliverableError(code, { cause: error }) : error;
  }
}

const FOLDER = "dev-mail/";

async function storeFile(env: Env, { tenantId, id, ...mail }: Envelope): Promise<void> {
  await env.FILES.put(`${FOLDER}${id}.json`, JSON.stringify({ id, tenant_id: tenantId, ...mail }));
}

const fileShape = z.object({
  id: z.string(),
  to: z.string(),
  from: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
});

/** The last mails of the local environment, newest first, at most a hundred. */
export async function listFiles(env: Env): Promise<z.infer<typeof fileShape>[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page: R2Objects = await env.FILES.list({
      prefix: FOLDER,
      ...(cursor === undefined ? {} : { cursor }),
    });
    keys.push(...page.objects.map(({ key }) => key));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  const newest = keys.toSorted().toReversed().slice(0, 100);
  const found = await Promise.all(newest.map((key) => readFile(env, key)));
  return found.flatMap((mail) => mail ?? []);
}

async function readFile(env: Env, key: string): Promise<z.infer<typeof fileShape> | null> {
  const object = await env.FILES.get(key);
  return object ? fileShape.parse(await object.json()) : null;
}
