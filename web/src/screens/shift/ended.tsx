import type { EndedShift } from "@mostrador/sdk";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { nameOf } from "../../lists/use-people.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { reportWords } from "../../reports/words.ts";
import { ZReport } from "../../reports/z-report.tsx";
import { useMe } from "../../session/session.ts";
import { shiftWords } from "./words.ts";

/** The shift that has just ended: the difference of the drawer, and the Z report. */
export function Ended({ shift, onRestart }: { shift: EndedShift; onRestart: () => void }) {
  const w = useWords(shiftWords);
  const r = useWords(reportWords);
  const f = useFormats();
  const { report } = shift;
  return (
    <div className="mx-auto flex max-w-2xl flex-col gap-4">
      <Card title={w.ended}>
        <dl className="grid gap-x-6 gap-y-3 @min-[24rem]:grid-cols-3">
          {(
            [
              [w.counted, f.money(report.counted_cash ?? 0)],
              [w.expected, f.money(report.expected_cash)],
              [w.difference, f.money(report.difference ?? 0)],
            ] as const
          ).map(([name, value]) => (
            <div key={name}>
              <dt className="text-muted">{name}</dt>
              <dd className="text-xl font-semibold tracking-tight tabular-nums">{value}</dd>
            </div>
          ))}
        </dl>
        <Verdict difference={report.difference ?? 0} />
        <div className="mt-4 flex flex-wrap gap-2">
          <Button kind="primary" autoFocus onClick={() => print()}>
            {r.print}
          </Button>
          <Button onClick={onRestart}>{w.newShift}</Button>
        </div>
      </Card>
      <Card title={report.z_number === null ? "Z" : r.zName(f.number(report.z_number))}>
        <ZReport report={report} person={nameOf(useMe())} />
      </Card>
    </div>
  );
}

function Verdict({ difference }: { difference: number }) {
  const w = useWords(shiftWords);
  const f = useFormats();
  const amount = f.money(Math.abs(difference));
  const text = difference === 0 ? w.exact : difference > 0 ? w.over(amount) : w.short(amount);
  return (
    <p role="status" className={`mt-3 font-medium ${difference === 0 ? "text-good" : "text-warn"}`}>
      {text}
    </p>
  );
}
