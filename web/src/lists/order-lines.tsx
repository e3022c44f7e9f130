// The lines of an order that is being written: products and their quantities.
import { lineTotal, parseQuantity, type SaleLine } from "@mostrador/sdk";
import { mostrador } from "../client.ts";
import { useFormats } from "../i18n/formats.ts";
import { useWords, words } from "../i18n/words.ts";
import { IconButton } from "../parts/button.tsx";
import { CloseIcon, MinusIcon, PlusIcon } from "../parts/icons.tsx";
import { HITS, SearchPicker } from "./search-picker.tsx";
import { useUnits } from "./units.ts";

const orderLineWords = words({
  addProduct: { es: "Añadir un producto", en: "Add a product" },
  addHint: { es: "Título, SKU o código de barras", en: "Title, SKU or barcode" },
  noProducts: { es: "Ningún producto coincide", en: "No product matches" },
  quantityOf: { es: (name: string) => `Cantidad de ${name}`, en: (name: string) => `Quantity of ${name}` },
  less: {
    es: (name: string) => `Una unidad menos de ${name}`,
    en: (name: string) => `One unit less of ${name}`,
  },
  more: {
    es: (name: string) => `Una unidad más de ${name}`,
    en: (name: string) => `One unit more of ${name}`,
  },
  remove: { es: (name: string) => `Quitar ${name}`, en: (name: string) => `Remove ${name}` },
  noLines: { es: "Añade el primer producto.", en: "Add the first product." },
  atPrice: { es: (price: string) => `a ${price}`, en: (price: string) => `at ${price}` },
});

export type DraftLine = {
  product_id: string;
  name: string;
  unit: SaleLine["unit"];
  price: number;
  /** As it was typed. */
  text: string;
};

/** The quantity of a line; null if it is not one. */
export const quantityOf = ({ text }: DraftLine): number | null => {
  const quantity = parseQuantity(text);
  return quantity === null || quantity === 0 ? null : quantity;
};

/** What the lines cost before discounts; null while a quantity is not a number. */
export function totalOf(lines: readonly DraftLine[]): number | null {
  const totals = lines.map((line) => {
    const quantity = quantityOf(line);
    return quantity === null ? null : lineTotal(line.price, quantity);
  });
  return totals.reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0);
}

type OrderLinesProps = { lines: readonly DraftLine[]; onChange: (lines: DraftLine[]) => void };

export function OrderLines({ lines, onChange }: OrderLinesProps) {
  const w = useWords(orderLineWords);
  const { typed } = useUnits();
  const replace = (id: string, text: string): void =>
    onChange(lines.map((line) => (line.product_id === id ? { ...line, text } : line)));
  const add = (product: Omit<DraftLine, "text">): void => {
    const present = lines.find(({ product_id: id }) => id === product.product_id);
    if (present) replace(present.product_id, typed((quantityOf(present) ?? 0) + 1));
    else onChange([...lines, { ...product, text: "1" }]);
  };
  return (
    <div className="flex flex-col gap-3">
      {lines.length === 0 ? (
        <p className="text-muted">{w.noLines}</p>
      ) : (
        <ul>
          {lines.map((line) => (
            <OrderLine
              key={line.product_id}
              line={line}
              onChange={(text) => replace(line.product_id, text)}
              onRemove={() => onChange(lines.filter((one) => one !== line))}
            />
          ))}
        </ul>
      )}
      <ProductSearch onChoose={add} />
    </div>
  );
}

type OrderLineProps = { line: DraftLine; onChange: (text: string) => void; onRemove: () => void };

function OrderLine({ line, onChange, onRemove }: OrderLineProps) {
  const w = useWords(orderLineWords);
  const f = useFormats();
  const { typed } = useUnits();
  const quantity = quantityOf(line);
  const step = (by: number): void =>
    onChange(typed(Math.max(1, Math.round(((quantity ?? 0) + by) * 1000) / 1000)));
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line py-2 first:border-t-0">
      <span className="min-w-40 flex-1">
        <span className="block font-medium break-words">{line.name}</span>
        <span className="text-xs text-faint">{w.atPrice(f.money(line.price))}</span>
      </span>
      <span className="flex items-center">
        <IconButton label={w.less(line.name)} disabled={(quantity ?? 0) <= 1} onClick={() => step(-1)}>
          <MinusIcon />
        </IconButton>
        <input
          aria-label={w.quantityOf(line.name)}
          aria-invalid={quantity === null || undefined}
          inputMode="decimal"
          value={line.text}
          onFocus={(event) => event.target.select()}
          onChange={(event) => onChange(event.target.value)}
          className="h-11 w-16 rounded-xl border border-line bg-card text-center text-base tabular-nums aria-invalid:border-bad"
        />
        <IconButton label={w.more(line.name)} onClick={() => step(1)}>
          <PlusIcon />
        </IconButton>
        <IconButton label={w.remove(line.name)} onClick={onRemove}>
          <CloseIcon />
        </IconButton>
      </span>
    </li>
  );
}

function ProductSearch({ onChoose }: { onChoose: (product: Omit<DraftLine, "text">) => void }) {
  const w = useWords(orderLineWords);
  const f = useFormats();
  return (
    <SearchPicker
      label={w.addProduct}
      hint={w.addHint}
      noMatch={w.noProducts}
      name="products"
      search={(q, signal) => mostrador.searchProducts({ q, limit: HITS }, { signal })}
      onChoose={({ id, title, unit, price }) => onChoose({ product_id: id, name: title, unit, price })}
    >
      {(hit) => (
        <>
          <span className="min-w-0 break-words">{hit.title}</span>
          <span className="whitespace-nowrap tabular-nums">{f.money(hit.price)}</span>
        </>
      )}
    </SearchPicker>
  );
}
