import type { Product } from "@mostrador/sdk";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Card } from "../../parts/card.tsx";
import { linkButton } from "../../parts/link-button.ts";
import { useMe } from "../../session/session.ts";
import { addDays, dayOf } from "../dashboard/range.ts";
import { unitName } from "./units.ts";
import { productWords } from "./words.ts";

const DAYS = 30;
const MAX_PAGES = 5;

type Sold = { units: number; revenue: number };

/** What was sold of a product, from the ranking of its category; null if it is too far down to be found. */
async function soldOf(product: Product, from: string, to: string, signal: AbortSignal): Promise<Sold | null> {
  const query = { from, to, limit: 100, ...(product.category !== null && { category: product.category }) };
  let pages = 0;
  for await (const page of mostrador.pages.getTopProducts(query, { signal }).pages()) {
    const found = page.data.find(({ product_id: id }) => id === product.id);
    if (found) return found;
    pages += 1;
    if (pages === MAX_PAGES) return null;
  }
  return { units: 0, revenue: 0 };
}

/** Stock, what was sold, and the margin. */
export function FiguresCard({ product }: { product: Product }) {
  const w = useWords(productWords);
  const f = useFormats();
  const { shop } = useMe();
  const today = dayOf(new Date(), shop.timezone);
  const sold = useQuery({
    queryKey: ["products", "sold", product.id, today],
    queryFn: ({ signal }) => soldOf(product, addDays(today, 1 - DAYS), today, signal),
  });
  const unit = product.unit === "piece" ? "" : ` ${unitName(product.unit)}`;
  const shown = (format: (of: Sold) => string): string =>
    sold.data ? format(sold.data) : sold.isPending ? "…" : w.unknown;
  const margin =
    product.cost === null || product.cost === undefined || product.price === 0
      ? w.unknown
      : f.percent(((product.price - product.cost) / product.price) * 100);
  const figures = [
    {
      name: w.stock,
      value: product.stock === null ? w.untracked : `${f.number(product.stock)}${unit}`,
    },
    { name: w.sold, value: shown(({ units }) => `${f.number(units)}${unit}`) },
    { name: w.revenue, value: shown(({ revenue }) => f.money(revenue)) },
    { name: w.margin, value: margin },
  ];
  return (
    <Card>
      <dl className="grid grid-cols-1 gap-x-4 gap-y-3 @min-[16rem]:grid-cols-2">
        {figures.map(({ name, value }) => (
          <div key={name}>
            <dt className="text-[0.8125rem] text-muted">{name}</dt>
            <dd className="text-lg font-semibold tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      <Link
        to="/catalogue/labels"
        search={{ ids: product.id }}
        className={`${linkButton.secondary} mt-4 w-full`}
      >
        {w.label}
      </Link>
    </Card>
  );
}
