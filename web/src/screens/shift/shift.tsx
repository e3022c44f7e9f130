// The shift of the person at the till: its start, its state, and its end.
import type { EndedShift, Shift } from "@mostrador/sdk";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { lazily } from "../../lazily.tsx";
import { useReachable } from "../../offline/connection.ts";
import { Button } from "../../parts/button.tsx";
import { UndoIcon } from "../../parts/icons.tsx";
import { LateDialog } from "../../parts/late-dialog.tsx";
import { linkButton } from "../../parts/link-button.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { useShift } from "../../shift/current.ts";
import { Screen } from "../../shell/screen.tsx";
import { CashCard } from "./cash-card.tsx";
import { CashMovesCard } from "./cash-moves-card.tsx";
import { CountCard, EndCard } from "./end-card.tsx";
import { Ended } from "./ended.tsx";
import { StartCard } from "./start-card.tsx";
import { StateCard, useNow } from "./state-card.tsx";
import { useCashCount } from "./use-cash-count.ts";
import { shiftWords } from "./words.ts";

const FindReceipt = lazily(() => import("../sale/find-receipt.tsx"));

// The till is another lazy screen.
const TILL: string = "/till";

export default function ShiftScreen() {
  const w = useWords(shiftWords);
  const f = useFormats();
  const shift = useShift();
  const isReachable = useReachable();
  const now = useNow();
  const [ended, setEnded] = useState<EndedShift | null>(null);
  const [isFinding, setFinding] = useState(false);
  const open = ended === null ? shift.data : null;
  return (
    <Screen
      title={w.title}
      subtitle={open && w.since(f.time(open.start_at), f.duration(now - Date.parse(open.start_at)))}
      actions={
        open && (
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => setFinding(true)}>
              <UndoIcon />
              {w.findReceipt}
            </Button>
            <Link to={TILL} className={linkButton.primary}>
              {w.toTill}
            </Link>
          </div>
        )
      }
    >
      {ended ? (
        <Ended shift={ended} onRestart={() => setEnded(null)} />
      ) : (
        <Loaded query={shift} skeleton={<div className="skeleton h-96 rounded-2xl" />}>
          {(data) =>
            data === null ? <StartCard /> : <Open shift={data} isReachable={isReachable} onEnded={setEnded} />
          }
        </Loaded>
      )}
      {isFinding && (
        <LateDialog onClose={() => setFinding(false)}>
          <FindReceipt onClose={() => setFinding(false)} />
        </LateDialog>
      )}
    </Screen>
  );
}

type OpenProps = { shift: Shift; isReachable: boolean; onEnded: (shift: EndedShift) => void };

function Open({ shift, isReachable, onEnded }: OpenProps) {
  const w = useWords(shiftWords);
  const count = useCashCount("end", true);
  const [isCounting, setCounting] = useState(!count.isEmpty);
  const notice = !isReachable && <p className="mb-4 text-warn">{w.storedShift}</p>;
  if (isCounting)
    return (
      <div className="mx-auto max-w-3xl">
        {notice}
        <CountCard
          count={count}
          isReachable={isReachable}
          onEnded={onEnded}
          onBack={() => setCounting(false)}
        />
      </div>
    );
  return (
    <>
      {notice}
      <div className="grid items-start gap-4 @min-[52rem]:grid-cols-2 @min-[52rem]:grid-rows-[auto_1fr]">
        <StateCard shift={shift} isReachable={isReachable} />
        <div className="flex min-w-0 flex-col gap-4 @min-[52rem]:row-span-2">
          <CashCard shiftId={shift.id} isReachable={isReachable} />
          <EndCard isReachable={isReachable} onCount={() => setCounting(true)} />
        </div>
        <CashMovesCard shiftId={shift.id} isReachable={isReachable} />
      </div>
    </>
  );
}
