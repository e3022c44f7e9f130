// The customers of a shop. A record that was merged leads to the one that replaced it.
import { sql, type SQL } from "drizzle-orm";
import { z } from "zod";
import { audit, auditUpdate } from "../audit/log.ts";
import {
  acceptedVersions,
  preconditionFailed,
  preconditionRequired,
  requiresIfMatch,
  versionCondition,
} from "../auth/shops/if-match.ts";
import { idempotentRequest, runOnce, storeResponse } from "../idempotency/run-once.ts";
import { assignments } from "../platform/columns.ts";
import { actorId, type ActorCtx, type Ctx } from "../platform/context.ts";
import { returning, sqlBoolean, violates } from "../platform/d1.ts";
import { notFound, Problem } from "../platform/problem.ts";
import { newId } from "../values/ids.ts";
import { type CustomerBody, customerColumns, customerRow } from "./columns.ts";
import { insertCustomer } from "./new-customer.ts";
import { Customer, type CustomerPatch, type NewCustomer } from "./schema.ts";

/** A scalar subquery: the id of the record with this id, or of the one that replaced it; NULL if there is neither. */
export const currentCustomer = (tenantId: string, id: string | SQL): SQL =>
  sql`(SELECT coalesce(merged_into, id) FROM customers WHERE tenant_id = ${tenantId} AND id = ${id})`;

/** A query: the id of the record with this e-mail (folded; NULL for none), or of the one that replaced it. */
export const customerByEmail = (tenantId: string, email: string | null): SQL =>
  sql`SELECT coalesce(merged_into, id) AS id FROM customers INDEXED BY customers_email
    WHERE tenant_id = ${tenantId} AND email = ${email} AND email IS NOT NULL`;

/** SQL for the id that a sale names: as `currentCustomer`, or of an account that has no record before its first sale. */
export const buyerOf = (tenantId: string, id: string): SQL =>
  sql`coalesce(${currentCustomer(tenantId, id)}, ${id})`;

/** The statement that selects a customer, of a merged record the one that replaced it. */
export const selectCustomer = (ctx: Ctx, id: string) =>
  returning(
    customerRow,
    sql`SELECT ${customerColumns()} FROM customers WHERE tenant_id = ${ctx.tenant.id}
      AND id = ${currentCustomer(ctx.tenant.id, id)} AND erased_at IS NULL`,
  );

const ownerRow = z.object({ id: z.string() });

/** The problem behind a write that failed: another record has the e-mail or reference. Any other error is returned unchanged. */
async function writeProblem(ctx: Ctx, fields: Fields, error: unknown): Promise<unknown> {
  if (!violates(error, "customers.tenant_id")) return error;
  for (const [column, slug, what] of TAKEN) {
    const value = fields[column];
    if (typeof value !== "string") continue;
    const [owner] = await ctx.db.all(
      ownerRow,
      sql`SELECT coalesce(merged_into, id) AS id FROM customers WHERE tenant_id = ${ctx.tenant.id}
        AND ${sql.raw(column)} = ${value} AND ${sql.raw(column)} IS NOT NULL`,
    );
    if (owner)
      return new Problem(slug, `The customer ${owner.id} has this ${what}. Change or merge that one.`, {
        customer_id: owner.id,
      });
  }
  return new Problem("conflict", "Another customer had this e-mail or reference. Try again.");
}

const TAKEN = [
  ["email", "email-taken", "e-mail"],
  ["external_ref", "reference-taken", "reference"],
] as const;

/** New values by column. */
type Fields = Record<string, unknown>;

/** The columns of an input; consent already given keeps its time. */
function fieldsOf(ctx: Ctx, { accepts_mail, ...input }: z.infer<typeof CustomerPatch>): Fields {
  return Object.fromEntries(
    Object.entries({
      ...input,
      accepts_mail_at: accepts_mail === undefined ? undefined : accepts_mail ? ctx.now.toISOString() : null,
    }).filter(([, value]) => value !== undefined),
  );
}

