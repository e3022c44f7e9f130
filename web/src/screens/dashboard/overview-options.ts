import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { mostrador, queryClient } from "../../client.ts";
import { live } from "../../live.ts";
import { currentSession } from "../../session/session.ts";
import { dayOf, overviewQuery, type RangeSearch } from "./range.ts";

/** The request of all figures of the dashboard. */
export function overviewOptions({ range, from, to, compare }: RangeSearch, today: string) {
  const search: RangeSearch = {
    ...(range && { range }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(compare && { compare }),
  };
  const query = overviewQuery(search, today);
  return queryOptions({
    queryKey: ["overview", query],
    queryFn: ({ signal }) => mostrador.getOverview(query, { signal }),
    placeholderData: keepPreviousData,
    ...live,
  });
}

/** Requests the figures of the dashboard while its code loads, if they are for this person. */
export function prefetchOverview(search: RangeSearch): void {
  const session = currentSession();
  if (session.status !== "signed-in" || session.me.role !== "ADMIN") return;
  void queryClient.prefetchQuery(overviewOptions(search, dayOf(new Date(), session.me.shop.timezone)));
}
