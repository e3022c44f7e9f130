// JSON.parse silently keeps the last of two members with the same name, and builds millions of nested arrays before they can
// be rejected. One pass over the text finds both before it is parsed.
import { pointerOf, type Fault } from "../platform/problem.ts";

const MAX_DEPTH = 64;

/** An open object or array: the member names so far (null for an array) and the current name or index. */
type Frame = { names: Set<string> | null; segment: string | number; isBeforeName: boolean };

/** Finds nesting deeper than 64 levels or a duplicate member name; null if there is neither. Malformed text may give either. */
export function findJsonFault(text: string): "too-deep" | Fault | null {
  const frames: Frame[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const frame = frames.at(-1);
    switch (text.charAt(index)) {
      case '"': {
        const end = endOfString(text, index);
        if (frame?.names && frame.isBeforeName) {
          frame.segment = unquoted(text.slice(index, end + 1));
          if (frame.names.has(frame.segment))
            return {
              pointer: `#/${pointerOf(frames.map(({ segment }) => segment))}`,
              detail: "duplicate field",
            };
          frame.names.add(frame.segment);
        }
        index = end;
        break;
      }
      case "{":
      case "[":
        if (frames.length === MAX_DEPTH) return "too-deep";
        frames.push(
          text[index] === "{"
            ? { names: new Set(), segment: "", isBeforeName: true }
            : { names: null, segment: 0, isBeforeName: false },
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
        if (typeof frame?.segment === "number") frame.segment += 1;
        else if (frame) frame.isBeforeName = true;
        break;
      default:
    }
  }
  return null;
}

/** The index of the closing quote of the string that begins at `begin`, or the end of the text. */
function endOfString(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === "\\") escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}

/** A member name without quotes and escapes; unchanged if it is malformed. */
function unquoted(quoted: string): string {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    // SyntaxError: the parser will reject the whole text.
    return quoted;
  }
}
