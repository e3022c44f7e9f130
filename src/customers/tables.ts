// The customers of a shop, with or without an account. The account of a customer has the same id, and triggers give each account
// of a customer its record and keep its name and e-mail. The full-text index customer_search has the words of each record that is neither
// merged nor erased; it is joined by rowid and maintained by triggers.
import { sql, type SQL } from "drizzle-orm";
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

const replaced = (text: string, characters: readonly string[], by: string): string =>
  characters.reduce((inner, each) => `replace(${inner}, '${each.replace("'", "''")}', ${by})`, text);

// U+00A0 is a space at which no line breaks.
const SEPARATORS = ["-", ".", ",", "'", "’", "@", "_", "+", "/", "(", ")", "&", "·", "\u00a0"];
const digits = replaced("phone", [" ", "-", ".", "/", "(", ")", "+", "\u00a0"], "''");

// A person may type a phone with or without its country code, which has one to three digits.
const phoneWords = `coalesce(${digits} || iif(phone LIKE '+%', ' ' || substr(${digits}, 2) || ' ' || substr(${digits}, 3) || ' '
  || substr(${digits}, 4), ''), '')`;
const taxIdWord = `coalesce(${replaced("tax_id", [" ", "-", ".", "/"], "''")}, '')`;
const shop = "replace(tenant_id, '-', '')";

// Every word begins with the id of the shop, so that a search reads the words of one shop only.
const words: SQL = sql.raw(
  `' ' || ${shop} || replace(${replaced(
    `coalesce(name, '') || ' ' || coalesce(email, '') || ' ' || coalesce(account_email, '') || ' ' || ${phoneWords} || ' ' || ${taxIdWord}`,
    SEPARATORS,
    "' '",
  )}, ' ', ' ' || ${shop})`,
);

export const customers = sqliteTable(
  "customers",
  {
    tenantId: text("tenant_id").notNull(),
    id: text().notNull(),
    name: text(),
    // NFC and lower case. That of an account only after it was confirmed, so that nobody gets the orders of an address that is
    // not theirs.
    email: text(),
    // That of the account, confirmed or not; NULL without an account.
    accountEmail: text("account_email"),
    phone: text(),
    taxId: text("tax_id"),
    // JSON
    addresses: text().notNull().default("[]"),
    note: text(),
    language: text(),
    // When the customer agreed to mails that no order causes; NULL: they did not.
    acceptsMailAt: text("accepts_mail_at"),
    // The customer in the files of another system.
    externalRef: text("external_ref"),
    // The record that replaced this one, which remains so that its reference and e-mail address lead there.
    mergedInto: text("merged_into"),
    erasedAt: text("erased_at"),
    words: text().generatedAlwaysAs(words, { mode: "virtual" }),
    // The import that added the record: its undo removes it, unless something else refers to it.
    addedByImport: text("added_by_import"),
    version: integer().notNull().default(1),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.id], foreignColumns: [users.tenantId, users.id] }),
    foreignKey({ columns: [t.tenantId, t.mergedInto], foreignColumns: [t.tenantId, t.id] }),
    uniqueIndex("customers_email")
      .on(t.tenantId, t.email)
      .where(sql`email IS NOT NULL`),
    uniqueIndex("customers_external_ref")
      .on(t.tenantId, t.externalRef)
      .where(sql`external_ref IS NOT NULL`),
    index("customers_live")
      .on(t.tenantId, t.id)
      .where(sql`merged_into IS NULL AND erased_at IS NULL`),
    index("customers_merged")
      .on(t.tenantId, t.mergedInto)
      .where(sql`merged_into IS NOT NULL`),
    index("customers_import")
      .on(t.tenantId, t.addedByImport, t.id)
      .where(sql`added_by_import IS NOT NULL`),
    check("customers_addresses", sql`json_valid(addresses)`),
  ],
);

// Merges whose sales have still to be given to the record that replaced theirs.
export const customerMerges = sqliteTable(
  "customer_merges",
  {
    tenantId: text("tenant_id").notNull(),
    fromId: text("from_id").notNull(),
    intoId: text("into_id").notNull(),
    dueAt: text("due_at").notNull(),
    // Whether sales were moved: then figures of the days of the record that remains change too.
    hasMoved: integer("has_moved").notNull().default(0),
    // Since when every attempt has failed.
    failingSince: text("failing_since"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.fromId] }),
    foreignKey({ columns: [t.tenantId, t.fromId], foreignColumns: [customers.tenantId, customers.id] }),
    foreignKey({ columns: [t.tenantId, t.intoId], foreignColumns: [customers.tenantId, customers.id] }),
    index("customer_merges_due").on(t.dueAt),
  ],
);
