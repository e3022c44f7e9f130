import { daysOf, textOf, type DaysSearch, type UrlSearch } from "../../lists/search-params.ts";

/** The filters of the audit log by the names of the API's query. Values that the API does not know are dropped by the screen. */
export type AuditSearch = DaysSearch & {
  actor_id?: string;
  action?: string;
  entity?: string;
  entity_id?: string;
};

export const auditSearch = (search: UrlSearch): AuditSearch => ({
  ...daysOf(search),
  ...textOf(search, "actor_id"),
  ...textOf(search, "action"),
  ...textOf(search, "entity"),
  ...textOf(search, "entity_id"),
});
