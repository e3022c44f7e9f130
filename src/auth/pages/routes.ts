// Pages outside the API, until the web app has them.
import type { Context } from "hono";
import { z } from "zod";
import type { App } from "../../http/app-context.ts";
import { clientAddress } from "../../http/client-address.ts";
import { pageResponse, preferredLanguage, readForm } from "../../http/pages.ts";
import { router } from "../../http/validation.ts";
import { Problem } from "../../platform/problem.ts";
import { type Language, languageOf } from "../../mail/words.ts";
import { confirmEmail } from "../accounts/email.ts";
import { Password } from "../accounts/schema.ts";
import { acceptInvitation } from "../invitations/invitations.ts";
import { resetPassword } from "../login/reset-password.ts";
import { deadEndPage, donePage, formPage } from "./page.ts";
import { pageTexts, type Page } from "./words.ts";

export const accountPages = router();

type Form = { token: string; password: string };

const work: Record<Page, (c: Context<App>, form: Form) => Promise<unknown>> = {
  "reset-password": (c, { token, password }) => resetPassword(c.var.base, token, password, clientAddress(c)),
  invitation: (c, form) =>
    acceptInvitation(c.var.base, form, clientAddress(c), c.req.header("user-agent") ?? null),
  "confirm-email": (c, { token }) => confirmEmail(c.var.base, token),
};

const formShape = z.object({ token: z.string().max(200), password: z.string().optional() });

const languageFor = (c: Context<App>): Language => languageOf(preferredLanguage(c) ?? "en");

function problemPage(language: Language, page: Page, token: string, { status, message }: Problem) {
  const { invalidLinkTitle, existingAccountTitle, tooMany, [page]: texts } = pageTexts[language];
  if (status === 410) return deadEndPage(language, invalidLinkTitle, texts.invalidLink);
  if (status === 409) return deadEndPage(language, existingAccountTitle, texts.existingAccount ?? message);
  return formPage(language, page, token, status === 429 ? tooMany : message);
}

for (const page of ["reset-password", "invitation", "confirm-email"] as const) {
  accountPages.get(`/${page}`, (c) =>
    pageResponse(formPage(languageFor(c), page, (c.req.query("token") ?? "").slice(0, 200), null)),
  );

  accountPages.post(`/${page}`, async (c) => {
    const language = languageFor(c);
    const { token, password = "" } = formShape.safeParse(await readForm(c)).data ?? { token: "" };
    if (page !== "confirm-email" && !Password.safeParse(password).success)
      return pageResponse(formPage(language, page, token, pageTexts[language].rule), 422);
    try {
      await work[page](c, { token, password });
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 499) throw error;
      return pageResponse(problemPage(language, page, token, error), error.status);
    }
    return pageResponse(donePage(language, page));
  });
}
