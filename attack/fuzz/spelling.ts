// The same request, written in another way: the type of a body, and the path. What spells it right may be refused, what does
// not may be taken; neither may fail, nor be taken for something else.
import * as fc from "fast-check";

const TYPE = "{type}";

/** `{type}` is where the type of the body belongs. */
export const typeSpellings: fc.Arbitrary<string> = fc
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
  .chain((spelling) => fc.constantFrom(spelling, spelling.toUpperCase().replace("{TYPE}", TYPE)));

/** The type spelt so: in capitals where the rest is. */
export const spelt = (spelling: string, type: string): string =>
  spelling.replace(TYPE, /[A-Z]/.test(spelling) ? type.toUpperCase() : type);

export type PathSpelling = "letter" | "lower" | "slash" | "twice" | "bent";

export const pathSpellings: fc.Arbitrary<PathSpelling> = fc.constantFrom(
  "letter",
  "lower",
  "slash",
  "twice",
  "bent",
);

/** Only these say the same as before. */
export const isSamePath = (as: PathSpelling): boolean => as === "letter" || as === "lower";

// Escapes that are none, or of bytes that are no UTF-8, or of what no path has.
const bents = ["%", "%z", "%zz", "%c0%af", "%ff", "%00", "%0d%0a", "%e2%80%ae"];

const escaped = (sign: string): string => `%${sign.charCodeAt(0).toString(16).padStart(2, "0")}`;

/** The path with one sign of it written as an escape. */
export function speltPath(path: string, nth: number, as: PathSpelling): string {
  // Not within an escape, nor the first slash.
  const places = [...path.matchAll(as === "slash" ? /(?<=.)\//g : /(?<!%|%.)[a-z0-9]/gi)];
  const place = places[nth % places.length];
  if (!place) return path;
  const [sign] = place;
  const escape = escaped(sign);
  const instead = {
    letter: escape.toUpperCase(),
    lower: escape,
    slash: escape,
    twice: `%25${escape.slice(1)}`,
    bent: `${sign}${bents[nth % bents.length]}`,
  }[as];
  return `${path.slice(0, place.index)}${instead}${path.slice(place.index + 1)}`;
}
