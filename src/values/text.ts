// Text that people enter and read.
import { z } from "@hono/zod-openapi";
import { customFault, failsAs } from "./faults.ts";

// Control, format (zero-width, bidirectional), line-breaking, lone surrogate and other invisible characters make different
// names look the same, and so do U+2800 and U+1D159, symbols without a mark. Variation selectors are allowed, because emoji
// contain them.
const UNSAFE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u2800\u{1D159}]|(?![\uFE00-\uFE0F])\p{Default_Ignorable_Code_Point}/u;

/** Whether the text has only visible characters and spaces. */
export const isPlain = (text: string): boolean => !UNSAFE.test(text);

/** The validation message for text that is not plain. */
export const PLAIN_MESSAGE = "must not contain control or invisible characters";

/** Without surrounding whitespace. Characters that must be rejected are not trimmed, although trim() would remove them. */
export const trimmed = (text: string): string => (/[\uFEFF\u2028\u2029]/.test(text) ? text : text.trim());

/** The form in which e-mail addresses are compared: Unicode NFC, lower case. */
export const folded = (text: string): string => text.normalize("NFC").toLowerCase().normalize("NFC");

const line = z
  .string()
  .overwrite(trimmed)
  .min(1)
  .refine(isPlain, failsAs(PLAIN_MESSAGE, "invalid_characters"));

/** A single line of text: trimmed, not empty, without control or invisible characters. */
export const label = (max: number, example: string) => line.max(max).openapi({ example });

const lines = z
  .string()
  .overwrite((text) => trimmed(text.replaceAll("\r\n", "\n")))
  .min(1)
  .refine((text) => text.split("\n").every(isPlain), failsAs(PLAIN_MESSAGE, "invalid_characters"));

/** Several lines of text, each as in `label`; an empty line is allowed in between, and CRLF becomes LF. */
export const textLines = (max: number, example: string) => lines.max(max).openapi({ example });

// D1 stores a lone surrogate garbled, and SQLite ends text at a NUL.
const BROKEN = /[\0\p{Cs}]/u;

/** Whether D1 stores the text unchanged. */
export const isStorable = (text: string): boolean => !BROKEN.test(text);

/** The validation message for text that is not storable. */
export const STORABLE_MESSAGE = "must not contain NUL or unpaired surrogates";

const MAX_TAG = 35;

/** A BCP 47 language tag, stored in canonical form: `es-mx` becomes `es-MX`, `spa` becomes `es`. */
export const LanguageTag = z
  .string()
  .max(MAX_TAG)
  .transform((tag, ctx) => {
    const canonical = canonicalTagOrNull(tag);
    if (canonical !== null && canonical.length <= MAX_TAG) return canonical;
    ctx.addIssue(customFault("must be a BCP 47 language tag, such as es or es-MX", "invalid_format"));
    return z.NEVER;
  })
  .openapi({ type: "string", description: "BCP 47 language tag, stored in canonical form", example: "es" });

/** The tag in canonical form. A malformed tag is returned unchanged; it matches no product. */
export const canonicalTag = (tag: string): string => canonicalTagOrNull(tag) ?? tag;

function canonicalTagOrNull(tag: string): string | null {
  // BCP 47 reserves longer language subtags for future use, so `spanish` is well-formed but a mistake.
  if (!/^[a-z]{2,3}(?:-|$)/i.test(tag)) return null;
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    // RangeError: a malformed tag.
    return null;
  }
}
