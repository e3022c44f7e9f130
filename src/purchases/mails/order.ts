// An order as its mails show it: what it is when the mail is sent, in the language of the mail.
import { sql } from "drizzle-orm";
import { z } from "zod";
import { tenantById } from "../../auth/shops/tenants.ts";
import type { MailToCompose } from "../../mail/send.ts";
import { localeOf } from "../../mail/words.ts";
import type { Base } from "../../platform/context.ts";
import { sqlBoolean } from "../../platform/d1.ts";
import { formatsOf } from "../../sales/receipts/formats.ts";
import { orderLayout } from "../../sales/receipts/layout.ts";
import { mailBlocks } from "../../sales/receipts/mail-rows.ts";
import { methodNames, receiptOf } from "../../sales/receipts/receipt.ts";
import { readRows } from "../../sales/receipts/rows.ts";
import { wordsOf } from "../../sales/receipts/words.ts";
import { orderLink, replaceOrderToken } from "../order-tokens.ts";
import { joinDetails } from "../payments/request-payment.ts";
import { printable } from "../../values/fixed-width.ts";

// As it is stored: what an earlier version accepted must not keep a mail from being sent.
const addressShape = z.object({
  name: z.string(),
  lines: z.array(z.string()),
  city: z.string(),
  region: z.string().optional(),
  postal_code: z.string(),
  country: z.string(),
});

const orderRow = z.object({
  payment_method: z.string().nullable(),
  payment_provider: z.string().nullable(),
  hold_expires_at: z.string().nullable(),
  has_link: sqlBoolean,
  shipping_address: z
    .string()
    .transform((text) => addressShape.parse(JSON.parse(text)))
    .nullable(),
});

/** The order or refund with this id, for a mail about it; null if it or the shop no longer exists. Three round trips. */
export async function readOrder(ctx: Base, mail: MailToCompose, id: string) {
  const tenant = await tenantById(ctx, mail.shop.id);
  if (!tenant) return null;
  const [[order], rows] = await Promise.all([
    ctx.db.all(
      orderRow,
      sql`SELECT s.payment_method, s.payment_provider, s.hold_expires_at, s.shipping_address, d.link_expires_at IS NOT NULL AS has_link
        FROM sales s ${joinDetails} WHERE s.tenant_id = ${tenant.id} AND s.id = ${id}`,
    ),
    readRows({ ...ctx, tenant, actor: null }, id),
  ]);
  if (!order || !rows) return null;
  const locale = localeOf(mail.language, mail.locale);
  const receipt = receiptOf(tenant, rows, locale);
  const { items, totals, taxes } = orderLayout(receipt);
  const format = formatsOf(tenant, wordsOf(locale).formats);
  const nameOf = methodNames({ ...rows.sale, locale });
  return {
    ...order,
    status: rows.sale.status,
    receipt,
    amount: format.money(receipt.total + receipt.rounding),
    amountBack: format.money(-receipt.total - receipt.rounding),
    /** on the clock of the shop */
    time: (instant: string) => `${format.time(instant)} (${tenant.timezone})`,
    method: order.payment_method === null ? null : nameOf(order.payment_method),
    blocks: [...mailBlocks(items), ...mailBlocks([...totals, ...taxes])],
    payments: receipt.payments.map(({ name, amount }) => ({ label: name, value: format.money(amount) })),
    /** the address of the page of the order, by a new token */
    url: async () =>
      orderLink(ctx.env, await replaceOrderToken({ ...ctx, tenant, actor: null }, mail.subjectId)),
    address: order.shipping_address === null ? null : addressOf(order.shipping_address, locale),
  };
}

export type Order = NonNullable<Awaited<ReturnType<typeof readOrder>>>;

function addressOf(address: z.infer<typeof addressShape>, locale: string): string {
  const { name, lines, postal_code, city, region, country } = address;
  const isCode = /^[A-Z]{2}$/.test(country);
  const countryName = isCode ? new Intl.DisplayNames(locale, { type: "region" }).of(country) : country;
  return [
    name,
    ...lines,
    `${postal_code} ${city}`,
    ...(region === undefined || region === city ? [] : [region]),
    countryName ?? country,
  ]
    .map(printable)
    .join("\n");
}
