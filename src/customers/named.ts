// Customers whom a file names, by an e-mail address, by a reference, or by both. Their records are found and added in SQL, in the
// batch that refers to them, so that two at once do not add two.
import { sql, type SQL } from "drizzle-orm";
import { Email } from "../auth/accounts/schema.ts";
import { newId } from "../values/ids.ts";

/** `email` is folded; at least one of `ref` and `email` is given. */
export type NamedCustomer = { ref: string | null; email: string | null; name: string | null };

/** A customer whom an import names. */
export type ImportedCustomer = NamedCustomer & { import_id: string | null };

/** The address that the text is, folded; null if it is none. */
export function emailIn(text: string): string | null {
  if (!text.includes("@")) return null;
  const { data } = Email.safeParse(text);
  return data ?? null;
}

// Several words without digits.
const NAME = /^\P{Nd}*\p{L}\s+\p{L}\P{Nd}*$/u;

/** What identifies the customer whom this text names: an e-mail address, else a reference, which may be their name. */
export function identityOf(text: string): NamedCustomer {
  const email = emailIn(text);
  if (email !== null) return { ref: null, email, name: null };
  return { ref: text, email: null, name: NAME.test(text) ? text : null };
}

const recordBy = (tenantId: string, column: "external_ref" | "email", value: SQL): SQL =>
  sql`(SELECT coalesce(k.merged_into, k.id) FROM customers k WHERE k.tenant_id = ${tenantId} AND k.${sql.raw(column)} = ${value})`;

/** A scalar subquery: the id of the customer with this reference, else with this address; that of the record which replaced theirs. */
export const customerIdOf = (tenantId: string, ref: SQL, email: SQL): SQL =>
  sql`coalesce(${recordBy(tenantId, "external_ref", ref)}, ${recordBy(tenantId, "email", email)})`;

/** Each reference once, with the first address and name that a row states for it, and each address that is without a reference. */
function distinct(customers: ImportedCustomer[]): ImportedCustomer[] {
  const found = new Map<string, ImportedCustomer>();
  for (const customer of customers) {
    const key = customer.ref === null ? `e${customer.email}` : `r${customer.ref}`;
    const { email = null, name = null } = found.get(key) ?? {};
    found.set(key, { ...customer, email: email ?? customer.email, name: name ?? customer.name });
  }
  return [...found.values()];
}

/**
 * The statements that add a record for each customer who has none. A new reference with a known address becomes an alias of that
 * customer; of several new ones with the same address one is added, and the others are found by the address. An address that an
 * account has not confirmed is nobody's.
 */
export function addUnknownCustomers(now: Date, tenantId: string, customers: ImportedCustomer[]): SQL[] {
  if (customers.length === 0) return [];
  const at = now.toISOString();
  const json = JSON.stringify(distinct(customers).map((customer) => ({ id: newId(), ...customer })));
  const byEmail = recordBy(tenantId, "email", sql`j.value ->> 'email'`);
  const byRef = recordBy(tenantId, "external_ref", sql`j.value ->> 'ref'`);
  const unknown = sql`(SELECT j.value ->> 'id' AS id, j.value ->> 'ref' AS ref, j.value ->> 'email' AS email,
      j.value ->> 'import_id' AS import_id, ${byEmail} AS known,
      coalesce(j.value ->> 'name', max(j.value ->> 'name') OVER (PARTITION BY coalesce(j.value ->> 'email', j.value ->> 'id'))) AS name,
      row_number() OVER (PARTITION BY coalesce(j.value ->> 'email', j.value ->> 'id') ORDER BY j.value ->> 'ref' IS NULL, j.key) AS nth
    FROM json_each(${json}) j WHERE iif(j.value ->> 'ref' IS NULL, ${byEmail}, ${byRef}) IS NULL) WHERE nth = 1`;
  return [
    sql`INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role, is_active, has_login, created_at)
      SELECT ${tenantId}, id, id || '@no-login.invalid', 'none', '', '', 'CUSTOMER', 0, 0, ${at} FROM ${unknown}`,
    sql`INSERT INTO customers (tenant_id, id, external_ref, email, name, merged_into, added_by_import, created_at, updated_at)
      SELECT ${tenantId}, id, ref, iif(known IS NULL, email, NULL), iif(known IS NULL, name, NULL), known, import_id, ${at}, ${at}
      FROM ${unknown}`,
  ];
}
