// The end of a shift: the cash is counted before anyone sees what the drawer should hold.
import type { EndedShift } from "@mostrador/sdk";
import { useState, type FormEvent } from "react";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { noting } from "../../offline/connection.ts";
import { allSent } from "../../offline/guard.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { ConfirmDialog } from "../../parts/confirm-dialog.tsx";
import { useMe } from "../../session/session.ts";
import { setShift } from "../../shift/current.ts";
import { CashCountFields } from "./cash-count.tsx";
import type { CashCount } from "./use-cash-count.ts";
import { shiftWords } from "./words.ts";

/** Runs what must wait until the sales of the person are sent. */
function useWhenSent(): [isBusy: boolean, whenSent: (go: () => void) => void] {
  const [isBusy, setBusy] = useState(false);
  const run = async (go: () => void): Promise<void> => {
    setBusy(true);
    const isFree = await allSent("shift-end").finally(() => setBusy(false));
    if (isFree) go();
  };
  return [isBusy, (go) => void run(go)];
}

export function EndCard({ isReachable, onCount }: { isReachable: boolean; onCount: () => void }) {
  const w = useWords(shiftWords);
  const [isBusy, whenSent] = useWhenSent();
  return (
    <Card title={w.end}>
      <p className="mb-4 text-muted">{isReachable ? w.endText : w.needsConnection}</p>
      <Button kind="primary" isBusy={isBusy} disabled={!isReachable} onClick={() => whenSent(onCount)}>
        {w.count}
      </Button>
    </Card>
  );
}

type CountCardProps = {
  count: CashCount;
  isReachable: boolean;
  onEnded: (shift: EndedShift) => void;
  onBack: () => void;
};

export function CountCard({ count, isReachable, onEnded, onBack }: CountCardProps) {
  const w = useWords(shiftWords);
  const f = useFormats();
  const me = useMe();
  const [isBusy, whenSent] = useWhenSent();
  const [isAsking, setAsking] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    whenSent(() => setAsking(true));
  };
  const end = async (): Promise<void> => {
    if (count.total === null) return;
    const ended = await noting(mostrador.endShift({ counted_cash: count.total }));
    count.clear();
    onEnded(ended);
    await setShift(me, null);
  };
  return (
    <Card title={w.end}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-muted">{isReachable ? w.endText : w.needsConnection}</p>
        <CashCountFields count={count} label={w.counted} takesFocus />
        <div className="flex flex-wrap gap-2">
          <Button
            type="submit"
            kind="primary"
            isBusy={isBusy}
            disabled={!isReachable || count.isEmpty || count.total === null}
          >
            {w.endWith(f.money(count.total ?? 0))}
          </Button>
          <Button onClick={onBack}>{w.back}</Button>
          <Button kind="quiet" onClick={count.clear}>
            {w.clear}
          </Button>
        </div>
      </form>
      {isAsking && (
        <ConfirmDialog title={w.confirmTitle} action={w.end} run={end} onClose={() => setAsking(false)}>
          <p>{w.confirmText(f.money(count.total ?? 0))}</p>
        </ConfirmDialog>
      )}
    </Card>
  );
}
