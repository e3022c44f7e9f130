import type { Shop, TaxRate } from "@mostrador/sdk";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { mostrador } from "../../client.ts";
import { useWords } from "../../i18n/words.ts";
import { DataTable, type Column } from "../../lists/data-table.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { PlusIcon } from "../../parts/icons.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { SHOP } from "./resources.ts";
import { RateDialog } from "./rate-dialog.tsx";
import { useRatePercent } from "./rate-percent.ts";
import { SettingsForm } from "./settings-form.tsx";
import { settingsWords } from "./words.ts";

/** The active rates first, the default of the shop before all. */
const inOrder = (rates: readonly TaxRate[]): TaxRate[] =>
  rates.toSorted(
    (a, b) =>
      Number(b.is_default) - Number(a.is_default) ||
      Number(b.is_active) - Number(a.is_active) ||
      b.rate - a.rate,
  );

export function TaxesTab({ shop }: { shop: Shop }) {
  const w = useWords(settingsWords);
  const [edited, setEdited] = useState<TaxRate | "new" | null>(null);
  const rates = useQuery({
    queryKey: ["tax-rates"],
    queryFn: ({ signal }) => mostrador.pages.listTaxRates({}, { signal }).all(),
  });
  const columns = useColumns(setEdited);
  const newButton = (
    <Button onClick={() => setEdited("new")}>
      <PlusIcon />
      {w.newRate}
    </Button>
  );
  return (
    <>
      <Loaded query={rates} skeleton={<div className="skeleton h-64 rounded-2xl" />}>
        {(data) => (
          <Card isFlush title={w.rates} action={newButton}>
            {data.length === 0 ? (
              <Empty text={w.noRates} action={newButton} />
            ) : (
              <DataTable caption={w.rates} columns={columns} items={inOrder(data)} keyOf={({ id }) => id} />
            )}
          </Card>
        )}
      </Loaded>
      <SettingsForm
        title={w.prices}
        resource={SHOP}
        data={shop}
        specs={[{ key: "prices_include_tax", label: w.pricesIncludeTax, kind: "switch" }]}
      />
      {edited && <RateDialog rate={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </>
  );
}

function useColumns(edit: (rate: TaxRate) => void): Column<TaxRate>[] {
  const w = useWords(settingsWords);
  const percent = useRatePercent();
  return [
    {
      name: w.name,
      cell: ({ name, is_default: isDefault, is_active: isActive }) => (
        <span className="flex flex-wrap items-center gap-2 font-medium">
          {name}
          {isDefault && <Badge tone="brand">{w.isDefault}</Badge>}
          {!isActive && <Badge>{w.inactive}</Badge>}
        </span>
      ),
    },
    { name: w.rate, isNumber: true, cell: ({ rate }) => percent(rate) },
    {
      name: w.actions,
      isNumber: true,
      cell: (rate) => (
        <Button aria-label={w.editRate(rate.name)} onClick={() => edit(rate)}>
          {w.edit}
        </Button>
      ),
    },
  ];
}
