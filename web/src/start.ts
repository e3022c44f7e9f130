// Requests the figures of the dashboard, if it is the screen that opens. The page runs this module and what it imports before the rest of the
// entry has arrived.
import { prefetchOverview } from "./screens/dashboard/overview-options.ts";
import { dashboardSearch } from "./screens/dashboard/range.ts";

if (location.pathname === "/")
  prefetchOverview(dashboardSearch(Object.fromEntries(new URLSearchParams(location.search))));
