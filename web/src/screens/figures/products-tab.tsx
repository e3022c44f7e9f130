import type { RankedProduct } from "@mostrador/sdk";
import { mostrador } from "../../client.ts";
import { useWords } from "../../i18n/words.ts";
import { useCursorList } from "../../lists/use-cursor-list.ts";
import { FigureTable, type FigureColumn } from "./figure-table.tsx";
import { Listed, MeasureChoice, ROWS } from "./ranking.tsx";
import { useFiguresView, useRange } from "./use-range.ts";
import { figuresWords } from "./words.ts";

export default function ProductsTab() {
  const w = useWords(figuresWords);
  const range = useRange();
  const [{ measure = "revenue" }] = useFiguresView();
  const query = { ...range, sort: measure };
  const list = useCursorList(["metrics", "products", query], (cursor, options) =>
    mostrador.getTopProducts({ ...query, cursor, limit: ROWS }, options),
  );
  const columns: FigureColumn<RankedProduct>[] = [
    {
      name: w.product,
      kind: "text",
      value: ({ title }) => title,
      cell: ({ title, sku }) => (
        <>
          <span className="block font-medium break-words">{title}</span>
          <span className="block text-xs break-all text-faint">{sku}</span>
        </>
      ),
    },
    { name: w.sku, kind: "text", shown: "hidden", value: ({ sku }) => sku },
    { name: w.revenue, kind: "money", value: ({ revenue }) => revenue },
    {
      name: w.change,
      kind: "change",
      shown: "hidden @min-[30rem]:table-cell",
      value: ({ change_percent: change }) => change?.revenue,
    },
    {
      name: w.units,
      kind: "number",
      shown: "hidden @min-[36rem]:table-cell",
      value: ({ units }) => units,
    },
    {
      name: w.sales,
      kind: "number",
      shown: "hidden @min-[42rem]:table-cell",
      value: ({ sales }) => sales,
    },
  ];
  return (
    <Listed list={list}>
      {(items) => (
        <FigureTable
          title={w.products}
          file="products"
          columns={columns}
          items={items}
          keyOf={({ product_id: id }) => id}
          readAll={() => mostrador.pages.getTopProducts(query).all()}
          action={<MeasureChoice />}
        />
      )}
    </Listed>
  );
}
