import { useId, type InputHTMLAttributes } from "react";

type CheckBoxProps = InputHTMLAttributes<HTMLInputElement> & { label: string; hint?: string | undefined };

/** A box to tick, with what it means. */
export function CheckBox({ label, hint, ...rest }: CheckBoxProps) {
  const id = useId();
  return (
    <div>
      <label className="flex min-h-11 items-center gap-3 font-medium">
        <input
          {...rest}
          type="checkbox"
          aria-describedby={hint === undefined ? undefined : id}
          className="size-5 shrink-0 accent-brand"
        />
        {label}
      </label>
      {hint !== undefined && (
        <p id={id} className="ml-8 text-faint">
          {hint}
        </p>
      )}
    </div>
  );
}
