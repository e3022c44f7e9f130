// The reports that ADMINs get by mail in the morning, by the clock of their shop: of the week on Monday, of the day each day.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { type MailPreference, wantsMails } from "../../auth/accounts/mail-preferences.ts";
import { storeMail } from "../../mail/outbox.ts";
import type { MailKind } from "../../mail/schema.ts";
import type { Base } from "../../platform/context.ts";
import { addDays, dayOf, periodOf, timeOf } from "../../values/days.ts";

const ACCOUNTS_PER_PAGE = 200;

type Report = {
  kind: MailKind;
  preference: MailPreference;
  /** The index of the accounts that have turned the preference on. */
  index: SQL;
  /** The first day of the report that is due now in a time zone; null if none is. */
  dueDay: (now: Date, timezone: string) => string | null;
};

// Later runs of the morning store what the first one could not.
const isMorning = (now: Date, timezone: string, from: string): boolean => {
  const time = timeOf(now, timezone);
  return time >= from && time < "12:00:00";
};

/** The Monday of the week to report on; null unless it is Monday morning in this time zone. */
export function weekToReport(now: Date, timezone: string): string | null {
  const today = dayOf(now, timezone);
  const isMonday = periodOf(today, "week") === today;
  return isMonday && isMorning(now, timezone, "08:00:00") ? addDays(today, -7) : null;
}

/** The day to report on, yesterday; null unless it is morning in this time zone. */
export const dayToReport = (now: Date, timezone: string): string | null =>
  isMorning(now, timezone, "07:00:00") ? addDays(dayOf(now, timezone), -1) : null;

const weekly: Report = {
  kind: "report.weekly",
  preference: "weekly_report",
  index: sql.raw("users_weekly_report"),
  dueDay: weekToReport,
};

const daily: Report = {
  kind: "report.daily",
  preference: "daily_summary",
  index: sql.raw("users_daily_summary"),
  dueDay: dayToReport,
};

const accountRow = z.object({
  tenant_id: z.string(),
  id: z.string(),
  email: z.string(),
  timezone: z.string(),
});

const keyShape = z.tuple([z.string(), z.string()]);

/** Stores the reports that are due; a page of a sweep. The index of mails stores one of each day or week. Two round trips. */
async function storeReports(ctx: Base, report: Report, after: string): Promise<string | null> {
  const [tenantId, userId] = after === "" ? ["", ""] : keyShape.parse(JSON.parse(after));
  const accounts = await ctx.db.all(
    accountRow,
    sql`SELECT u.tenant_id, u.id, u.email, t.timezone FROM users u INDEXED BY ${report.index}
      CROSS JOIN tenants t ON t.id = u.tenant_id AND t.is_active = 1
      WHERE ${wantsMails(report.preference)} AND (u.tenant_id, u.id) > (${tenantId}, ${userId})
      ORDER BY u.tenant_id, u.id LIMIT ${ACCOUNTS_PER_PAGE}`,
  );
  const mails = accounts.flatMap(({ tenant_id, email, timezone }) => {
    const day = report.dueDay(ctx.now, timezone);
    return day === null
      ? []
      : [storeMail(ctx, tenant_id, { kind: report.kind, subjectId: day, causeId: day, recipient: email })];
  });
  if (mails.length > 0) await ctx.db.batch(mails);
  const last = accounts.at(-1);
  return last && accounts.length === ACCOUNTS_PER_PAGE ? JSON.stringify([last.tenant_id, last.id]) : null;
}

/** Stores the weekly reports that are due; a page of a sweep. */
export const storeWeeklyReports = (ctx: Base, after = ""): Promise<string | null> =>
  storeReports(ctx, weekly, after);

/** Stores the daily summaries that are due; a page of a sweep. */
export const storeDailySummaries = (ctx: Base, after = ""): Promise<string | null> =>
  storeReports(ctx, daily, after);
