import { useEffect, useEffectEvent, useId, useState, type KeyboardEvent, type RefObject } from "react";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { useUnits } from "../../lists/units.ts";
import { SearchIcon } from "../../parts/icons.tsx";
import { hasCharacterKeys } from "../../shell/character-keys.ts";
import type { Catalogue, TillProduct } from "./catalogue.ts";
import { Key } from "./parts.tsx";
import type { TillKeys } from "./use-till-keys.ts";
import { tillWords } from "./words.ts";

const HITS = 8;

type SearchBoxProps = {
  inputRef: RefObject<HTMLInputElement | null>;
  /** Null until it has been read from this device. */
  catalogue: Catalogue | null;
  /** Adds the product with this code; false if there is none. */
  onCode: (code: string) => boolean;
  onProduct: (product: TillProduct) => void;
  /** A code that is no product. */
  onUnknown: (code: string) => void;
  /** What keys do while the field is empty. */
  emptyKeys: TillKeys;
};

/** The field that has the focus while one sells: a code that is typed adds its product, words list products. */
export function SearchBox({ inputRef, catalogue, onCode, onProduct, onUnknown, emptyKeys }: SearchBoxProps) {
  const w = useWords(tillWords);
  const f = useFormats();
  const { quantity } = useUnits();
  const id = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = catalogue?.search(text, HITS) ?? [];
  const active = Math.min(at, found.length - 1);

  // What is typed while no control has the focus is for the field.
  const onTyped = useEffectEvent((event: globalThis.KeyboardEvent): void => {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!document.activeElement?.matches("body, main, h1, section")) return;
    inputRef.current?.focus();
    const run = emptyKeys[event.key];
    if (text !== "" || !run || !hasCharacterKeys()) return;
    event.preventDefault();
    run();
  });
  useEffect(() => {
    const onKeyDown = (event: globalThis.KeyboardEvent): void => onTyped(event);
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);

  const change = (next: string): void => {
    setText(next);
    setAt(0);
  };
  const choose = (product: TillProduct): void => {
    change("");
    onProduct(product);
    inputRef.current?.focus();
  };
  const enter = (): void => {
    const code = text.trim();
    const first = found[active];
    if (onCode(code)) change("");
    else if (first) choose(first);
    else onUnknown(code);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const run = emptyKeys[event.key];
    if (text === "") {
      if (!run) return;
      run();
    } else if (step !== undefined) setAt((active + step + found.length) % Math.max(found.length, 1));
    else if (event.key === "Enter") enter();
    else if (event.key === "Escape") change("");
    else return;
    event.preventDefault();
  };
  return (
    <div className="relative">
      <SearchIcon className="pointer-events-none absolute top-3.5 left-3.5 text-faint" />
      <input
        ref={inputRef}
        autoFocus
        role="combobox"
        aria-autocomplete="list"
        aria-label={w.search}
        aria-keyshortcuts="F2"
        aria-expanded={found.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length > 0 ? `${id}-${active}` : undefined}
        placeholder={w.searchHint}
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        enterKeyHint="go"
        value={text}
        onChange={(event) => change(event.target.value)}
        onKeyDown={onKeyDown}
        className="min-h-12 w-full rounded-xl border border-line bg-card pr-14 pl-11 text-base placeholder:text-faint"
      />
      <span className="pointer-events-none absolute top-3.5 right-3.5 text-muted">
        <Key>F2</Key>
      </span>
      <div
        className={`absolute inset-x-0 top-full z-10 mt-1 rounded-xl border border-line bg-raised p-1 shadow-float ${text.trim() === "" ? "hidden" : ""}`}
      >
        <div
          id={`${id}-list`}
          role="listbox"
          aria-label={w.results}
          className="max-h-[60dvh] overflow-y-auto"
        >
          {found.map((product, index) => (
            <div
              key={product.id}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              onMouseMove={() => setAt(index)}
              onClick={() => choose(product)}
              className="flex min-h-12 cursor-pointer items-center justify-between gap-4 rounded-lg px-3 py-1 aria-selected:bg-brand-soft aria-selected:text-brand"
            >
              <span className="min-w-0">
                <span className="block font-medium break-words">{product.title}</span>
                <span className="block text-xs break-words">
                  {[
                    product.author,
                    product.stock === null ? null : w.inStock(quantity(product.stock, product.unit)),
                  ]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </span>
              <span className="font-semibold whitespace-nowrap tabular-nums">
                {f.money(product.price)}
                {product.unit !== "piece" && ` / ${product.unit}`}
              </span>
            </div>
          ))}
        </div>
        {found.length === 0 && (
          <p role="status" className="px-3 py-3 text-muted">
            {catalogue === null ? w.loadingCatalogue : w.noMatch(text.trim())}
          </p>
        )}
      </div>
    </div>
  );
}
