// One OPEN shift a person: the partial unique index is the wall behind the Durable Object that decides it.
// A closed shift does not change but by an ADMIN's correction, which is in shift_audit (append-only, by triggers).
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
import { users } from "../auth/tables.ts";

export const shifts = sqliteTable(
  "shifts",
  {
    tenantId: text("tenant_id").notNull(),
    id: text().notNull(),
    userId: text("user_id").notNull(),
    status: text().notNull(),
    startAt: text("start_at").notNull(),
    // The shop's day on which it started.
    day: text().notNull(),
    endAt: text("end_at"),
    openingCash: integer("opening_cash").notNull(),
    countedCash: integer("counted_cash"),
    zNumber: integer("z_number"),
    // The report as it was at the close: it is never computed again.
    zReport: text("z_report"),
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
    index("shifts_day").on(t.tenantId, t.day, t.startAt, t.id),
    index("shifts_user").on(t.tenantId, t.userId, t.day, t.startAt, t.id),
    check("shifts_status", sql`status IN ('OPEN', 'CLOSED') AND (status = 'OPEN') = (end_at IS NULL)`),
    check("shifts_end", sql`end_at >= start_at`),
    check("shifts_cash", sql`opening_cash >= 0 AND counted_cash >= 0`),
  ],
);

const ofShift = {
  tenantId: text("tenant_id").notNull(),
  shiftId: text("shift_id").notNull(),
  id: text().notNull(),
};

// A device that a shift is worked from.
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
    createdAt: text("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.shiftId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.shiftId], foreignColumns: [shifts.tenantId, shifts.id] }),
    check("cash_moves_kind", sql`kind IN ('paid_in', 'paid_out')`),
    check("cash_moves_amount", sql`amount BETWEEN 1 AND 9007199254740991`),
  ],
);
