// How commands sign in to a shop, and what they say when a request fails.
import { isProblem, memoryStore, Mostrador } from "../sdk/src/index.ts";
import { UsageError } from "./cli.mjs";
import { readDemo } from "./demo.mjs";
import { askPassword } from "./terminal.mjs";

const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

// A command waits for the next minute's quota.
const LONGEST_DELAY_MS = 70_000;

/** The options of every command that signs in to a shop. */
export const shopOptions = {
  url: { type: "string", default: `http://localhost:${process.env["PORT"] || 8787}` },
  shop: { type: "string" },
  email: { type: "string" },
} as const;

type Named = { isDemo: false; shop: string; email: string };
export type ShopChoice = { url: string } & (Named | { isDemo: true });

/** Checks these options. On a local server the ADMIN of the demo shop is used unless a shop and an e-mail are given. */
export function readShop({
  url,
  shop,
  email,
}: {
  url: string;
  shop?: string | undefined;
  email?: string | undefined;
}): ShopChoice {
  if (!URL.canParse(url)) throw new UsageError(`Not a URL: ${url}`);
  const server = url.replace(/\/+$/, "");
  if (shop !== undefined && email !== undefined) return { url: server, isDemo: false, shop, email };
  if (shop === undefined && email === undefined && LOCAL.includes(new URL(url).hostname))
    return { url: server, isDemo: true };
  throw new UsageError("Give both --shop and --email.");
}

/** Shop, e-mail and password. The password is read from MOSTRADOR_PASSWORD or from the terminal. */
async function credentialsOf(shop: ShopChoice): Promise<{ tenant: string; email: string; password: string }> {
  const password = process.env["MOSTRADOR_PASSWORD"];
  if (shop.isDemo) {
    const demo = readDemo();
    return { tenant: demo.slug, email: demo.staff[0].email, password: password ?? demo.password };
  }
  const { email } = shop;
  return { tenant: shop.shop, email, password: password ?? (await askPassword(`Password of ${email}: `)) };
}

/** A client that has signed in. */
export async function signIn(shop: ShopChoice): Promise<Mostrador> {
  const mostrador = new Mostrador({ url: shop.url, session: memoryStore(), longestDelay: LONGEST_DELAY_MS });
  await labelled("Signing in", mostrador.signIn(await credentialsOf(shop)));
  return mostrador;
}

/** The result of a request; an error says which request failed, and why. Its cause is that of the client. */
export function labelled<T>(label: string, request: Promise<T>): Promise<T> {
  return request.catch((error: unknown) => {
    throw new Error(`${label}: ${reasonOf(error)}`, { cause: error });
  });
}

function reasonOf(error: unknown): string {
  if (isProblem(error)) return `${error.status} ${error.message}`;
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message} (${innermost(cause)})` : error.message;
}

/** The last cause: fetch itself says only that it failed. */
const innermost = ({ message, cause }: Error): string =>
  cause instanceof Error ? cause.message || String(Reflect.get(cause, "code")) : message;
