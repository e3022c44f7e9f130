import type { TillReport } from "@mostrador/sdk";
import { createPortal } from "react-dom";
import { useFormats } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { Badge } from "../parts/badge.tsx";
import { useMe } from "../session/session.ts";
import { reportWords } from "./words.ts";
import { useSections } from "./z-sections.ts";

type ZReportProps = {
  report: TillReport;
  /** The name of the person whose shift it was, where it is known. */
  person: string | undefined;
};

/** The Z report of a shift. While it is shown, printing prints it on paper of 80 mm. */
export function ZReport({ report, person }: ZReportProps) {
  const w = useWords(reportWords);
  const f = useFormats();
  const { difference, late_sales_count: late } = report;
  return (
    <>
      <p className="text-muted">{useHead(report, person).join(" · ")}</p>
      {useSections(report).map(({ title, rows }) => (
        <section key={title} className="mt-4">
          <h3 className="mb-1 text-xs font-semibold text-muted">{title}</h3>
          <dl className="divide-y divide-line">
            {rows.map(([name, value]) => (
              <div key={name} className="flex min-h-9 flex-wrap items-center justify-between gap-x-4">
                <dt>{name}</dt>
                <dd className="ml-auto font-medium tabular-nums">{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      {difference !== null && (
        <p className="mt-3 flex items-center justify-between gap-4 font-semibold">
          {w.difference}
          <Badge tone={difference === 0 ? "good" : "warn"}>{f.money(difference)}</Badge>
        </p>
      )}
      {late > 0 && <p className="mt-2 text-warn">{w.late(late)}</p>}
      {createPortal(<Paper report={report} person={person} />, document.body)}
    </>
  );
}

/** Who worked, and from when to when. */
function useHead({ start_at: start, end_at: end }: TillReport, person: string | undefined): string[] {
  const f = useFormats();
  const times = [start, end].flatMap((at) => (at === null ? [] : f.instant(at))).join(" – ");
  return person === undefined ? [times] : [person, times];
}

function Paper({ report, person }: ZReportProps) {
  const w = useWords(reportWords);
  const f = useFormats();
  const { shop } = useMe();
  const { difference, late_sales_count: late } = report;
  const heads = [shop.legal_name, shop.tax_id, ...useHead(report, person)].filter(Boolean);
  return (
    <div className="paper hidden text-[0.65rem] leading-snug print:block">
      <p className="text-center text-sm font-semibold">{shop.name}</p>
      {heads.map((text) => (
        <p key={text} className="text-center">
          {text}
        </p>
      ))}
      <p className="mt-2 text-center text-sm font-semibold">
        {report.z_number === null ? report.report : w.zName(f.number(report.z_number))}
      </p>
      {useSections(report).map(({ title, rows }) => (
        <section key={title} className="mt-2 border-t border-dashed pt-1">
          <h3 className="font-semibold">{title}</h3>
          <Rows rows={rows} />
        </section>
      ))}
      {difference !== null && (
        <div className="mt-1 font-semibold">
          <Rows rows={[[w.difference, f.money(difference)]]} />
        </div>
      )}
      {late > 0 && <p className="mt-1">{w.late(late)}</p>}
    </div>
  );
}

function Rows({ rows }: { rows: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl>
      {rows.map(([name, value]) => (
        <div key={name} className="flex flex-wrap justify-between gap-x-2">
          <dt>{name}</dt>
          <dd className="ml-auto tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
