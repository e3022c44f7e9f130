// What the API says of its background jobs, in words. While it has not answered, the screen says that it does not know.
import type { Health } from "@mostrador/sdk";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { mostrador } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { DataTable, type Column } from "../../lists/data-table.tsx";
import { live } from "../../live.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { AlertIcon, CheckIcon } from "../../parts/icons.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { Screen } from "../../shell/screen.tsx";
import { healthWords, jobWords } from "./words.ts";

type JobKey = keyof Health["jobs"];
type Job = { key: JobKey; waiting: number; limit: number; isLate: boolean };

const isJobKey = (key: string): key is JobKey => Object.hasOwn(jobWords, key);

/** The late jobs first, then those that are nearest to their limit. */
const jobsOf = (health: Health): Job[] =>
  Object.entries(health.jobs)
    .flatMap(([key, { waiting, limit }]): Job[] =>
      isJobKey(key) ? [{ key, waiting, limit, isLate: waiting > limit }] : [],
    )
    .toSorted((a, b) => b.waiting / Math.max(b.limit, 1) - a.waiting / Math.max(a.limit, 1));

export default function HealthScreen() {
  const names = useWords(common);
  const w = useWords(healthWords);
  const health = useQuery({
    queryKey: ["health"],
    queryFn: ({ signal }) => mostrador.getHealth({ signal }),
    ...live,
  });
  return (
    <Screen
      title={names.health}
      subtitle={w.scope}
      actions={
        <Button isBusy={health.isFetching} onClick={() => void health.refetch()}>
          {w.checkNow}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Summary health={health} />
        {health.data ? (
          <JobsCard jobs={jobsOf(health.data)} />
        ) : (
          health.isPending && <div className="skeleton h-[52rem] rounded-2xl" />
        )}
      </div>
    </Screen>
  );
}

function Summary({ health: { data, error, dataUpdatedAt, refetch } }: { health: UseQueryResult<Health> }) {
  const w = useWords(healthWords);
  const f = useFormats();
  if (!data)
    return error ? (
      <Card title={w.unknown}>
        <ProblemNotice error={error} onRetry={() => void refetch()} />
      </Card>
    ) : (
      <div className="skeleton h-28 rounded-2xl" />
    );
  const late = jobsOf(data).filter(({ isLate }) => isLate).length;
  const isGood = data.status === "ok" && late === 0 && !error;
  const time = f.time(new Date(dataUpdatedAt));
  return (
    <Card title={w.service}>
      <div role="status" className="flex flex-col gap-1">
        <p className={`flex gap-2 text-base font-medium ${isGood ? "" : "text-warn"}`}>
          {isGood ? <CheckIcon className="mt-0.5 text-good" /> : <AlertIcon className="mt-0.5" />}
          {data.status === "ok" && late === 0 ? w.ok : w.degraded(Math.max(late, 1))}
        </p>
        <p className="text-muted">{error ? w.notFresh(time) : `${w.database} ${w.asOf(time)}.`}</p>
      </div>
    </Card>
  );
}

const HOUR = 3600;
const DAY = 24 * HOUR;

function JobsCard({ jobs }: { jobs: readonly Job[] }) {
  const names = useWords(common);
  const w = useWords(healthWords);
  const j = useWords(jobWords);
  const f = useFormats();
  const amountOf = (key: JobKey, value: number): string => {
    if (!key.endsWith("_seconds")) return f.number(value);
    if (value < 60) return w.seconds(f.number(value));
    if (value < HOUR) return w.minutes(f.number(Math.floor(value / 60)), f.number(value % 60));
    return value < 2 * DAY ? f.duration(value * 1000) : w.days(f.number(Math.floor(value / DAY)));
  };
  const columns: Column<Job>[] = [
    { name: w.job, cell: ({ key }) => <span className="font-medium">{j[key]}</span> },
    {
      name: w.waiting,
      isNumber: true,
      cell: ({ key, waiting }) => (
        <span className="whitespace-nowrap">{waiting === 0 ? w.nothing : amountOf(key, waiting)}</span>
      ),
    },
    {
      name: w.limit,
      isNumber: true,
      shown: "hidden @min-[30rem]:table-cell",
      cell: ({ key, limit }) => <span className="whitespace-nowrap">{amountOf(key, limit)}</span>,
    },
    {
      name: w.state,
      shown: "hidden @min-[38rem]:table-cell",
      cell: ({ isLate }) => <Badge tone={isLate ? "warn" : "neutral"}>{isLate ? w.late : w.within}</Badge>,
    },
  ];
  return (
    <Card isFlush>
      <DataTable caption={names.health} columns={columns} items={jobs} keyOf={({ key }) => key} />
    </Card>
  );
}
