import type { Overview } from "@mostrador/sdk";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Ranking } from "./ranking.tsx";
import { dashboardWords } from "./words.ts";

const ROWS = 7;

export function ProductsCard({ products }: { products: Overview["products"] }) {
  const w = useWords(dashboardWords);
  const f = useFormats();
  return (
    <Card title={w.topProducts}>
      {products.length === 0 ? (
        <Empty text={w.noSales} />
      ) : (
        <Ranking
          items={products.slice(0, ROWS).map(({ product_id, title, units, revenue }) => ({
            key: product_id,
            name: title,
            note: `${f.number(units)} u.`,
            revenue,
          }))}
        />
      )}
    </Card>
  );
}
