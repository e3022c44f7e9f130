// The profile of a shop. A trigger on `tenants` rejects another currency once there are amounts in the present one.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { auditDifference } from "../../audit/log.ts";
import { assignments, columnsOf } from "../../platform/columns.ts";
import { isStaff, type ActorCtx, type Ctx } from "../../platform/context.ts";
import { type Returning, returning, sqlBoolean, violates } from "../../platform/d1.ts";
import { notFound, Problem } from "../../platform/problem.ts";
import { unitsOf } from "../../platform/quantity-sql.ts";
import { toThousandths } from "../../values/quantities.ts";
import {
  type ChangedShop,
  PublicShop,
  type Shop,
  ShopAddress,
  type ShopPatch,
  type StaffShop,
} from "./profile-schema.ts";
import { rulesRow } from "./rules.ts";
import { settingsRow } from "./settings.ts";

const profileRow = z.object({
  slug: z.string(),
  name: z.string(),
  locale: z.string(),
  currency: z.string(),
  timezone: z.string(),
  country: z.string().nullable(),
  prices_include_tax: sqlBoolean,
  legal_name: z.string().nullable(),
  tax_id: z.string().nullable(),
  address: z
    .string()
    .transform((text) => ShopAddress.parse(JSON.parse(text)))
    .nullable(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  receipt_header: z.string().nullable(),
  receipt_footer: z.string().nullable(),
  brand_color: z.string().nullable(),
  ...rulesRow.shape,
});

const shopRow = z.looseObject({}).transform((row): z.infer<typeof StaffShop> => ({
  ...profileRow.parse(row),
  rules: settingsRow.parse(row),
}));

const columns = sql`${columnsOf(profileRow)}, ${columnsOf(settingsRow)}`;

/** The statement that reads the shop, for a batch of reads. */
export const selectShop = (ctx: Ctx): Returning<z.infer<typeof StaffShop>> =>
  returning(shopRow, sql`SELECT ${columns} FROM tenants WHERE id = ${ctx.tenant.id}`);

/** The rows of `selectShop` as the actor may see them. @throws Problem not-found */
export function visibleShop(ctx: Ctx, [shop]: z.infer<typeof StaffShop>[]): z.infer<typeof Shop> {
  if (!shop) throw notFound("shop");
  return isStaff(ctx) ? shop : PublicShop.parse(shop);
}

/** The shop as the actor may see it. One round trip. */
export async function getShop(ctx: Ctx): Promise<z.infer<typeof Shop>> {
  const selected = selectShop(ctx);
  const done = await ctx.db.batch([selected]);
  return visibleShop(ctx, done.of(selected));
}

const basisRow = z.object({ currency: z.string(), timezone: z.string() });

/** Changes the fields in `patch` and returns the shop with what the change entails. One round trip. @throws Problem currency-in-use */
export async function changeShop(
  ctx: ActorCtx,
  patch: z.infer<typeof ShopPatch>,
): Promise<z.infer<typeof ChangedShop>> {
  const { id } = ctx.tenant;
  const { max_discount_percent: percent, ...others } = patch;
  const changes = assignments({
    ...others,
    max_discount_percent: percent === undefined ? undefined : toThousandths(percent),
  });
  // Cached figures name the currency, and their days are those of the time zone.
  if (patch.currency !== undefined || patch.timezone !== undefined)
    changes.push(sql`revision = revision + 1`);
  const basis = returning(basisRow, sql`SELECT ${columnsOf(basisRow)} FROM tenants WHERE id = ${id}`);
  const changed =
    changes.length === 0
      ? selectShop(ctx)
      : returning(
          shopRow,
          sql`UPDATE tenants SET ${sql.join(changes, sql`, `)} WHERE id = ${id} RETURNING ${columns}`,
        );
  try {
    const done = await ctx.db.batch([basis, auditChange(ctx, patch), changed]);
    const [before] = done.of(basis);
    const [shop] = done.of(changed);
    if (!before || !shop) throw notFound("shop");
    return { ...shop, warnings: warningsOf(before, shop) };
  } catch (error) {
    if (!violates(error, "tenants_currency")) throw error;
    throw new Problem(
      "currency-in-use",
      "The currency can change only while the shop has no sales and no import in progress. Open another shop to trade in another currency.",
    );
  }
}

const storedValues = sql`json_object(${sql.join(
  Object.keys(profileRow.shape).map((name) => {
    const column = sql.identifier(name);
    const key = sql.raw(`'${name}'`);
    if (name === "address" || name === "scale_codes") return sql`${key}, json(${column})`;
    if (name === "prices_include_tax" || name === "allow_price_override")
      return sql`${key}, json(iif(${column}, 'true', 'false'))`;
    return sql`${key}, ${name === "max_discount_percent" ? unitsOf(name) : column}`;
  }),
  sql`, `,
)})`;

const auditChange = (ctx: ActorCtx, patch: z.infer<typeof ShopPatch>) =>
  auditDifference(
    ctx,
    "shop.changed",
    ctx.tenant.id,
    sql`SELECT ${storedValues} AS was, ${JSON.stringify(patch)} AS becomes FROM tenants WHERE id = ${ctx.tenant.id}`,
  );

type Basis = z.infer<typeof basisRow>;

function warningsOf(before: Basis, after: Basis): z.infer<typeof ChangedShop>["warnings"] {
  const warnings: z.infer<typeof ChangedShop>["warnings"] = [];
  if (before.timezone !== after.timezone)
    warnings.push({
      code: "timezone-changed",
      detail: `Past sales, refunds and shifts keep the day that they had in ${before.timezone}; new ones get their day in ${after.timezone}. Hours worked, stock moves and the audit log are read by the days of ${after.timezone}.`,
    });
  if (before.currency !== after.currency)
    warnings.push({
      code: "currency-changed",
      detail: `Amounts are not converted: a price of 1000 minor units of ${before.currency} is now 1000 minor units of ${after.currency}. Check the prices of all products and the cash of open shifts.`,
    });
  return warnings;
}
