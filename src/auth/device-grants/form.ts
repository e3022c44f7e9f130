// The bodies of the OAuth endpoints: forms (RFC 6749, appendix B). Parameters that are not known are ignored, as the RFC requires.
import { Problem } from "../../platform/problem.ts";
import { isPlain } from "../../values/text.ts";
import { OAuthFailure } from "./oauth-error.ts";

const FORM_TYPE = /^application\/x-www-form-urlencoded(;\s*charset="?utf-8"?\s*)?$/i;
const MAX_VALUE = 300;

/** The value of a parameter, if it has one. */
export type OAuthForm = (name: string) => string | undefined;

/** The parameters of a body of this content type. @throws Problem body-required, unsupported-media-type @throws OAuthFailure invalid_request */
export function readOAuthForm(type: string | undefined, body: ArrayBuffer): OAuthForm {
  const text = new TextDecoder().decode(body);
  if (type === undefined && text === "")
    throw new Problem(
      "body-required",
      "Send a form body with Content-Type: application/x-www-form-urlencoded.",
    );
  if (!FORM_TYPE.test(type ?? ""))
    throw new Problem("unsupported-media-type", "Send Content-Type: application/x-www-form-urlencoded.");
  const form = new URLSearchParams(text);
  return (name) => {
    const [value, ...more] = form.getAll(name);
    if (more.length > 0) throw new OAuthFailure("invalid_request", `The parameter ${name} is repeated.`);
    // A parameter without a value counts as omitted (RFC 6749, 3.1).
    if (value === undefined || value === "") return undefined;
    if (value.length > MAX_VALUE || !isPlain(value))
      throw new OAuthFailure(
        "invalid_request",
        `The parameter ${name} is too long or has control characters.`,
      );
    return value;
  };
}
