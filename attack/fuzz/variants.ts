// Unusual and malformed forms of a content type or a path. The API may accept or refuse them, but must neither fail nor take them for
// another type or path.
import * as fc from "fast-check";

const TYPE = "{type}";

/** `{type}` stands for the content type. */
export const typeTemplates: fc.Arbitrary<string> = fc
  .constantFrom(
    TYPE,
    `${TYPE};charset=utf-8`,
    `${TYPE} ;charset=utf-8`,
    `${TYPE} ; charset=utf-8`,
    `${TYPE}\t;\tcharset=utf-8`,
    `${TYPE};\tcharset=utf-8`,
    `${TYPE}; charset="utf-8"`,
    `${TYPE}; charset='utf-8'`,
    `${TYPE}; charset=utf8`,
    `${TYPE}; charset=utf-8; charset=utf-8`,
    `${TYPE}; charset=utf-8; boundary=x`,
    `${TYPE}; profile="a;b"`,
    `${TYPE};header=present`,
    `${TYPE}; charset = utf-8`,
    `${TYPE}; charset=`,
    `${TYPE}; charset`,
    `${TYPE};`,
    `${TYPE};;`,
    `${TYPE}x`,
    `${TYPE}, text/plain`,
    `text/plain, ${TYPE}`,
  )
  .chain((template) => fc.constantFrom(template, template.toUpperCase().replace("{TYPE}", TYPE)));

/** Fills the content type into a template, in upper case if the template is. */
export const typeVariant = (template: string, type: string): string =>
  template.replace(TYPE, /[A-Z]/.test(template) ? type.toUpperCase() : type);

export type PathVariant = "upper" | "lower" | "slash" | "double" | "malformed";

export const pathVariants: fc.Arbitrary<PathVariant> = fc.constantFrom(
  "upper",
  "lower",
  "slash",
  "double",
  "malformed",
);

/** Whether the variant is the same path to a server. */
export const isEquivalent = (variant: PathVariant): boolean => variant === "upper" || variant === "lower";

// Incomplete escapes, bytes that are not UTF-8, and characters that are not allowed in a path.
const malformedEscapes = ["%", "%z", "%zz", "%c0%af", "%ff", "%00", "%0d%0a", "%e2%80%ae"];

const escapeOf = (character: string): string => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;

/** The path with one of its characters escaped, or with a malformed escape after it. */
export function pathVariant(path: string, nth: number, variant: PathVariant): string {
  // Neither within an escape nor at the first slash.
  const candidates = [...path.matchAll(variant === "slash" ? /(?<=.)\//g : /(?<!%|%.)[a-z0-9]/gi)];
  const match = candidates[nth % candidates.length];
  if (!match) return path;
  const [character] = match;
  const escape = escapeOf(character);
  const replacement = {
    upper: escape.toUpperCase(),
    lower: escape,
    slash: escape,
    double: `%25${escape.slice(1)}`,
    malformed: `${character}${malformedEscapes[nth % malformedEscapes.length]}`,
  }[variant];
  return `${path.slice(0, match.index)}${replacement}${path.slice(match.index + 1)}`;
}
