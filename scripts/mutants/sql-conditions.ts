// Finds the conditions of SQL: the terms between AND and OR of each WHERE, ON, HAVING, WHEN and iif().
import type { Token } from "./sql-tokens.ts";

/** A condition, as a range of tokens, and what replaces it when it is dropped. */
export type Condition = { tokens: Token[]; without: "true" | "false" | "" };

const STATEMENTS = new Set("SELECT INSERT UPDATE DELETE WITH CREATE DROP PRAGMA VALUES REPLACE".split(" "));
const OPENERS = new Set("WHERE ON HAVING WHEN".split(" "));
const CLOSERS = new Set(
  "SELECT INSERT UPDATE DELETE VALUES FROM GROUP ORDER LIMIT OFFSET RETURNING UNION EXCEPT INTERSECT WHERE LEFT RIGHT INNER CROSS JOIN ON SET DO THEN ELSE END WINDOW HAVING OVER AS".split(
    " ",
  ),
);
const COMPARES = new Set(
  "= == < <= > >= <> != IS IN LIKE GLOB MATCH BETWEEN EXISTS AND OR NOT ISNULL NOTNULL".split(" "),
);
// A fragment that begins with one of these is no condition, whatever it contains.
const CLAUSES = new Set([
  ...STATEMENTS,
  ..."FROM GROUP ORDER LIMIT SET JOIN LEFT CROSS INNER CASE RETURNING INDEXED".split(" "),
]);

const upper = (token: Token | undefined): string =>
  token?.kind === "word" ? token.text.toUpperCase() : (token?.text ?? "");

const isOperand = (token: Token | undefined): boolean =>
  token !== undefined &&
  (token.text === ")" ||
    token.kind === "text" ||
    token.kind === "number" ||
    token.kind === "hole" ||
    (token.kind === "word" &&
      !COMPARES.has(upper(token)) &&
      !CLOSERS.has(upper(token)) &&
      !OPENERS.has(upper(token))));

type Term = { tokens: Token[]; joinedBy: string };

/** The conditions of one AND/OR list. */
function conditionsOf(terms: Term[]): Condition[] {
  const found = terms.filter(({ tokens }) => tokens.length > 0);
  return found.map(({ tokens, joinedBy }, index) => {
    const next = found[index + 1]?.joinedBy;
    const isBranch = found.some((term) => term.joinedBy === "OR") && joinedBy !== "AND" && next !== "AND";
    return { tokens, without: isBranch ? "false" : "true" };
  });
}

/** All conditions of a template's tokens, outer ones first. */
export function findConditions(tokens: Token[]): Condition[] {
  const found: Condition[] = [];
  let at = 0;

  /** Reads up to the bracket, comma or keyword that ends the list. */
  function readList(first: string): void {
    const terms: Term[] = [];
    let term: Term = { tokens: [], joinedBy: first };
    let isBetween = false;
    const close = (): void => {
      terms.push(term);
    };
    for (let token = tokens[at]; token; token = tokens[at]) {
      const word = upper(token);
      if (word === ")" || word === "," || CLOSERS.has(word) || (word === "WHEN" && term.tokens.length > 0))
        break;
      if (word === "AND" && isBetween) isBetween = false;
      else if (word === "AND" || word === "OR") {
        close();
        term = { tokens: [], joinedBy: word };
        at += 1;
        continue;
      }
      if (word === "BETWEEN") isBetween = true;
      // An optional fragment, as in `a = 1 ${filter}`.
      if (token.kind === "hole" && isOperand(term.tokens.at(-1))) {
        found.push({ tokens: [token], without: "" });
        at += 1;
        continue;
      }
      const previous = term.tokens.at(-1);
      term.tokens.push(token);
      at += 1;
      if (word === "(" || word === "CASE") {
        const from = at;
        readGroup(word, previous);
        term.tokens.push(...tokens.slice(from, at));
      }
    }
    close();
    found.push(...conditionsOf(terms));
  }

  /** Whether the bracket that was opened is a list of values, as in `(tenant_id, id) IN (...)`. */
  function isValueList(): boolean {
    let depth = 0;
    for (const token of tokens.slice(at)) {
      if (token.text === "," && depth === 0) return true;
      if (token.text === ")" && depth === 0) return false;
      depth += token.text === "(" ? 1 : token.text === ")" ? -1 : 0;
    }
    return false;
  }

  /** Reads up to the end of a bracket or CASE, which it consumes. */
  function readGroup(opened: string, before: Token | undefined): void {
    const end = opened === "(" ? ")" : "END";
    const isCondition =
      opened === "(" &&
      (before === undefined || ["NOT", "(", "AND", "OR"].includes(upper(before))) &&
      !STATEMENTS.has(upper(tokens[at])) &&
      !isValueList();
    if (isCondition || (opened === "(" && upper(before) === "IIF")) readList("");
    for (let token = tokens[at]; token; token = tokens[at]) {
      const word = upper(token);
      const previous = tokens[at - 1];
      at += 1;
      if (word === end) return;
      if (OPENERS.has(word) && !(word === "ON" && upper(tokens[at]) === "CONFLICT")) readList("");
      else if (word === "(" || word === "CASE")
        readGroup(word, previous?.kind === "word" ? previous : { ...token, text: "=" });
    }
  }

  const isFragment = (): boolean => {
    if (CLAUSES.has(upper(tokens[0])) || tokens[0]?.text === "," || OPENERS.has(upper(tokens[0])))
      return false;
    let depth = 0;
    let compares = false;
    for (const token of tokens) {
      if (token.text === "(") depth += 1;
      else if (token.text === ")") depth -= 1;
      else if (depth === 0 && token.text === ",") return false;
      else if (depth === 0 && OPENERS.has(upper(token))) return false;
      else if (depth === 0 && COMPARES.has(upper(token))) compares = true;
    }
    return compares;
  };
  if (isFragment()) readList("");
  const start: Token = { kind: "operator", text: "=", start: 0, end: 0 };
  while (at < tokens.length) readGroup("(", start);
  return found;
}
