import { useNavigate, useSearch } from "@tanstack/react-router";
import { overviewQuery, type DayRange } from "../dashboard/range.ts";
import { useToday } from "../dashboard/use-overview.ts";
import { figuresSearch, type FiguresSearch } from "./search.ts";

const ROUTE = "/figures/{-$tab}";

type Compared = DayRange & { compare: "previous" | "year" };

/** The range of the figures, as the query of the API. */
export function useRange(): Compared {
  const { from, to, compare } = overviewQuery(useSearch({ from: ROUTE }), useToday());
  return { from, to, compare: compare === "year" ? "year" : "previous" };
}

/** How the figures are shown, from the URL, and a function that changes it. */
export function useFiguresView(): [FiguresSearch, (change: Record<string, string>) => void] {
  const search = useSearch({ from: ROUTE });
  const navigate = useNavigate({ from: ROUTE });
  return [
    search,
    (change) =>
      void navigate({
        to: ".",
        search: figuresSearch({ ...search, ...change }),
        replace: true,
        resetScroll: false,
      }),
  ];
}
