// The weekly report: one mail for each ADMIN who wants it, in the morning of their shop's Monday.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { wantsMails } from "../../auth/accounts/mail-preferences.ts";
import { storeMail } from "../../mail/outbox.ts";
import type { Base } from "../../platform/context.ts";
import { addDays, dayOf, periodOf, timeOf } from "../../values/days.ts";

const ACCOUNTS_PER_PAGE = 200;

// Later runs of the morning store what the first one could not.
const FIRST_TIME = "08:00:00";
const END_TIME = "12:00:00";

/** The Monday of the week to report on; null unless it is Monday morning in this time zone. */
export function weekToReport(now: Date, timezone: string): string | null {
  const today = dayOf(now, timezone);
  const time = timeOf(now, timezone);
  const isMorning = periodOf(today, "week") === today && time >= FIRST_TIME && time < END_TIME;
  return isMorning ? addDays(today, -7) : null;
}

const accountRow = z.object({
  tenant_id: z.string(),
  id: z.string(),
  email: z.string(),
  timezone: z.string(),
});

const keyShape = z.tuple([z.string(), z.string()]);

/** Stores the reports that are due; a page of a sweep. The index of mails by cause stores one a week. Two round trips. */
export async function storeWeeklyReports(ctx: Base, after = ""): Promise<string | null> {
  const [tenantId, userId] = after === "" ? ["", ""] : keyShape.parse(JSON.parse(after));
  const accounts = await ctx.db.all(
    accountRow,
    sql`SELECT u.tenant_id, u.id, u.email, t.timezone FROM users u INDEXED BY users_weekly_report
      CROSS JOIN tenants t ON t.id = u.tenant_id AND t.is_active = 1
      WHERE ${wantsMails("weekly_report")} AND (u.tenant_id, u.id) > (${tenantId}, ${userId})
      ORDER BY u.tenant_id, u.id LIMIT ${ACCOUNTS_PER_PAGE}`,
  );
  const mails = accounts.flatMap(({ tenant_id, email, timezone }) => {
    const week = weekToReport(ctx.now, timezone);
    return week === null
      ? []
      : [
          storeMail(ctx, tenant_id, {
            kind: "report.weekly",
            subjectId: week,
            causeId: week,
            recipient: email,
          }),
        ];
  });
  if (mails.length > 0) await ctx.db.batch(mails);
  const last = accounts.at(-1);
  return last && accounts.length === ACCOUNTS_PER_PAGE ? JSON.stringify([last.tenant_id, last.id]) : null;
}
