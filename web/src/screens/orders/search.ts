import type { OrderStatus } from "@mostrador/sdk";
import { daysOf, optionOf, textOf, type DaysSearch, type UrlSearch } from "../../lists/search-params.ts";

export const ORDER_STATUSES = [
  "pending",
  "completed",
  "cancelled",
  "refunded",
] as const satisfies readonly OrderStatus[];

/** The filters of the orders in the URL. */
export type OrdersSearch = DaysSearch & { status?: OrderStatus; q?: string };

export const ordersSearch = (search: UrlSearch): OrdersSearch => ({
  ...daysOf(search),
  ...optionOf(search, "status", ORDER_STATUSES),
  ...textOf(search, "q"),
});

/** A new order may be for a customer. */
export type NewOrderSearch = { customer?: string };

export const newOrderSearch = (search: UrlSearch): NewOrderSearch => textOf(search, "customer");
