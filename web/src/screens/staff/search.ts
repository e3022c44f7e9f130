import { daysOf, optionOf, type DaysSearch, type UrlSearch } from "../../lists/search-params.ts";

/** The part of the screen that is shown; the accounts are its first one. */
export const STAFF_TABS = ["people", "hours", "shifts"] as const;
type StaffTab = (typeof STAFF_TABS)[number];

export type StaffSearch = DaysSearch & { tab?: StaffTab };

export const staffSearch = (search: UrlSearch): StaffSearch => ({
  ...daysOf(search),
  ...optionOf(search, "tab", STAFF_TABS.slice(1)),
});
