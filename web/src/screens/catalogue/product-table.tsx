import type { Product } from "@mostrador/sdk";
import { Link } from "@tanstack/react-router";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Badge } from "../../parts/badge.tsx";
import { unitName } from "../product/units.ts";
import { Cover } from "./cover.tsx";
import { catalogueWords } from "./words.ts";

type TableProps = {
  products: readonly Product[];
  selected: ReadonlySet<string>;
  onSelect: (ids: ReadonlySet<string>) => void;
};

const box = "size-5 accent-(--color-brand)";

export function ProductTable({ products, selected, onSelect }: TableProps) {
  const w = useWords(catalogueWords);
  const f = useFormats();
  const isAllSelected = products.every(({ id }) => selected.has(id));
  const toggle = (id: string): void => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    onSelect(next);
  };
  return (
    <table className="w-full">
      <caption className="sr-only">{w.products}</caption>
      <thead>
        <tr className="text-xs text-muted">
          <th scope="col" className="w-14 py-2 pl-3 text-left">
            <label className="inline-flex size-11 items-center justify-center">
              <input
                type="checkbox"
                aria-label={w.selectAll}
                checked={isAllSelected}
                onChange={() => onSelect(isAllSelected ? new Set() : new Set(products.map(({ id }) => id)))}
                className={box}
              />
            </label>
          </th>
          <th scope="col" className="px-2 text-left font-medium">
            {w.product}
          </th>
          <th scope="col" className="hidden px-2 text-left font-medium @min-[48rem]:table-cell">
            SKU
          </th>
          <th scope="col" className="hidden px-2 text-left font-medium @min-[60rem]:table-cell">
            {w.category}
          </th>
          <th scope="col" className="hidden px-2 text-right font-medium @min-[30rem]:table-cell">
            {w.stock}
          </th>
          <th scope="col" className="px-2 pr-5 text-right font-medium">
            {w.price}
          </th>
        </tr>
      </thead>
      <tbody>
        {products.map((product) => (
          <tr key={product.id} className="border-t border-line hover:bg-sunken/50">
            <td className="pl-3">
              <label className="inline-flex size-11 items-center justify-center">
                <input
                  type="checkbox"
                  aria-label={w.select(product.title)}
                  checked={selected.has(product.id)}
                  onChange={() => toggle(product.id)}
                  className={box}
                />
              </label>
            </td>
            <th scope="row" className="px-2 py-2 text-left font-normal">
              <Link
                to="/catalogue/$id"
                params={{ id: product.id }}
                className="flex min-h-11 items-center gap-3 underline-offset-2 hover:underline"
              >
                <span className="hidden @min-[24rem]:block">
                  <Cover url={product.cover_image_url} />
                </span>
                <span className="min-w-0">
                  <span className="block font-medium [overflow-wrap:anywhere]">{product.title}</span>
                  <span className="block text-xs text-muted [overflow-wrap:anywhere]">{product.author}</span>
                  {!product.is_active && <Badge>{w.hiddenBadge}</Badge>}
                </span>
              </Link>
            </th>
            <td className="hidden px-2 font-mono text-xs break-all @min-[48rem]:table-cell">{product.sku}</td>
            <td className="hidden px-2 text-muted @min-[60rem]:table-cell">{product.category ?? "–"}</td>
            <td className="hidden px-2 text-right @min-[30rem]:table-cell">
              <Stock product={product} />
            </td>
            <td className="px-2 pr-5 text-right font-medium whitespace-nowrap">
              {f.money(product.price)}
              {product.unit !== "piece" && <span className="text-muted"> /{unitName(product.unit)}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Stock({ product: { stock, unit, low_stock_threshold: threshold } }: { product: Product }) {
  const w = useWords(catalogueWords);
  const f = useFormats();
  if (stock === null) return <span className="text-muted">{w.untracked}</span>;
  if (stock === 0) return <Badge tone="bad">{w.outOfStock}</Badge>;
  const isLow = threshold !== null && stock <= threshold;
  return (
    <>
      <span className="whitespace-nowrap">
        {f.number(stock)}
        {unit !== "piece" && ` ${unitName(unit)}`}
      </span>
      {isLow && (
        <span className="ml-2">
          <Badge tone="warn">{w.low}</Badge>
        </span>
      )}
    </>
  );
}
