import type { Overview } from "@mostrador/sdk";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useMe } from "../../session/session.ts";
import { overviewOptions } from "./overview-options.ts";
import { dayOf } from "./range.ts";

/** Today in the shop. */
export const useToday = (): string => dayOf(new Date(), useMe().shop.timezone);

/** All figures of the dashboard, in one request. */
export const useOverview = (): UseQueryResult<Overview> =>
  useQuery(overviewOptions(useSearch({ from: "/" }), useToday()));
