// What JSON.parse would take without a word: it keeps the last of two members of one name, and builds millions of nested
// arrays before anybody can refuse them. One pass over the text, before it is parsed.
import { pointerOf, type Fault } from "../platform/problem.ts";

const MAX_DEPTH = 64;

/** An object or an array that is open: the names that it has (null of an array), and where in it we are. */
type Frame = { names: Set<string> | null; step: string | number; isBeforeName: boolean };

/**
 * What is wrong with a JSON text: it is nested deeper than 64, or names a member twice; null where nothing is. Of text that
 * is no JSON it may say either: the parser refuses it.
 */
export function findJsonFault(text: string): "too-deep" | Fault | null {
  const frames: Frame[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const frame = frames.at(-1);
    switch (text.charAt(at)) {
      case '"': {
        const end = endOfString(text, at);
        if (frame?.names && frame.isBeforeName) {
          frame.step = nameIn(text.slice(at, end + 1));
          if (frame.names.has(frame.step))
            return { pointer: `#/${pointerOf(frames.map(({ step }) => step))}`, detail: "named twice" };
          frame.names.add(frame.step);
        }
        at = end;
        break;
      }
      case "{":
      case "[":
        if (frames.length === MAX_DEPTH) return "too-deep";
        frames.push(
          text[at] === "{"
            ? { names: new Set(), step: "", isBeforeName: true }
            : { names: null, step: 0, isBeforeName: false },
        );
        break;
      case "}":
      case "]":
        frames.pop();
        break;
      case ":":
        if (frame) frame.isBeforeName = false;
        break;
      case ",":
        if (typeof frame?.step === "number") frame.step += 1;
        else if (frame) frame.isBeforeName = true;
        break;
      default:
    }
  }
  return null;
}

/** Where the string that begins here has its closing quote; the end of the text where it has none. */
function endOfString(text: string, begin: number): number {
  for (let at = text.indexOf('"', begin + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === "\\") escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return text.length;
}

/** A member's name without its quotes and escapes; as it stands where it is not well-formed. */
function nameIn(quoted: string): string {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    // SyntaxError: the whole text is no JSON, as the parser will say.
    return quoted;
  }
}
