// Labels with price and barcode of the products in the URL, printed by the browser.
import type { Product } from "@mostrador/sdk";
import { useQueries } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Field, SelectField } from "../../parts/field.tsx";
import { linkButton } from "../../parts/link-button.ts";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { useMe } from "../../session/session.ts";
import { Screen } from "../../shell/screen.tsx";
import { Label } from "./label.tsx";
import "./labels.css";
import { MAX_LABELS } from "./search.ts";
import { labelWords } from "./words.ts";

const SHEETS = ["24", "65", "roll"] as const;
const MAX_COPIES = 500;

const copiesOf = (text: string): number => Math.min(MAX_COPIES, Math.max(1, Math.trunc(Number(text)) || 1));

export default function Labels() {
  const w = useWords(labelWords);
  const f = useFormats();
  const { shop } = useMe();
  const { ids = "" } = useSearch({ from: "/catalogue/labels" });
  const [sheet, setSheet] = useState<(typeof SHEETS)[number]>("24");
  const [copies, setCopies] = useState("1");
  const [isAsStock, setAsStock] = useState(false);
  const products = useQueries({
    queries: ids
      .split(",")
      .filter((id) => id !== "")
      .slice(0, MAX_LABELS)
      .map((id) => ({
        queryKey: ["products", "one", id],
        queryFn: ({ signal }: { signal: AbortSignal }) => mostrador.getProduct(id, { signal }),
      })),
  });
  const failed = products.find(({ isError }) => isError);
  const loaded = products.flatMap(({ data }) => data ?? []);
  const countOf = ({ stock }: Product): number =>
    isAsStock ? Math.min(MAX_COPIES, Math.floor(stock ?? 1)) : copiesOf(copies);
  const labels = loaded.flatMap((product) =>
    Array.from({ length: countOf(product) }, (_, i) => ({ product, key: `${product.id} ${i}` })),
  );
  if (products.length === 0)
    return (
      <Screen title={w.title} subtitle={w.subtitle}>
        <Card>
          <Empty
            text={w.empty}
            action={
              <Link to="/catalogue" className={linkButton.primary}>
                {w.toCatalogue}
              </Link>
            }
          />
        </Card>
      </Screen>
    );
  return (
    <Screen
      title={w.title}
      subtitle={<span className="print:hidden">{w.subtitle}</span>}
      actions={
        <Button
          kind="primary"
          className="print:hidden"
          disabled={labels.length === 0}
          onClick={() => window.print()}
        >
          {w.print}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Card className="print:hidden">
          <div className="grid items-end gap-4 @min-[32rem]:grid-cols-3">
            <SelectField
              label={w.sheet}
              value={sheet}
              onChange={({ target }) => setSheet(SHEETS.find((one) => one === target.value) ?? "24")}
            >
              {SHEETS.map((one) => (
                <option key={one} value={one}>
                  {w[one]}
                </option>
              ))}
            </SelectField>
            <Field
              label={w.copies}
              type="number"
              min={1}
              max={MAX_COPIES}
              disabled={isAsStock}
              value={copies}
              onChange={({ target }) => setCopies(target.value)}
            />
            <label className="flex min-h-11 items-center gap-3">
              <input
                type="checkbox"
                checked={isAsStock}
                onChange={({ target }) => setAsStock(target.checked)}
                className="size-5 accent-(--color-brand)"
              />
              {w.asStock}
            </label>
          </div>
        </Card>
        {failed && <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />}
        <section aria-label={w.preview}>
          <p className="mb-3 text-muted print:hidden">{w.total(labels.length, f.number(labels.length))}</p>
          <div className={`labels labels-${sheet}`}>
            {labels.map(({ product, key }) => (
              <Label key={key} product={product} shop={shop.name} />
            ))}
          </div>
        </section>
      </div>
    </Screen>
  );
}
