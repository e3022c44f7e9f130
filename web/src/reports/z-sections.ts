// What a Z report says, for the screen and for paper.
import type { TillReport } from "@mostrador/sdk";
import { useFormats } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { usePaymentMethods } from "../lists/use-payment-methods.ts";
import { reportWords } from "./words.ts";

export type Section = { title: string; rows: readonly (readonly [name: string, value: string])[] };

/** The sections of a report, without those that have no rows. */
export function useSections(report: TillReport): Section[] {
  const w = useWords(reportWords);
  const f = useFormats();
  const { methodName } = usePaymentMethods();
  const counted = ({ count, total }: { count: number; total: number }): string =>
    `${f.number(count)} · ${f.money(total)}`;
  const optional = (name: string, amount: number): [string, string][] =>
    amount === 0 ? [] : [[name, f.money(amount)]];
  const cash = report.by_payment_method.find(({ payment_method }) => payment_method === "cash")?.total ?? 0;
  const sections: Section[] = [
    {
      title: w.totals,
      rows: [
        [w.sales, counted(report.sales)],
        [w.refunds, counted(report.refunds)],
        [w.voids, counted(report.voids)],
        ...optional(w.discounts, report.discounts),
        [w.net, f.money(report.net)],
        [w.tax, f.money(report.tax)],
        [w.total, f.money(report.total)],
        ...optional(w.rounding, report.rounding),
      ],
    },
    {
      title: w.methods,
      rows: report.by_payment_method.map(({ payment_method: method, total }) => [
        methodName(method),
        f.money(total),
      ]),
    },
    {
      title: w.taxes,
      rows: report.taxes.map(({ name, net, tax }) => [name ?? w.noTax, `${f.money(net)} + ${f.money(tax)}`]),
    },
    {
      title: w.categories,
      rows: report.by_category.map(({ category, total }) => [category ?? w.noCategory, f.money(total)]),
    },
    {
      title: w.drawer,
      rows: [
        [w.opening, f.money(report.opening_cash)],
        [w.cashSales, f.money(cash)],
        [w.paidIn, f.money(report.paid_in)],
        [w.paidOut, f.money(-report.paid_out)],
        [w.expected, f.money(report.expected_cash)],
        [w.counted, report.counted_cash === null ? w.notCounted : f.money(report.counted_cash)],
      ],
    },
  ];
  return sections.filter(({ rows }) => rows.length > 0);
}
