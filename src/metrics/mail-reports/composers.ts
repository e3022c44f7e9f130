// Composes the reports when they are sent. Their figures are those of the operations.
import { findRecipient } from "../../auth/accounts/mail-preferences.ts";
import { tenantById } from "../../auth/shops/tenants.ts";
import type { Composers, MailToCompose } from "../../mail/send.ts";
import type { ActorCtx, Base, Ctx } from "../../platform/context.ts";
import { runPlan } from "../../platform/plan.ts";
import { addDays } from "../../values/days.ts";
import { kpis } from "../figures.ts";
import { goalsOf } from "../goals/goals.ts";
import { productPage, rankProducts } from "../rankings/top-products.ts";
import { dayText } from "./day-text.ts";
import { dayOfShop } from "./day.ts";
import { reportText } from "./week-text.ts";

const PRODUCTS = 5;

/** The figures of the week that begins on this day, and the goals of the month in which it ends. At most two round trips. */
async function weekOf(ctx: Ctx, from: string) {
  const to = addDays(from, 6);
  const month = to.slice(0, 7);
  const range = { from, to, compare: "previous", align: "date" } as const;
  const figures = kpis(ctx, range);
  const goals = goalsOf(ctx, { from: month, to: month, until: to, today: to });
  const products = rankProducts(ctx, {
    from,
    to,
    compare: "none",
    align: "date",
    sort: "revenue",
    limit: PRODUCTS,
  });
  const read = await runPlan(ctx, {
    statements: [...figures.statements, ...goals.statements, ...products.statements],
    read: (done) => ({
      figures: figures.read(done),
      goals: goals.read(done)[0] ?? null,
      products: products.read(done),
    }),
  });
  return { from, to, ...read, products: (await runPlan(ctx, productPage(ctx, read.products))).data };
}

export type Week = Awaited<ReturnType<typeof weekOf>>;

/** The context of the ADMIN who gets a report; null if they do not want it any more or the shop is closed. */
async function recipientCtx(
  ctx: Base,
  mail: MailToCompose,
  preference: "weekly_report" | "daily_summary",
): Promise<ActorCtx | null> {
  const tenant = await tenantById(ctx, mail.shop.id);
  const id = tenant && (await findRecipient(ctx, mail, preference));
  return id ? { ...ctx, tenant, actor: { kind: "user", id, role: "ADMIN", session: "" } } : null;
}

export const composers = {
  "report.weekly": async (ctx, mail) => {
    const recipient = await recipientCtx(ctx, mail, "weekly_report");
    return recipient && reportText(recipient.tenant, mail.language, await weekOf(recipient, mail.subjectId));
  },
  "report.daily": async (ctx, mail) => {
    const recipient = await recipientCtx(ctx, mail, "daily_summary");
    const day = recipient && (await dayOfShop(recipient, mail.subjectId));
    return day && dayText(recipient.tenant, mail.language, day);
  },
} satisfies Partial<Composers>;
