// The demo shop of `npm run dev`, whose password is public.
import type { Base } from "../../platform/context.ts";
import { findTenant } from "../shops/tenants.ts";
import { Credentials } from "./schema.ts";

/**
 * The login that /docs offers, as JSON in the form of POST /auth/login: locally, if the shop of DEMO_LOGIN exists. One round trip
 * there, none elsewhere.
 */
export async function demoLogin(ctx: Base): Promise<string | undefined> {
  const { ENVIRONMENT, DEMO_LOGIN } = ctx.env;
  if (ENVIRONMENT !== "local" || !DEMO_LOGIN) return undefined;
  const { tenant } = Credentials.parse(JSON.parse(DEMO_LOGIN));
  return (await findTenant(ctx, tenant)) ? DEMO_LOGIN : undefined;
}
