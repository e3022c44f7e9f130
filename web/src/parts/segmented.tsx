type Option<T extends string> = { value: T; label: string };

type SegmentedProps<T extends string> = {
  label: string;
  options: Option<T>[];
  value: T;
  onChange: (value: T) => void;
  /** For fingers: 44 px high. */
  isTall?: boolean;
};

/** One of a few, as buttons side by side. */
export function Segmented<T extends string>({
  label,
  options,
  value,
  onChange,
  isTall = false,
}: SegmentedProps<T>) {
  return (
    <div role="group" aria-label={label} className="inline-flex rounded-xl bg-sunken p-0.5">
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
          className={`${isTall ? "min-h-11 flex-1" : "min-h-9"} rounded-[0.65rem] px-3 text-[0.8125rem] font-medium transition-colors ${
            option.value === value ? "bg-card text-ink shadow-card" : "text-muted hover:text-ink"
          }`}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
