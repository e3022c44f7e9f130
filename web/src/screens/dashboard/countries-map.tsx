import type { Overview } from "@mostrador/sdk";
import maps from "virtual:map";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { dashboardWords } from "./words.ts";

type CountriesMapProps = { countries: Overview["countries"]; region: "europe" | "world" };

/** Countries shaded by their revenue. The bars beside it have the numbers. */
export default function CountriesMap({ countries, region }: CountriesMapProps) {
  const w = useWords(dashboardWords);
  const f = useFormats();
  const byCode = new Map(
    countries.flatMap((item) => (item.country_code === null ? [] : [[item.country_code, item]])),
  );
  const most = Math.max(1, ...countries.map(({ revenue }) => revenue));
  return (
    <svg
      viewBox={`0 0 ${maps.width} ${maps.height}`}
      role="img"
      aria-label={`${w.map}: ${w[region]}`}
      className="w-full rounded-xl bg-canvas"
    >
      {maps[region].map(([, path]) => (
        <path key={path} d={path} className="fill-land stroke-canvas" strokeWidth="1.5" />
      ))}
      {maps[region].map(([code, path]) => {
        const item = byCode.get(code);
        if (!item) return null;
        return (
          <path
            key={path}
            d={path}
            className="fill-brand stroke-canvas"
            strokeWidth="1.5"
            fillOpacity={0.3 + 0.7 * Math.sqrt(Math.max(0, item.revenue) / most)}
          >
            <title>{`${f.country(code)}: ${f.money(item.revenue)}`}</title>
          </path>
        );
      })}
    </svg>
  );
}
