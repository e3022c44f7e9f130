import { useNavigate, useSearch } from "@tanstack/react-router";
import { dashboardSearch, type DashboardSearch } from "./range.ts";

type View = Pick<DashboardSearch, "measure" | "sort" | "map">;

/** How the cards are shown, from the URL, and a function that changes it without a new entry of the history. */
export function useView(): [DashboardSearch, (change: { [K in keyof View]: string }) => void] {
  const search = useSearch({ from: "/" });
  const navigate = useNavigate({ from: "/" });
  return [
    search,
    (change) =>
      void navigate({ search: dashboardSearch({ ...search, ...change }), replace: true, resetScroll: false }),
  ];
}
