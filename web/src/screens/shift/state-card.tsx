import type { Shift } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { noting } from "../../offline/connection.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { PauseIcon } from "../../parts/icons.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { useMe } from "../../session/session.ts";
import { setShift } from "../../shift/current.ts";
import { shiftWords } from "./words.ts";

const MINUTE_MS = 60_000;

/** The time, renewed each minute. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Milliseconds since the start, without the unpaid breaks. */
function workedIn({ start_at, breaks }: Shift, now: number): number {
  const unpaid = breaks
    .filter(({ paid }) => !paid)
    .reduce(
      (sum, { start_at: from, end_at: to }) => sum + (to === null ? now : Date.parse(to)) - Date.parse(from),
      0,
    );
  return now - Date.parse(start_at) - unpaid;
}

/** What is known of the open shift, and its breaks. */
export function StateCard({ shift, isReachable }: { shift: Shift; isReachable: boolean }) {
  const w = useWords(shiftWords);
  const f = useFormats();
  const now = useNow();
  const devices = shift.sessions.filter(({ end_at }) => end_at === null);
  const names = [...new Set(devices.map(({ device_label: label }) => label ?? "–"))];
  const rows = [
    [w.started, f.instant(shift.start_at)],
    [w.worked, f.duration(workedIn(shift, now))],
    [w.openingCash, f.money(shift.opening_cash)],
    [w.devices, names.join(", ")],
  ] as const;
  return (
    <Card title={w.state} action={<Badge tone="good">{w.open}</Badge>}>
      <dl className="divide-y divide-line">
        {rows.map(([name, value]) => (
          <div key={name} className="flex min-h-10 flex-wrap items-center justify-between gap-x-4">
            <dt className="text-muted">{name}</dt>
            <dd className="ml-auto font-medium tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      {shift.needs_review && <p className="mt-2 text-warn">{w.needsReview}</p>}
      <h3 className="mt-5 mb-1 text-xs font-semibold text-muted">{w.breaks}</h3>
      <Breaks shift={shift} />
      <StartBreak isReachable={isReachable} />
    </Card>
  );
}

function Breaks({ shift: { breaks } }: { shift: Shift }) {
  const w = useWords(shiftWords);
  const f = useFormats();
  if (breaks.length === 0) return <p className="text-muted">{w.noBreaks}</p>;
  return (
    <ul className="divide-y divide-line">
      {breaks.map(({ id, paid, start_at: from, end_at: to }) => (
        <li key={id} className="flex min-h-10 flex-wrap items-center gap-x-3">
          <span className="tabular-nums">
            {f.time(from)} – {to === null ? "…" : f.time(to)}
          </span>
          <span className="text-muted">{paid ? w.paid : w.unpaid}</span>
          {to !== null && (
            <span className="ml-auto text-muted tabular-nums">
              {f.duration(Date.parse(to) - Date.parse(from))}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function StartBreak({ isReachable }: { isReachable: boolean }) {
  const w = useWords(shiftWords);
  const me = useMe();
  const start = useMutation({
    mutationFn: async (paid: boolean) => setShift(me, await noting(mostrador.startBreak({ paid }))),
  });
  return (
    <div className="mt-4 flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        {[false, true].map((paid) => (
          <Button
            key={String(paid)}
            disabled={!isReachable}
            isBusy={start.isPending}
            onClick={() => start.mutate(paid)}
          >
            <PauseIcon />
            {paid ? w.startPaid : w.startUnpaid}
          </Button>
        ))}
      </div>
      {start.error && <ProblemNotice error={start.error} />}
    </div>
  );
}
