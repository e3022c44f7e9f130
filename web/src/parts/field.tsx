import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from "react";

type Labelled = {
  label: string;
  /** Below the field, before anything is wrong. */
  hint?: string | undefined;
  /** What is wrong with the value. */
  fault?: string | undefined;
};

const BOX =
  "min-h-11 w-full rounded-xl border bg-card px-3 py-2 text-base text-ink placeholder:text-faint aria-invalid:border-bad border-line";

function Frame({ id, label, hint, fault, children }: Labelled & { id: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-muted">
        {label}
      </label>
      {children}
      {fault !== undefined && (
        <p id={`${id}-note`} className="text-bad">
          {fault}
        </p>
      )}
      {fault === undefined && hint !== undefined && (
        <p id={`${id}-note`} className="text-faint">
          {hint}
        </p>
      )}
    </div>
  );
}

const noteOf = (id: string, { hint, fault }: Omit<Labelled, "label">) =>
  hint === undefined && fault === undefined ? {} : { "aria-describedby": `${id}-note` };

/** An input with its label, and what is wrong with its value. */
export function Field({
  label,
  hint,
  fault,
  className = "",
  ...rest
}: Labelled & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} fault={fault}>
      <input
        {...rest}
        id={id}
        aria-invalid={fault !== undefined || undefined}
        {...noteOf(id, { hint, fault })}
        className={`${BOX} ${className}`}
      />
    </Frame>
  );
}

/** The same for a choice among options. */
export function SelectField({
  label,
  hint,
  fault,
  children,
  ...rest
}: Labelled & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} fault={fault}>
      <select
        {...rest}
        id={id}
        aria-invalid={fault !== undefined || undefined}
        {...noteOf(id, { hint, fault })}
        className={BOX}
      >
        {children}
      </select>
    </Frame>
  );
}

/** The same for several lines of text. */
export function TextField({
  label,
  hint,
  fault,
  ...rest
}: Labelled & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId();
  return (
    <Frame id={id} label={label} hint={hint} fault={fault}>
      <textarea
        rows={4}
        {...rest}
        id={id}
        aria-invalid={fault !== undefined || undefined}
        {...noteOf(id, { hint, fault })}
        className={BOX}
      />
    </Frame>
  );
}
