// The mutations of a template's SQL: each condition dropped, and each border of a comparison moved.
import { findConditions } from "./sql-conditions.ts";
import { tokensOf, type Piece, type Token } from "./sql-tokens.ts";

/** A change of the source between two offsets. */
export type Edit = { kind: string; start: number; end: number; text: string };

const BORDERS: Record<string, string> = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };

// The first pattern that matches a column of the condition names its kind.
const KINDS: [string, RegExp][] = [
  ["tenant", /^(tenant_id|tenant)$/],
  ["actor", /^(actor|approved_by|created_by|requested_by|actor_id)$/],
  [
    "user",
    /^(user_id|customer_id|seller_id|family|email|account_id|customer_key|cart_id|token_hash|into_id|merged_into)$/,
  ],
  ["role", /^role$/],
  ["version", /^(version|generation|terms_version|revision|built_until|indexed_version)$/],
  [
    "state",
    /^(status|state|is_\w+|erased_at|exported_at|batch_id|revoked_at|closed_at|ended_at|expires_at|used_at|deleted_at|cancelled_at|voided_at|needs_rebuild)$/,
  ],
  ["day", /^(day|month|period|placed_at|\w+_at|date|since|until)$/],
];

// A condition on a person may name them in its value only, as in `id = ${ctx.actor.id}`, or be a fragment that names them.
const PERSON =
  /\b(actor\??\.(id|session)|actorId|user_?id|customer_?id|seller(_?id)?|owner\.id|user\.id|family|cartIdOf|isInCart|isOfActor|isOf|isUser|isToken|ofCustomer|currentCustomer|orderId|token_?hash)\b/i;

// So may one on a shop, as in `id = ${ctx.tenant.id}`.
const TENANT = /^\$\{(\w+\.)*tenant(\.id|Id)\}$/;

const nameOf = (token: Token): string => (token.text.split(".").at(-1) ?? "").toLowerCase();

/** The tokens outside of brackets. */
function outer(tokens: Token[]): Token[] {
  let depth = 0;
  return tokens.filter(({ text }) => {
    if (text === ")") depth -= 1;
    const isOuter = depth === 0;
    if (text === "(") depth += 1;
    return isOuter;
  });
}

/** Whether the condition compares two columns of the same name, as in `p.tenant_id = c.tenant_id`. */
const isJoin = (tokens: Token[]): boolean => {
  const [left, operator, right, ...rest] = tokens;
  return (
    rest.length === 0 &&
    operator?.text === "=" &&
    left?.kind === "word" &&
    right?.kind === "word" &&
    (nameOf(left) === nameOf(right) || nameOf(left) === "id" || nameOf(right) === "id")
  );
};

/** Whether the condition names a row of the table of shops, as in `t.id = ${tenantId}`. */
const isShop = ([column, operator, value, ...rest]: Token[]): boolean =>
  rest.length === 0 &&
  operator?.text === "=" &&
  column !== undefined &&
  nameOf(column) === "id" &&
  value?.kind === "hole" &&
  TENANT.test(value.text);

function kindOf(tokens: Token[]): string {
  if (isShop(tokens)) return "tenant";
  const names = outer(tokens)
    .filter(({ kind }) => kind === "word")
    .map(nameOf);
  const kind = KINDS.find(([, pattern]) => names.some((name) => pattern.test(name)))?.[0];
  if (isJoin(tokens)) return kind === "tenant" || kind === "user" ? `${kind}-join` : "join";
  const isPerson = outer(tokens).some((token) => token.kind === "hole" && PERSON.test(token.text));
  if (isPerson && !["tenant", "actor"].includes(kind ?? "")) return "user";
  return kind ?? "sql";
}

const isTenant = (token: Token | undefined): boolean => token !== undefined && nameOf(token) === "tenant_id";

/** `(tenant_id, id) IN (SELECT tenant_id, id` becomes `(1, id) IN (SELECT 1, id`. */
function withoutTenantInTuples(tokens: Token[], pieces: Piece[]): Edit[] {
  const source = pieces.map(({ text }) => text).join("");
  const offset = pieces[0]?.start ?? 0;
  return tokens.flatMap((first, at): Edit[] => {
    if (!isTenant(first) || tokens[at - 1]?.text !== "(" || tokens[at + 1]?.text !== ",") return [];
    const close = tokens.findIndex(({ text }, index) => index > at && text === ")");
    const [inside, bracket, select, second] = tokens.slice(close + 1);
    const isIn = inside?.text.toUpperCase() === "IN" && bracket?.text === "(" && select?.text === "SELECT";
    if (!isIn || !second || !isTenant(second)) return [];
    const between = source.slice(first.end - offset, second.start - offset);
    return [{ kind: "tenant", start: first.start, end: second.end, text: `1${between}1` }];
  });
}

/** The mutations of a template's SQL. */
export function sqlMutations(pieces: Piece[]): Edit[] {
  const all = tokensOf(pieces);
  const ofConditions = findConditions(all).flatMap(({ tokens, without }): Edit[] => {
    const [first, last] = [tokens[0], tokens.at(-1)];
    if (!first || !last || (tokens.length === 1 && ["true", "false", "1", "0"].includes(first.text)))
      return [];
    const dropped = { kind: kindOf(tokens), start: first.start, end: last.end, text: without };
    const moved = outer(tokens).flatMap((token): Edit[] => {
      const text = BORDERS[token.text];
      return text ? [{ kind: "border", start: token.start, end: token.end, text }] : [];
    });
    return [dropped, ...moved];
  });
  return [...ofConditions, ...withoutTenantInTuples(all, pieces)];
}
