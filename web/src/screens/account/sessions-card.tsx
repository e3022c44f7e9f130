import type { Session } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { mostrador, queryClient } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { useCursorList } from "../../lists/use-cursor-list.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast, toastError } from "../../parts/toasts.tsx";
import { accountWords } from "./words.ts";

const ROWS = 10;

const BROWSERS: readonly [mark: RegExp, name: string][] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: readonly [mark: RegExp, name: string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

/** "Chrome · Linux" of what a browser calls itself; other devices have names of their own. */
function deviceName(device: string): string {
  if (!device.startsWith("Mozilla/")) return device;
  const names = [BROWSERS, SYSTEMS].map((list) => list.find(([mark]) => mark.test(device))?.[1]);
  return names.filter(Boolean).join(" · ") || device;
}

const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ["sessions"] });

/** Where the account is signed in, and a button that ends each login. */
export function SessionsCard() {
  const w = useWords(accountWords);
  const list = useCursorList(["sessions"], (cursor, options) =>
    mostrador.listSessions({ cursor, limit: ROWS }, options),
  );
  const endOthers = useMutation({
    mutationFn: () => mostrador.endMyOtherSessions(),
    onSuccess: () => toast(wordsNow(accountWords).othersEnded),
    onError: toastError,
    onSettled: refresh,
  });
  const { data: sessions, error } = list;
  if (sessions === undefined)
    return error ? (
      <Card title={w.sessions}>
        <ProblemNotice error={error} onRetry={() => void list.refetch()} />
      </Card>
    ) : (
      <div className="skeleton h-80 rounded-2xl" />
    );
  return (
    <Card
      title={w.sessions}
      action={
        sessions.length > 1 && (
          <Button isBusy={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {w.endOthers}
          </Button>
        )
      }
    >
      <ul className="divide-y divide-line">
        {sessions
          .toSorted((a, b) => Number(b.current) - Number(a.current))
          .map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
      </ul>
      {sessions.length <= 1 && !list.hasNextPage && <p className="pt-2 text-muted">{w.onlyThis}</p>}
      {list.hasNextPage && (
        <Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {w.showMore}
        </Button>
      )}
    </Card>
  );
}

function SessionRow({ session }: { session: Session }) {
  const w = useWords(accountWords);
  const f = useFormats();
  const name = session.device === null ? w.unknownDevice : deviceName(session.device);
  const end = useMutation({
    mutationFn: () => mostrador.endMySession(session.id),
    onSuccess: () => toast(wordsNow(accountWords).ended),
    onError: toastError,
    onSettled: refresh,
  });
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3">
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-2 font-medium break-words">
          {name}
          {session.current && <Badge tone="brand">{w.thisSession}</Badge>}
        </p>
        <p className="text-xs text-muted">
          {w.lastUse(f.instant(session.last_used_at))} · {w.since(f.instantDay(session.created_at))}
        </p>
      </div>
      {!session.current && (
        <Button aria-label={w.endName(name)} isBusy={end.isPending} onClick={() => end.mutate()}>
          {w.end}
        </Button>
      )}
    </li>
  );
}
