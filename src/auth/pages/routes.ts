// Pages outside the API, until the web app has them.
import type { Context } from "hono";
import { z } from "zod";
import type { App } from "../../http/app-context.ts";
import { clientAddress } from "../../http/client-address.ts";
import { router } from "../../http/validation.ts";
import { Problem } from "../../platform/problem.ts";
import type { Language } from "../../mail/words.ts";
import { confirmEmail } from "../accounts/email.ts";
import { Password } from "../accounts/schema.ts";
import { acceptInvitation } from "../invitations/invitations.ts";
import { resetPassword } from "../login/reset-password.ts";
import { deadEndPage, donePage, formPage, pagePolicy } from "./page.ts";
import { pageTexts, type Page } from "./words.ts";

export const accountPages = router();

type Form = { token: string; password: string };

const work: Record<Page, (c: Context<App>, form: Form) => Promise<unknown>> = {
  "reset-password": (c, { token, password }) => resetPassword(c.var.base, token, password, clientAddress(c)),
  invitation: (c, form) =>
    acceptInvitation(c.var.base, form, clientAddress(c), c.req.header("user-agent") ?? null),
  "confirm-email": (c, { token }) => confirmEmail(c.var.base, token),
};

const MAX_FORM_BYTES = 4096;
const formShape = z.object({ token: z.string().max(200), password: z.string().optional() });

const languageFor = (c: Context<App>): Language =>
  /^\s*es\b/i.test(c.req.header("accept-language") ?? "") ? "es" : "en";

// The token must reach nobody else: no referrer, no cache, nothing loaded.
const headers = {
  "content-type": "text/html; charset=UTF-8",
  "content-security-policy": pagePolicy,
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

const respond = async (page: ReturnType<typeof donePage>, status = 200): Promise<Response> =>
  new Response((await page).toString(), { status, headers });

async function readForm(c: Context<App>): Promise<z.infer<typeof formShape>> {
  const isForm = (c.req.header("content-type") ?? "").startsWith("application/x-www-form-urlencoded");
  const isSmall = Number(c.req.header("content-length") ?? "0") <= MAX_FORM_BYTES;
  const text = isForm && isSmall ? await c.req.text() : "";
  const fields = Object.fromEntries(new URLSearchParams(text.slice(0, MAX_FORM_BYTES)));
  return formShape.safeParse(fields).data ?? { token: "" };
}

function problemPage(language: Language, page: Page, token: string, { status, message }: Problem) {
  const { invalidLinkTitle, existingAccountTitle, tooMany, [page]: texts } = pageTexts[language];
  if (status === 410) return deadEndPage(language, invalidLinkTitle, texts.invalidLink);
  if (status === 409) return deadEndPage(language, existingAccountTitle, texts.existingAccount ?? message);
  return formPage(language, page, token, status === 429 ? tooMany : message);
}

for (const page of ["reset-password", "invitation", "confirm-email"] as const) {
  accountPages.get(`/${page}`, (c) =>
    respond(formPage(languageFor(c), page, (c.req.query("token") ?? "").slice(0, 200), null)),
  );

  accountPages.post(`/${page}`, async (c) => {
    const language = languageFor(c);
    const { token, password = "" } = await readForm(c);
    if (page !== "confirm-email" && !Password.safeParse(password).success)
      return respond(formPage(language, page, token, pageTexts[language].rule), 422);
    try {
      await work[page](c, { token, password });
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 499) throw error;
      return respond(problemPage(language, page, token, error), error.status);
    }
    return respond(donePage(language, page));
  });
}
