import { useWords } from "../i18n/words.ts";
import { CloudIcon, NoCloudIcon, RefreshIcon } from "../parts/icons.tsx";
import { useReachable } from "./connection.ts";
import { unsentDialog } from "./guard.ts";
import { changeVersion, useHasNewVersion } from "./new-version.ts";
import { useUnsentSales } from "./outbox.ts";
import { offlineWords } from "./words.ts";

type Tone = "calm" | "warn" | "bad";

const TONES: Record<Tone, string> = {
  calm: "text-muted hover:bg-sunken",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
};

/** Whether the shop can be reached, and how many sales are unsent. Always shown. */
export function StatusButton({ isCompact = false }: { isCompact?: boolean }) {
  const w = useWords(offlineWords);
  const isReachable = useReachable();
  const unsent = useUnsentSales();
  const isRefused = unsent.some(({ state }) => state !== "waiting");
  const tone: Tone = isRefused ? "bad" : unsent.length > 0 || !isReachable ? "warn" : "calm";
  const state = isReachable ? w.online : w.offline;
  const text = unsent.length > 0 ? w.unsent(unsent.length) : state;
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      aria-label={isCompact ? [state, unsent.length > 0 && text].filter(Boolean).join(" · ") : undefined}
      onClick={() => unsentDialog.set("list")}
      className={`inline-flex min-h-11 min-w-11 items-center justify-center gap-2 rounded-xl px-2.5 font-medium ${TONES[tone]}`}
    >
      {isReachable ? <CloudIcon /> : <NoCloudIcon />}
      {isCompact ? unsent.length > 0 && <span className="tabular-nums">{unsent.length}</span> : text}
    </button>
  );
}

/** Offers the newer version of the app, once it is ready. */
export function NewVersionButton({ isCompact = false }: { isCompact?: boolean }) {
  const w = useWords(offlineWords);
  if (!useHasNewVersion()) return null;
  return (
    <button
      type="button"
      aria-label={`${w.newVersion}: ${w.update}`}
      title={w.newVersion}
      onClick={changeVersion}
      className="inline-flex min-h-11 min-w-11 items-center justify-center gap-2 rounded-xl bg-brand-soft px-2.5 font-medium text-brand"
    >
      <RefreshIcon />
      {!isCompact && w.update}
    </button>
  );
}
