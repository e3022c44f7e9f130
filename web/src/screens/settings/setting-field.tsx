import type { ReactElement } from "react";
import { useWords } from "../../i18n/words.ts";
import { CheckBox } from "../../parts/check-box.tsx";
import { Field, SelectField, TextField } from "../../parts/field.tsx";
import type { FieldSpec, Value } from "./fields.ts";
import { settingsWords } from "./words.ts";

type SettingFieldProps = { spec: FieldSpec; value: Value; fault: string | undefined };

/** A field of a form of settings by its kind. */
export function SettingField({ spec, value, fault }: SettingFieldProps): ReactElement {
  const { key, label, hint } = spec;
  const text = value === null || typeof value === "boolean" ? "" : String(value);
  if (spec.kind === "switch")
    return <CheckBox label={label} hint={hint} name={key} defaultChecked={value === true} />;
  if (spec.kind === "lines")
    return (
      <TextField label={label} hint={hint} fault={fault} name={key} rows={spec.rows} defaultValue={text} />
    );
  if (spec.kind === "choice")
    return (
      <SelectField label={label} hint={hint} fault={fault} name={key} defaultValue={text}>
        {spec.options.some((option) => option.value === text) || <option value={text}>{text}</option>}
        {spec.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </SelectField>
    );
  if (spec.kind === "number")
    return (
      <Field
        required
        label={label}
        hint={hint}
        fault={fault}
        name={key}
        type="number"
        inputMode={spec.isDecimal === true ? "decimal" : "numeric"}
        min={spec.min}
        max={spec.max}
        step={spec.isDecimal === true ? "any" : 1}
        defaultValue={text}
      />
    );
  return (
    <Field
      label={label}
      hint={hint}
      fault={fault}
      name={key}
      type={spec.type ?? "text"}
      required={spec.isRequired ?? false}
      autoComplete="off"
      defaultValue={text}
    />
  );
}

/** A value as a person reads it. */
export function ValueText({ spec, value }: { spec: FieldSpec; value: Value }) {
  const w = useWords(settingsWords);
  if (typeof value === "boolean") return value ? w.yes : w.no;
  if (value === null) return "–";
  if (spec.kind !== "choice") return String(value);
  return spec.options.find((option) => option.value === String(value))?.label ?? String(value);
}
