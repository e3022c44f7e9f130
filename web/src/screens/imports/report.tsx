import type { ImportDryRun } from "@mostrador/sdk";
import type { ReactNode } from "react";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Card } from "../../parts/card.tsx";
import { isFieldKey } from "./fields.ts";
import { useReason } from "./reasons.ts";
import { fieldWords, importWords } from "./words.ts";

type Fact = { name: string; value: string; tone?: string };

/** What the import would do: figures, what is rejected, what to do next, and how the file was read. */
export function Report({ report, actions }: { report: ImportDryRun; actions: ReactNode }) {
  const w = useWords(importWords);
  const f = useFormats();
  const isSales = report.kind === "sales";
  const figures: Fact[] = [
    { name: w.rows, value: f.number(report.rows) },
    ...(isSales
      ? [
          { name: w.salesFound, value: f.number(report.sales) },
          { name: w.refunds, value: f.number(report.refunds) },
          { name: w.revenue, value: f.money(report.revenue) },
        ]
      : []),
    ...(report.first_day !== null && report.last_day !== null
      ? [
          {
            name: w.days,
            value: f.dayRange(report.first_day, report.last_day),
          },
        ]
      : []),
    { name: w.newProducts, value: f.number(report.new_products) },
    ...(isSales ? [{ name: w.newCustomers, value: f.number(report.new_customers) }] : []),
    ...(report.rows_known > 0 ? [{ name: w.knownRows, value: f.number(report.rows_known) }] : []),
    ...(report.rows_skipped > 0 ? [{ name: w.skippedRows, value: f.number(report.rows_skipped) }] : []),
    {
      name: w.rejectedRows,
      value: f.number(report.rows_rejected),
      tone: report.rows_rejected > 0 ? "text-bad" : "",
    },
  ];
  return (
    <>
      <Card title={w.result}>
        <p className="mb-4 text-muted">{report.is_partial ? w.partial : w.nothingYet}</p>
        <dl className="grid grid-cols-1 gap-3 @min-[16rem]:grid-cols-2 @min-[40rem]:grid-cols-4">
          {figures.map(({ name, value, tone = "" }) => (
            <div key={name} className="rounded-xl bg-sunken px-3 py-3 @min-[40rem]:px-4">
              <dt className="text-[0.8125rem] text-muted">{name}</dt>
              <dd className={`text-lg font-semibold tabular-nums ${tone}`}>{value}</dd>
            </div>
          ))}
        </dl>
        <Reasons title={w.rejects} reasons={report.rejects} />
        <Reasons title={w.skipped} reasons={report.skipped} />
        <div className="mt-5">{actions}</div>
      </Card>
      <Reading report={report} />
    </>
  );
}

function Reading({ report }: { report: ImportDryRun }) {
  const w = useWords(importWords);
  const names = useWords(fieldWords);
  const f = useFormats();
  const delimiters: Record<string, string> = { ",": w.comma, ";": w.semicolon, "\t": w.tab, "|": w.bar };
  const facts: Fact[] = [
    { name: w.encoding, value: report.encoding },
    { name: w.delimiter, value: delimiters[report.delimiter] ?? report.delimiter },
    { name: w.headerRow, value: f.number(report.header_row) },
    { name: w.dates, value: w[report.formats.dates] },
    {
      name: w.decimal,
      value: report.formats.decimal === "comma" ? w.decimalComma : w.decimalPoint,
    },
    ...(report.preset === null ? [] : [{ name: w.layout, value: report.preset }]),
  ];
  return (
    <Card title={w.reading}>
      <div className="grid gap-5 @min-[40rem]:grid-cols-2">
        <Pairs pairs={facts} />
        <section>
          <h3 className="mb-2 font-semibold">{w.mapping}</h3>
          <Pairs
            pairs={Object.entries({ ...report.constants, ...report.mapping }).map(([field, column]) => ({
              name: isFieldKey(field) ? names[field] : field,
              value: column,
            }))}
          />
          {report.ignored_columns.length > 0 && (
            <p className="mt-2 text-muted">
              {w.ignored}: {report.ignored_columns.join(", ")}
            </p>
          )}
        </section>
      </div>
    </Card>
  );
}

function Pairs({ pairs }: { pairs: readonly Fact[] }) {
  return (
    <dl>
      {pairs.map(({ name, value }) => (
        <div key={name} className="flex justify-between gap-4 border-t border-line py-1.5 first:border-0">
          <dt className="text-muted">{name}</dt>
          <dd className="text-right [overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Reasons({ title, reasons }: { title: string; reasons: ImportDryRun["rejects"] }) {
  const w = useWords(importWords);
  const f = useFormats();
  const inWords = useReason();
  if (reasons.length === 0) return null;
  return (
    <section className="mt-5">
      <h3 className="mb-2 font-semibold">{title}</h3>
      <ul className="flex flex-col gap-2">
        {reasons.map(({ reason, count, examples }) => (
          <li key={reason} className="rounded-xl border border-line p-3">
            <p className="flex justify-between gap-4 font-medium">
              <span lang={inWords(reason).lang} className="[overflow-wrap:anywhere]">
                {inWords(reason).text}
              </span>
              <span>{f.number(count)}</span>
            </p>
            <ul className="mt-1 text-xs text-muted">
              {examples.map(({ row, text }) => (
                <li key={row}>
                  {w.row(f.number(row))}: <code className="[overflow-wrap:anywhere]">{text}</code>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
