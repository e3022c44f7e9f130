// How commands sign in to a shop and talk to its API. Node's own modules only.
import { readDemo } from "./demo.mjs";
import { askPassword } from "./terminal.mjs";

const LOCAL = ["localhost", "127.0.0.1", "[::1]"];

/** The options by which every such command says where and as whom. */
export const whereOptions = {
  url: { type: "string", default: `http://localhost:${process.env.PORT || 8787}` },
  shop: { type: "string" },
  email: { type: "string" },
};

/** Checks them; on a server of this machine the demo shop's ADMIN is used where no shop and no e-mail are given. */
export function readWhere({ url, shop, email }) {
  if (!URL.canParse(url)) throw new Error(`${url} is no URL.`);
  const isDemo = shop === undefined && email === undefined && LOCAL.includes(new URL(url).hostname);
  if (!isDemo && (shop === undefined || email === undefined))
    throw new Error("Give both --shop and --email.");
  return { url: url.replace(/\/+$/, ""), shop, email, isDemo };
}

/** Shop, e-mail and password; the password comes from MOSTRADOR_PASSWORD, or is asked for. */
async function credentialsOf({ isDemo, shop, email }) {
  const given = process.env.MOSTRADOR_PASSWORD;
  if (!isDemo)
    return { tenant: shop, email, password: given ?? (await askPassword(`Password of ${email}: `)) };
  const { slug, staff, password } = readDemo();
  return { tenant: slug, email: staff[0].email, password: given ?? password };
}

/** An answer; a problem becomes an error in the problem's own words, with its status. */
export async function ask(what, url, init) {
  let answer;
  try {
    answer = await fetch(url, init);
  } catch (error) {
    const why = error.cause?.message || error.cause?.code || error.message;
    throw new Error(`${what}: no answer from ${new URL(url).origin} (${why}).`, { cause: error });
  }
  if (answer.ok) return answer;
  const text = await answer.text();
  const body = answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : {};
  const why = body.detail ?? (body.title || text.slice(0, 500));
  throw Object.assign(new Error(`${what}: ${answer.status} ${why}`), { status: answer.status });
}

/** The JSON of an answer. */
export async function call(what, url, init) {
  const answer = await ask(what, url, init);
  const text = await answer.text();
  const body = answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : {};
  return { body, isReplay: answer.headers.get("idempotent-replayed") === "true" };
}

/** Signs in; `renew` does it again, for a token lasts ten minutes. */
export async function signIn(where) {
  const api = `${where.url}/api/v1`;
  const credentials = JSON.stringify(await credentialsOf(where));
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
