// Access tokens that differ from those of the Worker.
import { env } from "cloudflare:workers";
import { signAccessToken, verifyAccessToken } from "../../src/auth/login/tokens.ts";

/** The token of the same login without the facts of the shop, so that they are read. */
export const withoutFacts = async (token: string): Promise<string> =>
  signAccessToken(env, new Date(), { ...(await verifyAccessToken(env, new Date(), token)), shop: null });
