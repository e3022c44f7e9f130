// The page /device. It is public; what it shows of a device needs a login, which the cookie has or which begins here. Opening it looks no
// code up, and each form needs an Origin of this service.
import type { Context } from "hono";
import { z } from "zod";
import { type App, settleIdentity, userContext } from "../../http/app-context.ts";
import { clientAddress } from "../../http/client-address.ts";
import { pageWithOrigin, preferredLanguage, readForm } from "../../http/pages.ts";
import { router } from "../../http/validation.ts";
import { Problem } from "../../platform/problem.ts";
import { languageOf } from "../../mail/words.ts";
import { whoAmI } from "../accounts/me.ts";
import { authenticate, requireTrustedOrigin, setLoginCookies } from "../access.ts";
import { readUserCode, shownUserCode } from "../device-grants/codes.ts";
import { decideDeviceGrant, getDeviceGrant } from "../device-grants/decide.ts";
import { login } from "../login/login.ts";
import { Credentials } from "../login/schema.ts";
import {
  codePage,
  confirmPage,
  decidedPage,
  type DevicePageProblem,
  type DeviceStep,
  signInPage,
} from "./device-page.ts";

export const devicePages = router();

const MAX_CODE = 40;

devicePages.use("/device", authenticate({ identify: () => null, recall: () => null }), async (c, next) => {
  // The page differs between a person and nobody, and is no operation that could run again.
  await settleIdentity(c);
  await next();
});

const stepOf = (c: Context<App>, code = ""): DeviceStep => ({
  language: languageOf(preferredLanguage(c) ?? "en"),
  tenant: c.req.query("tenant"),
  code: code.slice(0, MAX_CODE),
});

/** The first page that the person needs. */
function firstPage(
  c: Context<App>,
  step: DeviceStep,
  problem: DevicePageProblem | null = null,
  status = 200,
) {
  return pageWithOrigin(c.var.actor ? codePage(step, problem) : signInPage(step, problem), status);
}

devicePages.get("/device", (c) => firstPage(c, stepOf(c, c.req.query("code"))));

const problems: Partial<Record<string, DevicePageProblem>> = {
  "not-found": "unknown",
  "device-decided": "decided",
  "too-many-attempts": "tooMany",
  "invalid-credentials": "wrongCredentials",
};

async function signIn(c: Context<App>, form: Record<string, string>): Promise<Response> {
  const { shop = "", email = "", password = "", code = "" } = form;
  const credentials = Credentials.safeParse({ tenant: shop, email, password }).data;
  const step = { ...stepOf(c, code), tenant: shop === "" ? undefined : shop.slice(0, 100) };
  if (!credentials) return pageWithOrigin(signInPage(step, "wrongCredentials"), 422);
  try {
    const device = c.req.header("user-agent") ?? null;
    const { body } = await login(c.var.base, credentials, clientAddress(c), device, undefined);
    setLoginCookies(c, body.access_token, body.refresh_token);
  } catch (error) {
    const problem = error instanceof Problem ? problems[error.slug] : undefined;
    if (!(error instanceof Problem) || !problem) throw error;
    return pageWithOrigin(signInPage(step, problem), error.status);
  }
  const next = new URLSearchParams({
    tenant: credentials.tenant,
    ...(code === "" ? {} : { code: step.code }),
  });
  return c.redirect(`/device?${next.toString()}`, 303);
}

const Step = z.enum(["find", "approved", "denied"]);

async function takeStep(c: Context<App>, form: Record<string, string>): Promise<Response> {
  const ctx = userContext(c);
  const typed = stepOf(c, form["code"]);
  const name = Step.safeParse(form["step"]).data ?? "find";
  try {
    if (name !== "find") {
      const { status } = await decideDeviceGrant(ctx, typed.code, name, clientAddress(c));
      return await pageWithOrigin(decidedPage(typed.language, status === "denied" ? "denied" : "approved"));
    }
    const device = await getDeviceGrant(ctx, typed.code, clientAddress(c));
    if (device.status !== "pending") return await firstPage(c, typed, "decided", 409);
    const code = readUserCode(typed.code) ?? "";
    const { email, shop } = await whoAmI(ctx);
    return await pageWithOrigin(confirmPage({ ...typed, code }, device, { email, shop: shop.name }));
  } catch (error) {
    const problem = error instanceof Problem ? problems[error.slug] : undefined;
    if (!(error instanceof Problem) || !problem) throw error;
    return firstPage(c, { ...typed, code: shownOrTyped(typed.code) }, problem, error.status);
  }
}

function shownOrTyped(typed: string): string {
  const code = readUserCode(typed);
  return code === null ? typed : shownUserCode(code);
}

devicePages.post("/device", async (c) => {
  requireTrustedOrigin(c);
  const form = await readForm(c);
  if (form["step"] === "sign-in") return signIn(c, form);
  if (c.var.actor) return takeStep(c, form);
  return firstPage(c, stepOf(c, form["code"]), null, 401);
});
