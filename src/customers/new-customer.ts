import { sql, type SQL } from "drizzle-orm";
import type { Address } from "../values/address.ts";
import type { z } from "zod";

/** What is known about a new customer; `email` folded as everywhere. Columns of `customers`. */
export type NewCustomer = {
  id: string;
  name?: string | null;
  email?: string | null;
  phone?: string | null;
  tax_id?: string | null;
  addresses?: z.infer<typeof Address>[];
  note?: string | null;
  language?: string | null;
  accepts_mail_at?: string | null;
  external_ref?: string | null;
};

/**
 * The statements that store a customer without an account. The row in `users` lets sales refer to the customer; nobody can sign in
 * with it. `when` is SQL that says whether the customer is stored.
 */
export function insertCustomer(now: Date, tenantId: string, customer: NewCustomer, when = sql`true`): SQL[] {
  const { id, name = null, email = null, phone = null, tax_id = null, addresses = [] } = customer;
  const { note = null, language = null, accepts_mail_at = null, external_ref = null } = customer;
  const at = now.toISOString();
  return [
    sql`INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, is_active, has_login, created_at)
      SELECT ${tenantId}, ${id}, ${`${id}@no-login.invalid`}, 'none', '', '', 'CUSTOMER', 0, 0, ${at} WHERE ${when}`,
    sql`INSERT INTO customers (tenant_id, id, name, email, phone, tax_id, addresses, note, language, accepts_mail_at, external_ref,
        created_at, updated_at)
      SELECT ${tenantId}, ${id}, ${name}, ${email}, ${phone}, ${tax_id}, ${JSON.stringify(addresses)}, ${note}, ${language},
        ${accepts_mail_at}, ${external_ref}, ${at}, ${at} WHERE ${when}`,
  ];
}
