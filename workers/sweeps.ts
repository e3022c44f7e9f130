// The sweeps by the name in their messages. A cron trigger begins them (scheduled.ts); messages continue them (queue.ts).
import { deleteExpiredCarts } from "../src/cart/carts.ts";
import { deleteExpiredGrants } from "../src/auth/device-grants/collect.ts";
import { deleteExpiredTokens } from "../src/auth/links/tokens.ts";
import { deleteExpiredSessions } from "../src/auth/login/sessions.ts";
import { sweepOrphanedCovers } from "../src/catalog/covers/covers.ts";
import { MERGES } from "../src/auth/accounts/take-over.ts";
import { packFacets } from "../src/catalog/listing/packed-facets.ts";
import { setMissingSkuKeys } from "../src/catalog/products/sku-keys.ts";
import { indexStaleProducts } from "../src/catalog/search/indexing.ts";
import { resumeErasures } from "../src/erasure/sweep.ts";
import { deleteExpiredKeys } from "../src/idempotency/run-once.ts";
import { resumeStaleImports, sweepOrphanedFiles } from "../src/imports/jobs.ts";
import { deleteReplacedFiles } from "../src/lake/manifest.ts";
import { deleteOldMails, sendLateMails } from "../src/mail/jobs.ts";
import { storeDailySummaries, storeWeeklyReports } from "../src/metrics/mail-reports/jobs.ts";
import { runSweep, type Sweep } from "../src/platform/sweeps.ts";
import type { Base } from "../src/platform/context.ts";
import { cancelExpired } from "../src/purchases/cancel.ts";
import { deleteExpiredOrderTokens } from "../src/purchases/order-tokens.ts";
import { retryDueRefunds } from "../src/purchases/payments/refund-payments.ts";
import { moveMergedSales } from "../src/sales/merged-customers.ts";
import { setMissingOffsets } from "../src/rollups/offsets.ts";
import { buildShifts } from "../src/shifts/hours/build.ts";
import { setMissingCustomers } from "../src/rollups/references.ts";
import { deleteExpiredDeliveries, sendLateDeliveries } from "../src/webhooks/jobs.ts";

const sweeps = {
  "stale-imports": resumeStaleImports,
  "expired-holds": cancelExpired,
  "due-refunds": retryDueRefunds,
  "late-deliveries": sendLateDeliveries,
  "missing-sku-keys": setMissingSkuKeys,
  "missing-offsets": setMissingOffsets,
  "unbuilt-shifts": (ctx, after) => buildShifts(ctx, after),
  "missing-customers": (ctx, after) => setMissingCustomers(ctx, after),
  "stale-products": indexStaleProducts,
  "stale-facets": packFacets,
  "replaced-files": deleteReplacedFiles,
  erasures: (ctx) => resumeErasures(ctx),
  [MERGES]: (ctx) => moveMergedSales(ctx),
  "expired-keys": deleteExpiredKeys,
  "expired-sessions": deleteExpiredSessions,
  "expired-deliveries": deleteExpiredDeliveries,
  "late-mails": sendLateMails,
  "expired-tokens": deleteExpiredTokens,
  "expired-device-grants": deleteExpiredGrants,
  "expired-carts": deleteExpiredCarts,
  "expired-order-tokens": deleteExpiredOrderTokens,
  "old-mails": deleteOldMails,
  "orphaned-files": sweepOrphanedFiles,
  "orphaned-covers": sweepOrphanedCovers,
  "weekly-reports": storeWeeklyReports,
  "daily-summaries": storeDailySummaries,
} satisfies Record<string, Sweep>;

export type SweepName = keyof typeof sweeps;

/** Begins a sweep, which concerns all shops. */
export function beginSweep(ctx: Base, name: SweepName): Promise<void> {
  ctx.db.enterShop(null);
  return runSweep(ctx, sweeps[name], name);
}

/** Continues the sweep of a message; one that no longer exists ends. */
export async function continueSweep(ctx: Base, name: string, after: string): Promise<void> {
  const sweep: Sweep | undefined = Object.entries(sweeps).find(([each]) => each === name)?.[1];
  if (sweep) await runSweep(ctx, sweep, name, after);
}
