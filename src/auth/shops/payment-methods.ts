// The payment methods of a shop: those built in, and its own, which are one JSON column, so that a new list replaces the old one
// atomically. Past payments keep the method that they were made with.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { auditUpdate } from "../../audit/log.ts";
import type { ActorCtx, Ctx } from "../../platform/context.ts";
import { invalid, notFound } from "../../platform/problem.ts";
import { type CustomMethod, CustomMethodList, type PaymentMethodList } from "./payment-methods-schema.ts";

/** The methods of every shop. */
export const BUILT_IN_METHODS: readonly CustomMethod[] = [
  { method: "cash", name: "Cash" },
  { method: "card", name: "Card" },
  { method: "transfer", name: "Transfer" },
  { method: "other", name: "Other" },
];

/** The column tenants.payment_methods: the methods that the shop added. */
export const customMethodsColumn = z
  .string()
  .transform((text): CustomMethod[] => CustomMethodList.parse(JSON.parse(text)));

/** Whether a shop with these methods of its own takes payments by this one. */
const isMethod = (code: string, custom: readonly CustomMethod[]): boolean =>
  [...BUILT_IN_METHODS, ...custom].some(({ method }) => method === code);

/** Checks the methods of a request against those of the shop. @throws Problem invalid */
export function assertMethods(
  request: { payment_method?: string | undefined; payments?: { method: string }[] | undefined },
  custom: readonly CustomMethod[],
): void {
  const named = [
    ...(request.payment_method === undefined
      ? []
      : [{ pointer: "#/payment_method", method: request.payment_method }]),
    ...(request.payments ?? []).map(({ method }, index) => ({
      pointer: `#/payments/${index}/method`,
      method,
    })),
  ];
  const unknown = named.filter(({ method }) => !isMethod(method, custom));
  if (unknown.length > 0)
    throw invalid(unknown.map(({ pointer }) => ({ pointer, detail: "not a payment method of this shop" })));
}

const listOf = (custom: readonly CustomMethod[]): z.infer<typeof PaymentMethodList> => ({
  data: [
    ...BUILT_IN_METHODS.map((each) => ({ ...each, is_builtin: true })),
    ...custom.map((each) => ({ ...each, is_builtin: false })),
  ],
});

const methodsRow = z.object({ payment_methods: customMethodsColumn });

/** The payment methods of the shop. One round trip. */
export async function listPaymentMethods(ctx: Ctx): Promise<z.infer<typeof PaymentMethodList>> {
  const [row] = await ctx.db.all(
    methodsRow,
    sql`SELECT payment_methods FROM tenants WHERE id = ${ctx.tenant.id}`,
  );
  if (!row) throw notFound("shop");
  return listOf(row.payment_methods);
}

/** Replaces the methods that the shop added. One round trip. */
export async function replacePaymentMethods(
  ctx: ActorCtx,
  methods: CustomMethod[],
): Promise<z.infer<typeof PaymentMethodList>> {
  const row = sql`FROM tenants WHERE id = ${ctx.tenant.id}`;
  await ctx.db.batch([
    auditUpdate(ctx, "payment_methods.changed", ctx.tenant.id, { payment_methods: methods }, row),
    sql`UPDATE tenants SET payment_methods = ${JSON.stringify(methods)} WHERE id = ${ctx.tenant.id}`,
  ]);
  return listOf(methods);
}
