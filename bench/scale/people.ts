// Accounts, sellers and their shifts.
import { instant, random } from "./random.ts";
import {
  accountId,
  accountsOf,
  integers,
  recordId,
  referenceOf,
  sellerId,
  shiftId,
  YEARS_DAYS,
  type ShopSize,
} from "./size.ts";

/** The e-mail of the customer who buys most; they have a session that does not expire. */
export const BUYER_EMAIL = "c0@example.com";

const USER_COLUMNS = "tenant_id, id, email, password_hash, first_name, last_name, role, created_at";

/** The statements that add the accounts, sellers and shifts. */
export function peopleStatements(size: ShopSize): string[] {
  const { tenant, firstDay } = size;
  const hash = `(SELECT password_hash FROM users WHERE tenant_id = '${tenant}' ORDER BY id DESC LIMIT 1)`;
  const start = `${firstDay} + d.n * 86400000 + 27000000`;
  const day = `date((${start}) / 1000, 'unixepoch')`;
  const zNumber = `d.n * ${size.sellers} + s.n + 1`;
  return [
    `${integers(accountsOf(size))} INSERT INTO users (${USER_COLUMNS})
      SELECT '${tenant}', ${accountId(size, "n")}, 'c' || n || '@example.com', ${hash}, 'Customer', 'No ' || n, 'CUSTOMER',
        ${instant(String(firstDay))} FROM n`,
    `${integers(accountsOf(size))} INSERT INTO users (${USER_COLUMNS}, is_active, has_login)
      SELECT '${tenant}', ${recordId(size, "n")}, ${recordId(size, "n")} || '@no-login.invalid', 'none', '', '', 'CUSTOMER',
        ${instant(String(firstDay))}, 0, 0 FROM n`,
    `${integers(accountsOf(size))} INSERT INTO customers (tenant_id, id, external_ref, name, created_at, updated_at)
      SELECT '${tenant}', ${recordId(size, "n")}, ${referenceOf(size, "n")}, 'Customer of a file ' || n,
        ${instant(String(firstDay))}, ${instant(String(firstDay))} FROM n`,
    `INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, created_at, expires_at)
      SELECT tenant_id, id, 1, id, '', created_at, '9999-12-31T00:00:00.000Z' FROM users
      WHERE tenant_id = '${tenant}' AND email = '${BUYER_EMAIL}'`,
    `${integers(size.sellers)} INSERT INTO users (${USER_COLUMNS})
      SELECT '${tenant}', ${sellerId(size, "n")}, 's' || n || '@example.com', ${hash}, 'Seller', 'No ' || n, 'EMPLOYEE',
        ${instant(String(firstDay))} FROM n`,
    `${integers(YEARS_DAYS)}, sellers(n) AS (SELECT n FROM n WHERE n < ${size.sellers})
      INSERT INTO shifts (tenant_id, id, user_id, status, start_at, day, end_at, opening_cash, counted_cash, z_number, z_report,
        last_activity_at, created_at)
      SELECT '${tenant}', ${shiftId(size, "d.n", "s.n")}, ${sellerId(size, "s.n")}, 'CLOSED', ${instant(start)}, ${day},
        ${instant(`${start} + 43200000 + (${random("d.n * 20 + s.n", 1, 3_600_000)})`)}, 10000, 10000, ${zNumber}, NULL,
        ${instant(`${start} + 36000000`)}, ${instant(start)}
      FROM n d CROSS JOIN sellers s`,
    `INSERT INTO breaks (tenant_id, shift_id, id, is_paid, start_at, end_at)
      SELECT tenant_id, id, id, 0, strftime('%Y-%m-%dT%H:%M:%fZ', start_at, '+5 hours'),
        strftime('%Y-%m-%dT%H:%M:%fZ', start_at, '+330 minutes')
      FROM shifts WHERE tenant_id = '${tenant}'`,
    `INSERT INTO work_sessions (tenant_id, shift_id, id, device_label, start_at, end_at)
      SELECT tenant_id, id, id, 'Till', start_at, end_at FROM shifts WHERE tenant_id = '${tenant}'`,
    `INSERT INTO activity (tenant_id, shift_id, id, at, platform, kind, created_at, seq)
      SELECT h.tenant_id, h.id, printf('%04d', v.value), h.start_at, 'whatsapp', 'message_answered', h.start_at, v.value
      FROM (SELECT * FROM shifts WHERE tenant_id = '${tenant}' ORDER BY day DESC LIMIT ${size.sellers * 30}) h
      CROSS JOIN json_each('[${Array.from({ length: 40 }, (_, at) => at).join()}]') v`,
    `INSERT INTO alerts (tenant_id, id, kind, shift_id, user_id, opened_at, closed_at)
      SELECT tenant_id, id, iif(z_number % 2, 'idle', 'overlong'), id, user_id, start_at, end_at
      FROM shifts WHERE tenant_id = '${tenant}' AND z_number % 4 = 1`,
    `INSERT INTO audit_log (tenant_id, id, actor_id, action, entity_id, before, after, request_id)
      SELECT tenant_id, id, user_id, 'shift.closed', id, NULL, '{"counted_cash":10000}', NULL
      FROM shifts WHERE tenant_id = '${tenant}'`,
  ];
}
