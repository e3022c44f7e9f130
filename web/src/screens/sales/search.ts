import type { SaleChannel, SaleKind, SaleStatus } from "@mostrador/sdk";
import { daysOf, optionOf, textOf, type DaysSearch, type UrlSearch } from "../../lists/search-params.ts";

export const CHANNELS = ["counter", "online", "import"] as const satisfies readonly SaleChannel[];
export const STATUSES = ["completed", "pending", "cancelled"] as const satisfies readonly SaleStatus[];
const KINDS = ["sale", "refund"] as const satisfies readonly SaleKind[];

/** The filters of the sales in the URL. */
export type SalesSearch = DaysSearch & {
  channel?: SaleChannel;
  kind?: SaleKind;
  status?: SaleStatus;
  seller?: string;
  number?: string;
};

export const salesSearch = (search: UrlSearch): SalesSearch => ({
  ...daysOf(search),
  ...optionOf(search, "channel", CHANNELS),
  ...optionOf(search, "kind", KINDS),
  ...optionOf(search, "status", STATUSES),
  ...textOf(search, "seller"),
  ...textOf(search, "number"),
});
