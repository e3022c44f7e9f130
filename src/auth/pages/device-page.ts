// The page on which a person enters the code of a device: a form without script. Its steps are fields of the form.
import { html } from "hono/html";
import type { z } from "zod";
import { htmlPage, type HtmlText } from "../../platform/html-page.ts";
import { printable } from "../../values/fixed-width.ts";
import type { Language } from "../../mail/words.ts";
import { shownUserCode } from "../device-grants/codes.ts";
import type { DeviceGrant } from "../device-grants/schema.ts";
import { deviceTexts } from "./device-words.ts";

/** What the forms of the page carry on: the shop that the link names, and the code. */
export type DeviceStep = { language: Language; tenant: string | undefined; code: string };

export type DevicePageProblem = "unknown" | "decided" | "wrongCredentials" | "tooMany";

const action = ({ tenant }: DeviceStep): string =>
  tenant === undefined ? "/device" : `/device?${new URLSearchParams({ tenant }).toString()}`;

const alert = ({ language }: DeviceStep, problem: DevicePageProblem | null): HtmlText | "" =>
  problem === null ? "" : html`<p role="alert">${deviceTexts[language][problem]}</p>`;

export function codePage(step: DeviceStep, problem: DevicePageProblem | null): HtmlText {
  const { title, code, codeHint, next } = deviceTexts[step.language];
  return htmlPage(
    { language: step.language, title },
    html`${alert(step, problem)}
      <form method="post" action="${action(step)}">
        <label for="code">${code}</label>
        <input
          id="code"
          name="code"
          value="${step.code}"
          required
          maxlength="40"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          aria-describedby="hint"
        />
        <p id="hint">${codeHint}</p>
        <button name="step" value="find">${next}</button>
      </form>`,
  );
}

export function signInPage(step: DeviceStep, problem: DevicePageProblem | null): HtmlText {
  const { title, signIn, signInLead, shop, email, password } = deviceTexts[step.language];
  return htmlPage(
    { language: step.language, title },
    html`${problem === null ? html`<p>${signInLead}</p>` : alert(step, problem)}
      <form method="post" action="/device">
        <input type="hidden" name="code" value="${step.code}" />
        <label for="shop">${shop}</label>
        <input
          id="shop"
          name="shop"
          value="${step.tenant ?? ""}"
          required
          maxlength="100"
          autocapitalize="none"
        />
        <label for="email">${email}</label>
        <input id="email" name="email" type="email" required maxlength="254" autocomplete="username" />
        <label for="password">${password}</label>
        <input
          id="password"
          name="password"
          type="password"
          required
          maxlength="256"
          autocomplete="current-password"
        />
        <button name="step" value="sign-in">${signIn}</button>
      </form>`,
  );
}

export function confirmPage(
  step: DeviceStep,
  device: z.infer<typeof DeviceGrant>,
  account: { email: string; shop: string },
): HtmlText {
  const texts = deviceTexts[step.language];
  const minutes = new Intl.DateTimeFormat(step.language, { timeStyle: "short", timeZone: "UTC" });
  const rows = [
    [texts.code, shownUserCode(step.code)],
    [texts.device, printable(device.label)],
    [texts.client, printable(device.client_id)],
    [texts.account, `${account.email}, ${printable(account.shop)}`],
    [texts.requested, `${minutes.format(new Date(device.created_at))} UTC`],
  ].filter(([, value]) => value !== "");
  return htmlPage(
    { language: step.language, title: texts.confirmTitle },
    html`<dl>
        ${rows.map(
          ([name, value]) =>
            html`<dt>${name}</dt>
              <dd>
                <strong><bdi>${value}</bdi></strong>
              </dd>`,
        )}
      </dl>
      <p>${texts.warning}</p>
      ${device.is_same_network ? "" : html`<p role="alert">${texts.otherNetwork}</p>`}
      <form method="post" action="${action(step)}">
        <input type="hidden" name="code" value="${step.code}" />
        <button name="step" value="approved">${texts.approve}</button>
        <button name="step" value="denied">${texts.deny}</button>
      </form>`,
  );
}

export function decidedPage(language: Language, status: "approved" | "denied"): HtmlText {
  const { title, [status]: text } = deviceTexts[language];
  return htmlPage({ language, title }, html`<p role="status">${text}</p>`);
}
