// A person has at most one OPEN shift: the Durable Object decides, and the partial unique index enforces it. Only an ADMIN's
// correction changes a closed shift, and shift_audit records it (append-only, by triggers).
import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { tenants, users } from "../auth/tables.ts";

export const shifts = sqliteTable(
  "shifts",
  {
    tenantId: text("tenant_id").notNull(),
    id: text().notNull(),
    userId: text("user_id").notNull(),
    status: text().notNull(),
    startAt: text("start_at").notNull(),
    // The day of the start in the shop's time zone.
    day: text().notNull(),
    endAt: text("end_at"),
    openingCash: integer("opening_cash").notNull(),
    countedCash: integer("counted_cash"),
    zNumber: integer("z_number"),
    // The report at the close; it is never computed again.
    zReport: text("z_report"),
    // When the last new activity was received.
    lastActivityAt: text("last_activity_at"),
    // Open longer than the shop allows: an ADMIN has to set its end.
    needsReview: integer("needs_review").notNull().default(0),
    proposedEndAt: text("proposed_end_at"),
    createdAt: text("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.userId], foreignColumns: [users.tenantId, users.id] }),
    uniqueIndex("shifts_open")
      .on(t.tenantId, t.userId)
      .where(sql`status = 'OPEN'`),
    uniqueIndex("shifts_z_number")
      .on(t.tenantId, t.zNumber)
      .where(sql`z_number IS NOT NULL`),
    index("shifts_open_day")
      .on(t.tenantId, t.day, t.startAt, t.id)
      .where(sql`status = 'OPEN'`),
    index("shifts_day").on(t.tenantId, t.day, t.startAt, t.id),
    index("shifts_user").on(t.tenantId, t.userId, t.day, t.startAt, t.id),
    // The last counted drawer of the shop.
    index("shifts_counted")
      .on(t.tenantId, t.endAt, t.id)
      .where(sql`counted_cash IS NOT NULL`),
    check("shifts_status", sql`status IN ('OPEN', 'CLOSED') AND (status = 'OPEN') = (end_at IS NULL)`),
    check("shifts_end", sql`end_at >= start_at`),
    check("shifts_needs_review", sql`needs_review IN (0, 1)`),
    check("shifts_proposed_end", sql`proposed_end_at >= start_at`),
    check("shifts_cash", sql`opening_cash >= 0 AND counted_cash >= 0`),
  ],
);

// The work of a closed shift on a day of the shop's time zone. Triggers in migrations/ add the rows to worked_totals, and move a shift
// that changes to unbuilt_shifts; with the time zone of the shop all do.
export const shiftDays = sqliteTable(
  "shift_days",
  {
    tenantId: text("tenant_id").notNull(),
    shiftId: text("shift_id").notNull(),
    day: text().notNull(),
    userId: text("user_id").notNull(),
    seconds: integer().notNull(),
    unpaidSeconds: integer("unpaid_seconds").notNull(),
    // The shift has worked on the day before too.
    isContinued: integer("is_continued").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.shiftId, t.day] }),
    foreignKey({ columns: [t.tenantId, t.shiftId], foreignColumns: [shifts.tenantId, shifts.id] }),
  ],
);

// The closed shifts without rows in shift_days.
export const unbuiltShifts = sqliteTable(
  "unbuilt_shifts",
  { tenantId: text("tenant_id").notNull(), shiftId: text("shift_id").notNull() },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.shiftId] }),
    foreignKey({ columns: [t.tenantId, t.shiftId], foreignColumns: [shifts.tenantId, shifts.id] }),
  ],
);

// The sums of shift_days by day and by month (its first day), in one row each: `totals` is an object by person of the seconds worked,
// the seconds of unpaid breaks, the shifts, and those of them that are continued.
export const workedTotals = sqliteTable(
  "worked_totals",
  {
    tenantId: text("tenant_id").notNull(),
    interval: text().notNull(),
    period: text().notNull(),
    totals: text().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.interval, t.period] }),
    check("worked_totals_interval", sql`interval IN ('day', 'month')`),
    check("worked_totals_totals", sql`json_valid(totals)`),
  ],
);

const ofShift = {
  tenantId: text("tenant_id").notNull(),
  shiftId: text("shift_id").notNull(),
  id: text().notNull(),
};

