// A form of settings is described by its fields: how a value is shown, and how what was typed becomes a value again.
import { formText } from "../../parts/form-text.ts";

type FieldKind =
  | { kind: "text"; type?: "email" | "tel" | "text"; isRequired?: boolean }
  | { kind: "lines"; rows: number }
  | { kind: "number"; min: number; max: number; isDecimal?: boolean }
  | { kind: "switch" }
  | { kind: "choice"; options: readonly { value: string; label: string }[]; isNumber?: boolean };

export type FieldSpec<K extends string = string> = FieldKind & { key: K; label: string; hint?: string };

export type Value = string | number | boolean | null;
export type Values = Record<string, Value>;

/** What was typed, as the API takes it: an empty text is null. */
export function valueOf(spec: FieldSpec, form: FormData): Value {
  const text = formText(form, spec.key).trim();
  if (spec.kind === "switch") return form.has(spec.key);
  if (spec.kind === "number") return Number(text.replace(",", "."));
  if (spec.kind === "choice" && spec.isNumber === true) return Number(text);
  return text === "" ? null : text.replaceAll("\r\n", "\n");
}

/** The fields whose typed values differ from those that were shown. */
export function changesOf(specs: readonly FieldSpec[], shown: Values, form: FormData): Values {
  return Object.fromEntries(
    specs.flatMap((spec) => {
      const value = valueOf(spec, form);
      return value === (shown[spec.key] ?? null) ? [] : [[spec.key, value]];
    }),
  );
}

export type Conflict = { spec: FieldSpec; mine: Value; theirs: Value };

/** Changed fields that someone else has changed to something else since they were shown. */
export const conflictsOf = (
  specs: readonly FieldSpec[],
  shown: Values,
  changes: Values,
  now: Values,
): Conflict[] =>
  specs.flatMap((spec) => {
    const mine = changes[spec.key];
    const theirs = now[spec.key] ?? null;
    return mine === undefined || theirs === (shown[spec.key] ?? null) || theirs === mine
      ? []
      : [{ spec, mine, theirs }];
  });
