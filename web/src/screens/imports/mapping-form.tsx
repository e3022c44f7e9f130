import type { ImportKind } from "@mostrador/sdk";
import { useState, type FormEvent, type ReactNode } from "react";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { SelectField } from "../../parts/field.tsx";
import { FIELDS, isFieldKey, isMissing } from "./fields.ts";
import { fieldWords, importWords } from "./words.ts";

type MappingProps = {
  kind: ImportKind;
  columns: readonly string[];
  /** Rows of the file, in the order of the columns. */
  sample: readonly string[][];
  /** The column of each field that is known. */
  initial: Readonly<Record<string, string>>;
  onApply: (columns: Record<string, string | null>) => void;
};

/** Which column is which field, beside the first values of each. */
export function MappingForm({ kind, columns, sample, initial, onApply }: MappingProps) {
  const w = useWords(importWords);
  const names = useWords(fieldWords);
  const [chosen, setChosen] = useState<Record<string, string | null>>({});
  const known = Object.fromEntries(Object.entries(initial).filter(([, column]) => columns.includes(column)));
  const current = { ...known, ...chosen };
  const fields = [...FIELDS[kind], ...Object.keys(known).filter((field) => !isFieldKey(field))];
  const nameOf = (field: string): string => (isFieldKey(field) ? names[field] : field);
  // By what was recognised, so that a field stays where it is when its column is chosen.
  const needed = fields.filter((field) => isMissing(kind, field, known));
  const recognised = fields.filter((field) => field in known);
  const others = fields.filter((field) => !needed.includes(field) && !recognised.includes(field));
  const used = new Set(Object.values(current));
  const unused = columns.filter((column) => !used.has(column));
  const valuesOf = (column: string | null): string | undefined => {
    const at = column === null ? -1 : columns.indexOf(column);
    const values = sample.flatMap((row) => row[at]?.trim() || []);
    return values.length === 0 ? undefined : values.join(" · ");
  };
  const selectsOf = (group: readonly string[]): ReactNode => (
    <div className="grid gap-4 @min-[28rem]:grid-cols-2 @min-[52rem]:grid-cols-3">
      {group.map((field) => (
        <SelectField
          key={field}
          label={nameOf(field)}
          value={current[field] ?? ""}
          hint={valuesOf(current[field] ?? null)}
          fault={isMissing(kind, field, current) ? w.chooseColumn : undefined}
          onChange={({ target }) =>
            setChosen({ ...chosen, [field]: target.value === "" ? null : target.value })
          }
        >
          <option value="">{w.noColumn}</option>
          {columns.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </SelectField>
      ))}
    </div>
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onApply(current);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {sample.length > 0 && <SampleTable columns={columns} sample={sample} />}
      {needed.length > 0 && selectsOf(needed)}
      {selectsOf(recognised)}
      {unused.length > 0 && (
        <p className="[overflow-wrap:anywhere] text-muted">
          {w.unused}: {unused.join(", ")}
        </p>
      )}
      {others.length > 0 && (
        <details className="rounded-xl border border-line px-4">
          <summary className="min-h-11 cursor-pointer content-center py-2">
            {w.otherFields}{" "}
            <span className="text-muted">
              {others.map((field) => nameOf(field).toLowerCase()).join(", ")}
            </span>
          </summary>
          <div className="pt-2 pb-4">{selectsOf(others)}</div>
        </details>
      )}
      <div>
        <Button
          type="submit"
          kind="primary"
          disabled={fields.some((field) => isMissing(kind, field, current))}
        >
          {w.apply}
        </Button>
      </div>
    </form>
  );
}

function SampleTable({ columns, sample }: { columns: readonly string[]; sample: readonly string[][] }) {
  const w = useWords(importWords);
  return (
    <div
      role="region"
      aria-label={w.sample}
      // oxlint-disable-next-line jsx_a11y/no-noninteractive-tabindex -- the keyboard scrolls it
      tabIndex={0}
      className="overflow-x-auto rounded-xl border border-line"
    >
      <table className="text-xs">
        <caption className="sr-only">{w.sample}</caption>
        <thead>
          <tr>
            {columns.map((column, at) => (
              <th key={`${at} ${column}`} scope="col" className="px-3 py-2 text-left whitespace-nowrap">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sample.map((row, index) => (
            <tr key={`${index} ${row.join()}`} className="border-t border-line">
              {columns.map((column, at) => (
                <td key={`${at} ${column}`} className="max-w-60 truncate px-3 py-1.5 text-muted">
                  {row[at]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
