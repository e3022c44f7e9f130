// The till: what is sold, how it is paid, and the receipt. The keyboard and a scanner do all of it.
import { Link } from "@tanstack/react-router";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Card } from "../../parts/card.tsx";
import { linkButton } from "../../parts/link-button.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { useMe } from "../../session/session.ts";
import { Screen } from "../../shell/screen.tsx";
import { useShift } from "../../shift/current.ts";
import { Counter } from "./counter.tsx";
import { useTerms } from "./terms.ts";
import { openTill } from "./till-state.ts";
import { tillWords } from "./words.ts";

export default function TillScreen() {
  const w = useWords(tillWords);
  const f = useFormats();
  const { shop } = useMe();
  const terms = useTerms();
  const { data: shift } = useShift();
  openTill();
  const isBarred = shift === null && shop.rules?.require_shift_to_sell === true;
  return (
    <Screen
      title={w.till}
      subtitle={shift ? w.sinceTime(f.time(shift.start_at)) : shift === null && !isBarred && w.noShiftYet}
      actions={
        <Link to="/till/shift" className={shift === null ? linkButton.primary : linkButton.secondary}>
          {shift === null ? w.startShift : w.shift}
        </Link>
      }
    >
      {isBarred ? (
        <Card>
          <div className="flex flex-col items-center gap-4 py-10 text-center">
            <p className="text-lg text-balance">{w.startToSell}</p>
            <Link to="/till/shift" className={linkButton.primary}>
              {w.startShift}
            </Link>
          </div>
        </Card>
      ) : (
        <Loaded query={terms} skeleton={<div className="skeleton h-[70dvh] rounded-2xl" />}>
          {(data) => <Counter terms={data} />}
        </Loaded>
      )}
    </Screen>
  );
}
