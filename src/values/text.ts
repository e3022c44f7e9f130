// Text that people type and see.
import { z } from "@hono/zod-openapi";

// Control, format (zero-width, direction-changing), line-breaking, lone surrogate and other invisible characters: they make
// two names look like one. Variation selectors are let through, for emoji have them.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?![\uFE00-\uFE0F])\p{Default_Ignorable_Code_Point}/u;

export const isPlain = (text: string): boolean => !UNSAFE.test(text);

/** What a person is told of text that is not plain. */
export const INVISIBLE = "no control or invisible characters";

/** Without blanks around it. For trim() more are blanks: what is to be refused would vanish. */
export const trimmed = (text: string): string => (/[\uFEFF\u2028\u2029]/.test(text) ? text : text.trim());

/** As e-mails are compared: Unicode NFC, lower case. */
export const folded = (text: string): string => text.normalize("NFC").toLowerCase().normalize("NFC");

/** One line for people: trimmed, not empty, no control or invisible characters. */
export const label = (max: number, example: string) =>
  z.string().overwrite(trimmed).min(1).max(max).refine(isPlain, INVISIBLE).openapi({ example });

// A lone surrogate is stored garbled, and a NUL ends SQLite's text.
const BROKEN = /[\0\p{Cs}]/u;

/** Text that can be stored as it is. */
export const isStorable = (text: string): boolean => !BROKEN.test(text);

/** What a person is told of text that cannot. */
export const UNSTORABLE = "no NUL, no half of a surrogate pair";

const MAX_TAG = 35;

/** A BCP 47 tag in its canonical form: `es-mx` is kept as `es-MX`, `spa` as `es`. */
export const LanguageTag = z
  .string()
  .max(MAX_TAG)
  .transform((tag, at) => {
    const canonical = canonicalTagOrNull(tag);
    if (canonical !== null && canonical.length <= MAX_TAG) return canonical;
    at.addIssue("a BCP 47 language tag, as es or es-MX");
    return z.NEVER;
  })
  .openapi({ type: "string", description: "BCP 47; kept in canonical form", example: "es" });

/** The tag in canonical form. A malformed tag is returned unchanged; it matches no product. */
export const canonicalTag = (tag: string): string => canonicalTagOrNull(tag) ?? tag;

function canonicalTagOrNull(tag: string): string | null {
  // BCP 47 reserves longer language subtags for what was never registered: `spanish` is well-formed, and a mistake.
  if (!/^[a-z]{2,3}(?:-|$)/i.test(tag)) return null;
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    // RangeError is how Intl says that a tag is not well-formed.
    return null;
  }
}
