// Devices that ask to be signed in by a code.
import { API, call } from "./client.ts";
import type { Person, Shop } from "./shops.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** Sends a form to an OAuth endpoint. */
export const oauth = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  call("POST", `${API}/oauth/${path}`, {
    raw: new URLSearchParams(fields).toString(),
    headers: { ...FORM, ...headers },
  });

export type Codes = { device_code: string; user_code: string; verification_uri_complete: string };

/** The codes of a new device of the shop. */
export async function newDevice({ tenant }: Shop, fields: Record<string, string> = {}): Promise<Codes> {
  const { body } = await oauth(
    "device_authorization",
    { client_id: "till", device_label: "Till 2", ...fields },
    { "x-tenant": tenant.slug },
  );
  return body;
}

/** A poll of the device. */
export const poll = ({ device_code }: Pick<Codes, "device_code">, clientId = "till") =>
  oauth("token", { grant_type: GRANT, device_code, client_id: clientId });

export const decide = (
  { user_code }: Pick<Codes, "user_code">,
  verb: "approve" | "deny",
  { token }: Pick<Person, "token">,
) => call("POST", `${API}/auth/device-grants/${user_code}/${verb}`, { token });
