import type { Overview } from "@mostrador/sdk";
import { Suspense } from "react";
import { Bar } from "../../charts/bar.tsx";
import { countryName } from "../../i18n/countries.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { lazily } from "../../lazily.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Segmented } from "../../parts/segmented.tsx";
import { useView } from "./use-view.ts";
import { dashboardWords } from "./words.ts";

const CountriesMap = lazily(() => import("./countries-map.tsx"));

const ROWS = 6;

type Countries = Overview["countries"];

export function CountriesCard({ countries }: { countries: Countries }) {
  const w = useWords(dashboardWords);
  const [{ map: region = "europe" }, setView] = useView();
  return (
    <Card
      title={w.countries}
      action={
        countries.length > 0 && (
          <Segmented
            label={w.map}
            value={region}
            options={[
              { value: "europe", label: w.europe },
              { value: "world", label: w.world },
            ]}
            onChange={(value) => setView({ map: value })}
          />
        )
      }
    >
      {countries.length === 0 ? (
        <Empty text={w.noCountries} />
      ) : (
        <div className="grid items-center gap-x-7 gap-y-5 @min-[34rem]:grid-cols-[minmax(0,13fr)_minmax(0,12fr)]">
          <Suspense fallback={<div className="skeleton aspect-[1000/586]" />}>
            <CountriesMap countries={countries} region={region} />
          </Suspense>
          <CountryBars countries={countries.slice(0, ROWS)} />
        </div>
      )}
    </Card>
  );
}

function CountryBars({ countries }: { countries: Countries }) {
  const f = useFormats();
  const most = Math.max(1, ...countries.map(({ revenue }) => revenue));
  return (
    <ul className="flex flex-col gap-3">
      {countries.map(({ country, country_code, revenue, share }) => (
        <li key={country}>
          <p className="mb-1 flex flex-wrap justify-between gap-x-3">
            <span>{countryName(f, { country, country_code })}</span>
            <span className="tabular-nums">
              <span className="font-medium">{f.money(revenue)}</span>
              <span className="inline-block min-w-11 pl-2 text-right text-faint">{f.share(share)}</span>
            </span>
          </p>
          <Bar share={revenue / most} />
        </li>
      ))}
    </ul>
  );
}