/** Adds a customer without an account. One round trip. @throws Problem email-taken, reference-taken, idempotency-mismatch */
export async function addCustomer(
  ctx: ActorCtx,
  input: z.infer<typeof NewCustomer>,
  key: string | undefined,
): Promise<{ replayed: boolean; value: CustomerBody }> {
  const request = idempotentRequest(ctx.tenant.id, actorId(ctx), key, input);
  return runOnce(ctx, request, Customer, async () => {
    const now = ctx.now.toISOString();
    const { accepts_mail = false, ...given } = input;
    const customer: CustomerBody = {
      id: newId(),
      email: null,
      phone: null,
      tax_id: null,
      addresses: [],
      note: null,
      language: null,
      external_ref: null,
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      name: input.name,
      accepts_mail,
      accepts_mail_at: accepts_mail ? now : null,
      email_confirmed: typeof input.email === "string",
      email_bounced_at: null,
      has_login: false,
      version: 1,
      created_at: now,
      updated_at: now,
    };
    try {
      await ctx.db.batch([
        ...insertCustomer(ctx.now, ctx.tenant.id, customer),
        audit(ctx, "customer.added", customer.id),
        ...storeResponse(ctx.now, request, JSON.stringify(customer)),
      ]);
    } catch (error) {
      throw await writeProblem(ctx, customer, error);
    }
    return customer;
  });
}

const belongsToAccount = (): Problem =>
  new Problem(
    "belongs-to-account",
    "The customer has an account, whose owner changes its name and e-mail with PATCH /users/me and PUT /users/me/email.",
  );

/**
 * Changes the given fields if `ifMatch` accepts the version of the customer. One round trip, or three of a merged record.
 * @throws Problem precondition-failed, precondition-required, belongs-to-account, email-taken, reference-taken, not-found
 */
export async function changeCustomer(
  ctx: ActorCtx,
  id: string,
  patch: z.infer<typeof CustomerPatch>,
  ifMatch: string | undefined,
): Promise<CustomerBody> {
  const fields = fieldsOf(ctx, patch);
  const isEmpty = Object.keys(fields).length === 0;
  const changed = isEmpty ? null : await update(ctx, id, fields, ifMatch);
  if (changed) return changed;
  const { customer, isRequired } = await getWithSetting(ctx, id);
  if (customer.id !== id) return changeCustomer(ctx, customer.id, patch, ifMatch);
  const isAccounts = isOfAccount(customer, fields);
  if (ifMatch === undefined && (isRequired || !(isEmpty || isAccounts)))
    throw preconditionRequired("customer");
  if (acceptedVersions(ifMatch)?.includes(customer.version) === false)
    throw preconditionFailed("customer", customer);
  if (isAccounts) throw belongsToAccount();
  return customer;
}

const ifMatchSetting = z.object({ is_required: sqlBoolean });

/** A customer, and whether the shop requires If-Match. One round trip. @throws Problem not-found */
async function getWithSetting(
  ctx: ActorCtx,
  id: string,
): Promise<{ customer: CustomerBody; isRequired: boolean }> {
  const record = selectCustomer(ctx, id);
  const setting = returning(ifMatchSetting, sql`SELECT ${requiresIfMatch(ctx)} AS is_required`);
  const done = await ctx.db.batch([record, setting]);
  const [customer] = done.of(record);
  if (!customer) throw notFound("customer");
  return { customer, isRequired: done.of(setting)[0]?.is_required === true };
}

const isOfAccount = ({ has_login }: CustomerBody, fields: Fields): boolean =>
  has_login && ("name" in fields || "email" in fields);

/** Null if no record has this id, the accepted version and the right to its name and e-mail. */
async function update(
  ctx: ActorCtx,
  id: string,
  fields: Fields,
  ifMatch: string | undefined,
): Promise<CustomerBody | null> {
  const { accepts_mail_at, ...values } = fields;
  const consent =
    "accepts_mail_at" in fields
      ? [
          accepts_mail_at === null
            ? sql`accepts_mail_at = NULL`
            : sql`accepts_mail_at = coalesce(accepts_mail_at, ${accepts_mail_at})`,
        ]
      : [];
  const row = sql`FROM customers WHERE tenant_id = ${ctx.tenant.id} AND id = ${id} AND merged_into IS NULL AND erased_at IS NULL
    AND ${versionCondition(ctx, ifMatch)} ${"name" in fields || "email" in fields ? sql`AND account_email IS NULL` : sql``}`;
  const updated = returning(
    customerRow,
    sql`UPDATE customers SET ${sql.join(
      [
        ...assignments(values),
        ...consent,
        sql`version = version + 1`,
        sql`updated_at = ${ctx.now.toISOString()}`,
      ],
      sql`, `,
    )} WHERE (tenant_id, id) IN (SELECT tenant_id, id ${row}) RETURNING ${customerColumns()}`,
  );
  try {
    const done = await ctx.db.batch([
      auditUpdate(ctx, "customer.changed", id, fields, row, { namesOnly: true }),
      updated,
    ]);
    return done.of(updated)[0] ?? null;
  } catch (error) {
    throw await writeProblem(ctx, fields, error);
  }
}
