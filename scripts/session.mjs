// How commands sign in to a shop and call its API. Node's built-in modules only.
import { UsageError } from "./cli.mjs";
import { readDemo } from "./demo.mjs";
import { askPassword } from "./terminal.mjs";

const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

/** The options of every command that signs in to a shop. */
export const shopOptions = {
  url: { type: "string", default: `http://localhost:${process.env.PORT || 8787}` },
  shop: { type: "string" },
  email: { type: "string" },
};

/** Checks these options. On a local server the ADMIN of the demo shop is used unless a shop and an e-mail are given. */
export function readShop({ url, shop, email }) {
  if (!URL.canParse(url)) throw new UsageError(`Not a URL: ${url}`);
  const isDemo = shop === undefined && email === undefined && LOCAL.includes(new URL(url).hostname);
  if (!isDemo && (shop === undefined || email === undefined))
    throw new UsageError("Give both --shop and --email.");
  return { url: url.replace(/\/+$/, ""), shop, email, isDemo };
}

/** Shop, e-mail and password. The password is read from MOSTRADOR_PASSWORD or from the terminal. */
async function credentialsOf({ isDemo, shop, email }) {
  const password = process.env.MOSTRADOR_PASSWORD;
  if (!isDemo)
    return { tenant: shop, email, password: password ?? (await askPassword(`Password of ${email}: `)) };
  const demo = readDemo();
  return { tenant: demo.slug, email: demo.staff[0].email, password: password ?? demo.password };
}

/** Sends a request. @throws Error with the detail of a problem, its status and the `problem` itself */
export async function request(label, url, init) {
  let response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    const reason = error.cause?.message || error.cause?.code || error.message;
    throw new Error(`${label}: no response from ${new URL(url).origin} (${reason}).`, { cause: error });
  }
  if (response.ok) return response;
  const text = await response.text();
  const body = response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : {};
  const reason = body.detail ?? (body.title || text.slice(0, 500));
  throw Object.assign(new Error(`${label}: ${response.status} ${reason}`), {
    status: response.status,
    problem: body,
  });
}

/** Sends a request and returns the JSON of its response. */
export async function call(label, url, init) {
  const response = await request(label, url, init);
  const text = await response.text();
  const body = response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : {};
  return { body, isReplay: response.headers.get("idempotent-replayed") === "true" };
}

/** Signs in. A token lives ten minutes: `renew` signs in again. */
export async function signIn(shop) {
  const api = `${shop.url}/api/v1`;
  const credentials = JSON.stringify(await credentialsOf(shop));
  const to = { api, headers: {} };
  to.renew = async () => {
    const { body } = await call("Signing in", `${api}/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: credentials,
    });
    to.headers = { authorization: `Bearer ${body.access_token}` };
  };
  await to.renew();
  return to;
}
