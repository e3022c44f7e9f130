import type { RankingMeasure } from "@mostrador/sdk";
import { optionOf, type UrlSearch } from "../../lists/search-params.ts";
import { dashboardSearch, type RangeSearch } from "../dashboard/range.ts";

/** What a ranking is ordered by; revenue is the default. */
export const MEASURES = ["revenue", "units", "sales"] as const satisfies readonly RankingMeasure[];
export const INTERVALS = ["hour", "day", "week", "month", "year"] as const;

export type FiguresSearch = RangeSearch & {
  measure?: RankingMeasure;
  interval?: (typeof INTERVALS)[number];
};

export function figuresSearch(search: UrlSearch): FiguresSearch {
  const { measure: _, sort: __, map: ___, ...range } = dashboardSearch(search);
  return {
    ...range,
    ...optionOf(search, "measure", MEASURES.slice(1)),
    ...optionOf(search, "interval", INTERVALS),
  };
}
