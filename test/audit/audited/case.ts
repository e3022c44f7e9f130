// How a change is made to happen, and what the log has to say of it.
import type { Sent } from "../../support/client.ts";
import type { Shop } from "../../support/shops.ts";

/** A request; and what the log has to say of it, from what was answered. */
export type Change = {
  shop: Shop;
  method: string;
  path: string;
  sent: Sent;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into the answer
  told: (body: any) => { actor?: string; entity_id: string; before: unknown; after: unknown };
};

export type Case = { action: string; make: () => Promise<Change> };
