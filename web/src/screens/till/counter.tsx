import { Suspense, useEffect, useRef, useState } from "react";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { lazily } from "../../lazily.tsx";
import { useUnits } from "../../lists/units.ts";
import { CardBoundary } from "../../parts/boundary.tsx";
import { toast, toastError, toastWarning } from "../../parts/toasts.tsx";
import { useMe } from "../../session/session.ts";
import { createAdding } from "./adding.ts";
import { isReceiptNumber, useReceipt } from "./receipt-number.ts";
import { repriced, totalsOf, type CartLine } from "./cart.ts";
import { CartPanel } from "./cart-panel.tsx";
import { LineList } from "./line-list.tsx";
import { SearchBox } from "./search-box.tsx";
import { lineKeys, step } from "./selected-line.ts";
import { renewTerms, taxRateOf, type Terms } from "./terms.ts";
import { loadDialogs, TillDialog, type Opened } from "./till-dialog.tsx";
import { clearTill, park, setCart, setTill, till, useTill } from "./till-state.ts";
import { useCatalogue } from "./use-catalogue.ts";
import { useCheckout } from "./use-checkout.ts";
import { useScanner } from "./use-scanner.ts";
import { useTillKeys } from "./use-till-keys.ts";
import { tillWords } from "./words.ts";

// Loaded once the till is shown, before they are needed.
const PayPanel = lazily(() => import("./pay-panel.tsx"));
const DonePanel = lazily(() => import("./done-panel.tsx"));

/** Whether the screen is behind a dialog that only an answer closes, as during a break or when the login has ended. */
const isLocked = (): boolean => document.querySelector("dialog[open][closedby=none]") !== null;

/** Sells: a cart, its payments, and the sale that was made. */
export function Counter({ terms }: { terms: Terms }) {
  const w = useWords(tillWords);
  const me = useMe();
  const copy = useCatalogue();
  const { cart, selected, paying, done } = useTill();
  const [opened, setOpened] = useState<Opened | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const totals = totalsOf(cart, me.shop.prices_include_tax);
  const renew = (): void => {
    if (!copy) return;
    setCart(repriced(till().cart, copy.catalogue.byId, (product) => taxRateOf(product, terms)));
    toastWarning(wordsNow(tillWords).pricesChanged);
  };
  const checkout = useCheckout({
    onOtherPrices: () => {
      Promise.all([copy?.sync(), renewTerms(me)]).then(renew, toastError);
    },
    // The cart then says of which product there is too little.
    onShortage: () => void copy?.sync().catch(toastError),
  });
  const isOutdated =
    !paying &&
    cart.lines.some(({ product_id: id, list_price }) => {
      const price = copy?.catalogue.byId(id)?.price;
      return price !== undefined && price !== list_price;
    });
  useEffect(() => {
    if (isOutdated) renew();
  });

  useEffect(() => {
    void PayPanel.preload();
    loadDialogs();
    void DonePanel.preload();
  }, []);

  const isAsking = opened !== null || checkout.asked !== null;
  useEffect(() => {
    // After a dialog one goes on typing.
    if (!isAsking) search.current?.focus();
  }, [isAsking]);

  const adding = createAdding({
    me,
    terms,
    copy,
    onWeigh: (product) => setOpened({ kind: "weigh", product }),
  });
  const findReceipt = useReceipt();
  const addUnknown = (code: string): void =>
    void (isReceiptNumber(code) ? findReceipt(code) : adding.addUnknown(code));
  useScanner((code) => {
    if (isLocked() || checkout.isBusy) return;
    setOpened(null);
    if (!adding.addCode(code)) addUnknown(code);
  });

  const edit = (line: CartLine): void => setOpened({ kind: "line", line });
  const parkCart = (): void => {
    const now = till();
    if (now.cart.lines.length === 0) return setOpened({ kind: "parked" });
    if (now.paying) return toastWarning(w.finishPayment);
    park(me.first_name);
    toast(w.parkedDone);
  };
  const openInCart = (kind: "customer" | "discount"): void => {
    const now = till();
    if (!now.paying && !now.done && (kind === "customer" || now.cart.lines.length > 0)) setOpened({ kind });
  };
  useTillKeys({
    F2: () => (till().paying ? checkout.back() : search.current?.focus()),
    F4: parkCart,
    F6: () => openInCart("customer"),
    F7: () => openInCart("discount"),
    F8: () => setOpened({ kind: "receipt" }),
    F9: () => checkout.pay("cash"),
    F10: () => checkout.pay("card"),
    Escape: () => (till().done ? clearTill() : checkout.back()),
  });

  const dialog = (
    <TillDialog
      opened={opened}
      cart={cart}
      checkout={checkout}
      onWeighed={adding.addProduct}
      onClose={() => setOpened(null)}
    />
  );
  if (done)
    return (
      <>
        <CardBoundary>
          <Suspense fallback={<div className="skeleton h-96 rounded-2xl" />}>
            <DonePanel done={done} methods={terms.methods} onNext={clearTill} />
          </Suspense>
        </CardBoundary>
        {dialog}
      </>
    );
  return (
    <div className="grid items-start gap-4 @min-[42rem]:grid-cols-[minmax(0,1fr)_19rem] @min-[70rem]:grid-cols-[minmax(0,1fr)_26rem]">
      <div className="flex min-w-0 flex-col gap-3">
        {!paying && (
          <SearchBox
            inputRef={search}
            catalogue={copy?.catalogue ?? null}
            onCode={adding.addCode}
            onProduct={adding.addProduct}
            onUnknown={addUnknown}
            emptyKeys={lineKeys(edit)}
          />
        )}
        <LineList
          lines={cart.lines}
          stockOf={(id) => copy?.catalogue.byId(id)?.stock ?? null}
          amounts={totals?.lines}
          selected={selected}
          isFixed={paying !== null}
          onSelect={(key) => setTill({ selected: key })}
          onStep={step}
          onEdit={edit}
        />
        <LastAdded lines={cart.lines} selected={selected} />
      </div>
      {paying && totals ? (
        <CardBoundary>
          <Suspense fallback={<div className="skeleton h-96 rounded-2xl" />}>
            <PayPanel
              total={totals.total}
              coin={me.shop.cash_rounding ?? 0}
              methods={terms.methods}
              paying={paying}
              error={checkout.error}
              isBusy={checkout.isBusy}
              onChange={(next) => setTill({ paying: next })}
              onPaid={checkout.finish}
              onBack={checkout.back}
            />
          </Suspense>
        </CardBoundary>
      ) : (
        <CartPanel
          cart={cart}
          totals={totals}
          methods={terms.methods}
          onPay={checkout.pay}
          onOpen={setOpened}
          onPark={parkCart}
        />
      )}
      {dialog}
    </div>
  );
}

/** Says what the selected line is, for those who do not see it. */
function LastAdded({ lines, selected }: { lines: readonly CartLine[]; selected: number | null }) {
  const f = useFormats();
  const { quantity } = useUnits();
  const line = lines.find(({ key }) => key === selected);
  return (
    <p role="status" className="sr-only">
      {line && `${line.title}: ${quantity(line.quantity / 1000, line.unit)}, ${f.money(line.unit_price)}`}
    </p>
  );
}
