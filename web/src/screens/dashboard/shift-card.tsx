import type { Alert, Overview } from "@mostrador/sdk";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Avatar, Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { AlertIcon, CheckIcon, PauseIcon } from "../../parts/icons.tsx";
import { dashboardWords } from "./words.ts";

type People = Overview["on_shift"];

/** Who is on shift now, and the open alerts. Without the right to see alerts, the card says nothing about them. */
export function ShiftCard({ people, alerts }: { people: People; alerts: readonly Alert[] | null }) {
  const w = useWords(dashboardWords);
  return (
    <Card title={w.onShift} action={people.length > 0 && <Badge tone="good">{people.length}</Badge>}>
      {people.length === 0 ? <p className="text-muted">{w.nobodyOnShift}</p> : <OnShift people={people} />}
      {alerts !== null && (
        <>
          <h3 className="mt-5 mb-2 text-xs font-semibold text-muted">{w.alerts}</h3>
          <Alerts alerts={alerts} />
        </>
      )}
    </Card>
  );
}

function OnShift({ people }: { people: People }) {
  const w = useWords(dashboardWords);
  const f = useFormats();
  return (
    <ul className="flex flex-col gap-3">
      {people.map((person) => (
        <li key={person.shift_id} className="flex items-center gap-3">
          <Avatar name={person.name} dot={person.on_break ? "warn" : "good"} />
          <div className="min-w-0 flex-1">
            <p className="truncate font-medium">{person.name}</p>
            <p className="flex flex-wrap items-center gap-x-1 text-xs text-muted">
              {person.on_break && (
                <span className="inline-flex items-center gap-1 font-medium text-warn">
                  <PauseIcon size={13} />
                  {w.on_break} ·
                </span>
              )}
              {[person.devices.find((label) => label !== null), w.since(f.time(person.start_at))]
                .filter(Boolean)
                .join(" · ")}
            </p>
          </div>
          <span className="text-xs whitespace-nowrap text-muted tabular-nums">
            {f.duration(person.seconds * 1000)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Alerts({ alerts }: { alerts: readonly Alert[] }) {
  const w = useWords(dashboardWords);
  const f = useFormats();
  if (alerts.length === 0)
    return (
      <p className="flex gap-2 text-xs text-muted">
        <CheckIcon size={15} className="text-good" />
        {w.noAlerts}
      </p>
    );
  return (
    <ul className="flex flex-col gap-2">
      {alerts.map(({ id, kind, opened_at }) => (
        <li key={id} className="flex gap-2 text-[0.8125rem]">
          <AlertIcon size={16} className="text-warn" />
          <span className="flex-1">{w[kind]}</span>
          <span className="text-xs whitespace-nowrap text-faint">{f.instant(opened_at)}</span>
        </li>
      ))}
    </ul>
  );
}
