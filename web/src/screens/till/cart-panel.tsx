import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { useReachable } from "../../offline/connection.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import type { Cart, CartTotals } from "./cart.ts";
import { KeyButton, Sum } from "./parts.tsx";
import { isOffered, METHOD_KEYS, useMethodName, type Method } from "./terms.ts";
import type { Opened } from "./till-dialog.tsx";
import { useParked } from "./till-state.ts";
import { tillWords } from "./words.ts";

type CartPanelProps = {
  cart: Cart;
  /** Null if a discount exceeds what it is taken from. */
  totals: CartTotals | null;
  methods: readonly Method[];
  onPay: (method: string) => void;
  onOpen: (opened: Opened) => void;
  onPark: () => void;
};

/** The sums of the cart, and what can be done with it as a whole. */
export function CartPanel({ cart, totals, methods, onPay, onOpen, onPark }: CartPanelProps) {
  const w = useWords(tillWords);
  const f = useFormats();
  const isEmpty = cart.lines.length === 0;
  const isReachable = useReachable();
  const nameOf = useMethodName(methods);
  const parked = useParked();
  const canPay = !isEmpty && totals !== null;
  const others = methods.filter(({ method }) => !METHOD_KEYS[method]);
  return (
    <Card className="@min-[42rem]:sticky @min-[42rem]:top-4">
      <div className="flex flex-col gap-4">
        <div className="grid grid-cols-2 gap-2">
          <KeyButton
            shortcut="F6"
            onClick={() => onOpen({ kind: "customer" })}
            className="min-w-0 flex-wrap px-2!"
          >
            <span className="min-w-0 break-words">{cart.customer?.name ?? w.customer}</span>
          </KeyButton>
          <KeyButton
            shortcut="F7"
            disabled={isEmpty}
            onClick={() => onOpen({ kind: "discount" })}
            className="min-w-0 flex-wrap px-2!"
          >
            {w.discount}
          </KeyButton>
          <KeyButton shortcut="F4" disabled={isEmpty} onClick={onPark} className="min-w-0 flex-wrap px-2!">
            {w.park}
          </KeyButton>
          <KeyButton
            shortcut="F8"
            onClick={() => onOpen({ kind: "receipt" })}
            className="min-w-0 flex-wrap px-2!"
          >
            {w.refund}
          </KeyButton>
          {parked.length > 0 && (
            <Button onClick={() => onOpen({ kind: "parked" })} className="col-span-2">
              {w.parkedCount(parked.length)}
            </Button>
          )}
        </div>
        <dl className="flex flex-col gap-1">
          {totals && totals.discount > 0 && (
            <>
              <Sum name={w.subtotal} value={f.money(totals.undiscounted)} />
              <Sum name={w.discount} value={f.money(-totals.discount)} />
            </>
          )}
          <Sum name={w.total} value={totals ? f.money(totals.total) : "–"} isStrong />
        </dl>
        {totals === null && (
          <p role="alert" className="text-bad">
            {w.discountFault}
          </p>
        )}
        <div className="flex flex-col gap-2">
          <KeyButton
            shortcut="F9"
            kind="primary"
            disabled={!canPay}
            onClick={() => onPay("cash")}
            className="min-h-14 text-lg"
          >
            {w.cash}
          </KeyButton>
          <KeyButton
            shortcut="F10"
            disabled={!canPay}
            onClick={() => onPay("card")}
            className="min-h-14 text-lg"
          >
            {w.card}
          </KeyButton>
          {others.length > 0 && (
            <div role="group" aria-label={w.otherWays} className="flex flex-wrap gap-2">
              {others.map(({ method }) => (
                <Button
                  key={method}
                  disabled={!canPay || !isOffered(method, isReachable)}
                  onClick={() => onPay(method)}
                  className="flex-1"
                >
                  {nameOf(method)}
                </Button>
              ))}
            </div>
          )}
        </div>
        <p className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-muted">
          <span>
            + − {w.keyRemove}: {w.keyLine}
          </span>
          <span>↵: {w.edit.toLowerCase()}</span>
          <span>Esc: {w.keyBack}</span>
        </p>
      </div>
    </Card>
  );
}