// A device on which the person works in a shift.
export const workSessions = sqliteTable(
  "work_sessions",
  {
    ...ofShift,
    deviceLabel: text("device_label"),
    startAt: text("start_at").notNull(),
    endAt: text("end_at"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.shiftId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.shiftId], foreignColumns: [shifts.tenantId, shifts.id] }),
    check("work_sessions_end", sql`end_at >= start_at`),
  ],
);

export const breaks = sqliteTable(
  "breaks",
  {
    ...ofShift,
    isPaid: integer("is_paid").notNull(),
    startAt: text("start_at").notNull(),
    endAt: text("end_at"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.shiftId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.shiftId], foreignColumns: [shifts.tenantId, shifts.id] }),
    uniqueIndex("breaks_open")
      .on(t.tenantId, t.shiftId)
      .where(sql`end_at IS NULL`),
    check("breaks_is_paid", sql`is_paid IN (0, 1)`),
    check("breaks_end", sql`end_at >= start_at`),
  ],
);

export const cashMoves = sqliteTable(
  "cash_moves",
  {
    ...ofShift,
    kind: text().notNull(),
    amount: integer().notNull(),
    reason: text().notNull(),
    // The ADMIN who approved paying out more than the drawer should hold.
    approvedBy: text("approved_by"),
    createdAt: text("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.shiftId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.shiftId], foreignColumns: [shifts.tenantId, shifts.id] }),
    check("cash_moves_kind", sql`kind IN ('paid_in', 'paid_out')`),
    check("cash_moves_amount", sql`amount BETWEEN 1 AND 9007199254740991`),
  ],
);

// What the person did in a shift, by the client's id: an event that is sent twice is one row.
export const activity = sqliteTable(
  "activity",
  {
    ...ofShift,
    at: text().notNull(),
    platform: text().notNull(),
    kind: text().notNull(),
    detail: text(),
    createdAt: text("created_at").notNull(),
    // The index in the batch in which it was received.
    seq: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.shiftId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.shiftId], foreignColumns: [shifts.tenantId, shifts.id] }),
    index("activity_order").on(t.tenantId, t.shiftId, t.at, t.createdAt, t.seq, t.id),
  ],
);

// The platforms that a shop allows, as one JSON list. A shop without a row allows all, an empty list allows none.
export const platformLists = sqliteTable(
  "platform_lists",
  {
    tenantId: text("tenant_id")
      .primaryKey()
      .references(() => tenants.id),
    names: text().notNull(),
  },
  () => [check("platform_lists_names", sql`json_valid(names) AND json_array_length(names) <= 100`)],
);

// Shifts that need the attention of an ADMIN; a shift has at most one open alert of each kind.
export const alerts = sqliteTable(
  "alerts",
  {
    tenantId: text("tenant_id").notNull(),
    id: text().notNull(),
    kind: text().notNull(),
    shiftId: text("shift_id").notNull(),
    userId: text("user_id").notNull(),
    openedAt: text("opened_at").notNull(),
    closedAt: text("closed_at"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.shiftId], foreignColumns: [shifts.tenantId, shifts.id] }),
    foreignKey({ columns: [t.tenantId, t.userId], foreignColumns: [users.tenantId, users.id] }),
    uniqueIndex("alerts_open")
      .on(t.tenantId, t.shiftId, t.kind)
      .where(sql`closed_at IS NULL`),
    index("alerts_unclosed")
      .on(t.tenantId, t.openedAt, t.id)
      .where(sql`closed_at IS NULL`),
    index("alerts_opened").on(t.tenantId, t.openedAt, t.id),
    index("alerts_user").on(t.tenantId, t.userId, t.openedAt, t.id),
    index("alerts_kind_opened").on(t.tenantId, t.kind, t.openedAt, t.id),
    check("alerts_kind", sql`kind IN ('idle', 'overlong')`),
    check("alerts_closed", sql`closed_at >= opened_at`),
  ],
);

// Changes of a shift by an ADMIN. Triggers reject changed or deleted rows, and overlapping shifts.
export const shiftAudit = sqliteTable(
  "shift_audit",
  {
    ...ofShift,
    actorId: text("actor_id").notNull(),
    action: text().notNull(),
    reason: text().notNull(),
    before: text().notNull(),
    after: text().notNull(),
    createdAt: text("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.shiftId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.shiftId], foreignColumns: [shifts.tenantId, shifts.id] }),
    foreignKey({ columns: [t.tenantId, t.actorId], foreignColumns: [users.tenantId, users.id] }),
    check("shift_audit_action", sql`action IN ('close', 'correct')`),
  ],
);
