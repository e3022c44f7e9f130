// Splits the SQL of a template into tokens with their offsets in the source file.

/** A word (with its qualifier, as in `s.tenant_id`), a literal, an operator, or a hole: an expression `${...}` of the template. */
export type Token = {
  kind: "word" | "text" | "number" | "operator" | "hole";
  text: string;
  start: number;
  end: number;
};

/** A template's pieces in order: SQL, and holes with the source of their expression. */
export type Piece = { kind: "sql" | "hole"; text: string; start: number; end: number };

const TOKEN =
  /\s+|--[^\n]*|[A-Za-z_][\w$]*(?:\.[A-Za-z_][\w$]*)*|'(?:[^']|'')*'|"[^"]*"|\d[\w.]*|<=|>=|<>|!=|\|\||->>|->|==|[^]/g;

function kindOf(text: string): Token["kind"] {
  if (/^[A-Za-z_"]/.test(text)) return "word";
  if (text.startsWith("'")) return "text";
  return /^\d/.test(text) ? "number" : "operator";
}

export const tokensOf = (pieces: Piece[]): Token[] =>
  pieces.flatMap(({ kind, text, start, end }): Token[] =>
    kind === "hole"
      ? [{ kind, text, start, end }]
      : [...text.matchAll(TOKEN)]
          .filter(([token]) => token.trim() !== "" && !token.startsWith("--"))
          .map(({ 0: token, index }) => ({
            kind: kindOf(token),
            text: token,
            start: start + index,
            end: start + index + token.length,
          })),
  );
