// A combobox that finds something of the shop while one types.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useState, type KeyboardEvent, type ReactNode } from "react";

const DELAY_MS = 200;

/** How many hits are requested. */
export const HITS = 8;

type SearchPickerProps<T extends { id: string }> = {
  label: string;
  hint: string;
  noMatch: string;
  /** Names the search among all queries. */
  name: string;
  search: (q: string, signal: AbortSignal) => Promise<{ data: T[] }>;
  /** A hit that cannot be chosen. */
  except?: string | undefined;
  /** What a hit shows. */
  children: (hit: T) => ReactNode;
  onChoose: (hit: T) => void;
};

export function SearchPicker<T extends { id: string }>(props: SearchPickerProps<T>) {
  const { label, hint, noMatch, name, search, except, children, onChoose } = props;
  const id = useId();
  const [text, setText] = useState("");
  const [q, setQ] = useState("");
  const [at, setAt] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setQ(text.trim()), DELAY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const { data } = useQuery({
    queryKey: [name, "picker", q],
    queryFn: ({ signal }) => search(q, signal),
    enabled: q !== "",
  });
  const found = q === "" || text.trim() === "" ? undefined : data?.data.filter((hit) => hit.id !== except);
  const hits = found ?? [];
  const active = Math.min(at, hits.length - 1);
  const choose = (index: number): void => {
    const hit = hits[index];
    if (!hit) return;
    onChoose(hit);
    setText("");
    setQ("");
    setAt(0);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt((active + step + hits.length) % Math.max(hits.length, 1));
    // Of an older text, it would choose something else.
    else if (event.key === "Enter") {
      if (q === text.trim()) choose(active);
    } else return;
    event.preventDefault();
  };
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block font-medium text-muted">
        {label}
      </label>
      <input
        id={id}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={hits.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={hits.length > 0 ? `${id}-${active}` : undefined}
        autoComplete="off"
        placeholder={hint}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        className="min-h-11 w-full rounded-xl border border-line bg-card px-3 py-2 text-base placeholder:text-faint"
      />
      <div id={`${id}-list`} role="listbox" aria-label={label} className="max-h-72 overflow-y-auto">
        {hits.map((hit, index) => (
          <div
            key={hit.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            onClick={() => choose(index)}
            onMouseMove={() => setAt(index)}
            className="flex min-h-11 cursor-pointer flex-wrap items-center justify-between gap-x-3 rounded-xl px-3 py-1 aria-selected:bg-brand-soft aria-selected:text-brand"
          >
            {children(hit)}
          </div>
        ))}
      </div>
      {found?.length === 0 && (
        <p role="status" className="px-3 py-2 text-muted">
          {noMatch}
        </p>
      )}
    </div>
  );
}
