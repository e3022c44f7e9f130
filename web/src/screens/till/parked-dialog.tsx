import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { useMe } from "../../session/session.ts";
import { totalsOf } from "./cart.ts";
import { discardParked, takeUp, useParked } from "./till-state.ts";
import { dialogWords } from "./dialog-words.ts";

/** The sales that were set aside on this device. */
export default function ParkedDialog({ onClose }: { onClose: () => void }) {
  const w = useWords(dialogWords);
  const f = useFormats();
  const { first_name, shop } = useMe();
  const parked = useParked();
  return (
    <Dialog title={w.parked} onClose={onClose}>
      {parked.length === 0 && <p className="text-muted">{w.noneParked}</p>}
      <ul className="flex flex-col divide-y divide-line">
        {parked.map(({ id, at, seller, cart }, index) => (
          <li key={id} className="flex flex-col gap-2 py-3">
            <p className="flex flex-wrap justify-between gap-x-4">
              <span className="text-muted">
                {f.instant(at)} · {seller}
              </span>
              <span className="ml-auto font-semibold tabular-nums">
                {f.money(totalsOf(cart, shop.prices_include_tax)?.total ?? 0)}
              </span>
            </p>
            <p className="break-words">
              {[cart.customer?.name, ...cart.lines.map(({ title }) => title)].filter(Boolean).join(", ")}
            </p>
            <div className="flex flex-wrap gap-2">
              <Button
                autoFocus={index === 0}
                kind="primary"
                onClick={() => {
                  takeUp(id, first_name);
                  onClose();
                }}
              >
                {w.takeUp}
              </Button>
              <Button kind="quiet" onClick={() => discardParked(id)}>
                {w.discard}
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
