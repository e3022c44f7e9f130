// Composes the weekly report when it is sent. Its figures are those of the operations.
import { isWanted } from "../../auth/accounts/mail-preferences.ts";
import { tenantById } from "../../auth/shops/tenants.ts";
import type { Composers } from "../../mail/send.ts";
import type { Ctx } from "../../platform/context.ts";
import { runPlan } from "../../platform/plan.ts";
import { addDays } from "../../values/days.ts";
import { kpis } from "../figures.ts";
import { goalsOf } from "../goals/goals.ts";
import { productPage, rankProducts } from "../rankings/top-products.ts";
import { reportText } from "./words.ts";

const PRODUCTS = 5;

/** The figures of the week that begins on this day, and the goals of the month in which it ends. Two round trips. */
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
  return { from, to, ...read, products: (await productPage(ctx, read.products)).data };
}

export type Week = Awaited<ReturnType<typeof weekOf>>;

export const composers = {
  "report.weekly": async (ctx, mail) => {
    const tenant = await tenantById(ctx, mail.shop.id);
    if (!tenant || !(await isWanted(ctx, mail, "weekly_report"))) return null;
    return reportText(tenant, mail.language, await weekOf({ ...ctx, tenant, actor: null }, mail.subjectId));
  },
} satisfies Partial<Composers>;
