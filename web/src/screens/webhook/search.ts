import type { DeliveryStatus } from "@mostrador/sdk";
import { optionOf, type UrlSearch } from "../../lists/search-params.ts";

export const DELIVERY_STATUSES = [
  "pending",
  "delivered",
  "failed",
  "dead",
] as const satisfies readonly DeliveryStatus[];

export type WebhookSearch = { status?: DeliveryStatus };

export const webhookSearch = (search: UrlSearch): WebhookSearch =>
  optionOf(search, "status", DELIVERY_STATUSES);
