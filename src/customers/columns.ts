// A customer as clients see it.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { bouncedAt } from "../mail/bounces.ts";
import { columnsOf } from "../platform/columns.ts";
import { Address } from "../values/address.ts";
import type { Customer } from "./schema.ts";

export type CustomerBody = z.infer<typeof Customer>;

const storedRow = z.object({
  id: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  account_email: z.string().nullable(),
  phone: z.string().nullable(),
  tax_id: z.string().nullable(),
  addresses: z.string(),
  note: z.string().nullable(),
  language: z.string().nullable(),
  accepts_mail_at: z.string().nullable(),
  external_ref: z.string().nullable(),
  version: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
});

/** The columns of a row of `customers`, for SELECT or RETURNING; `row` is its name in the query. */
export const customerColumns = (row = "customers"): SQL =>
  sql`${columnsOf(storedRow)}, ${bouncedAt(sql.raw(`${row}.tenant_id`), sql.raw(`coalesce(${row}.email, ${row}.account_email)`))}
    AS email_bounced_at`;

/** A row of `customerColumns` as a customer. */
export const customerRow = storedRow
  .extend({ email_bounced_at: z.string().nullable() })
  .transform(({ account_email, email, addresses, ...row }): CustomerBody => ({
    ...row,
    email: email ?? account_email,
    email_confirmed: email !== null,
    addresses: z.array(Address).parse(JSON.parse(addresses)),
    accepts_mail: row.accepts_mail_at !== null,
    has_login: account_email !== null,
  }));
