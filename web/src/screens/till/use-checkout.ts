// From a cart to a sale: the approval that it may need, its payments, and what the API answers.
import { isProblem, type Approval } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { queryClient } from "../../client.ts";
import { wordsNow } from "../../i18n/words.ts";
import { isReachable } from "../../offline/connection.ts";
import { toastWarning } from "../../parts/toasts.tsx";
import { useMe } from "../../session/session.ts";
import { EMPTY_CART, limitExceededBy, totalsOf, type Cart, type CartTotals } from "./cart.ts";
import type { Payment } from "./payments.ts";
import { sell } from "./sell.ts";
import { isOffered } from "./terms.ts";
import { setTill, till } from "./till-state.ts";
import { tillWords } from "./words.ts";

/** An approval is asked for; then the payment begins, or the sale is sent again. */
type Asked = { next: { method: string } | { payments: Payment[] }; error: Error | null };

const APPROVALS = ["approval-required", "invalid-approval"];

const sumOf = (payments: Payment[]): number => payments.reduce((sum, { amount }) => sum + amount, 0);

const begin = (method: string): void =>
  setTill({ paying: { method, payments: till().paying?.payments ?? [] } });

type Outdated = {
  /** The API had other prices than the cart. */
  onOtherPrices: () => void;
  /** There is less in stock than the cart has. */
  onShortage: () => void;
};

export function useCheckout({ onOtherPrices, onShortage }: Outdated) {
  const me = useMe();
  const [approved, setApproved] = useState<{ cart: Cart; approval: Approval } | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);

  // Two keys may come before the screen shows that the sale is on its way.
  const isRunning = useRef(false);
  const sale = useMutation({
    mutationFn: ({ payments, approval }: { payments: Payment[]; approval: Approval | undefined }) =>
      sell(me, { cart: till().cart, payments, total: sumOf(payments), approval }),
    onSuccess: (done) => {
      setApproved(null);
      setTill({ cart: EMPTY_CART, selected: null, paying: null, done });
      void queryClient.invalidateQueries({ refetchType: "none" });
    },
    onSettled: () => {
      isRunning.current = false;
    },
    onError: (error, { payments }) => {
      if (!isProblem(error)) return;
      if (APPROVALS.includes(error.slug)) {
        setApproved(null);
        setAsked({ next: { payments }, error: error.slug === "invalid-approval" ? error : null });
      } else if (error.slug === "payments-mismatch") onOtherPrices();
      else if (error.slug === "out-of-stock") onShortage();
    },
  });

  const finish = (payments: Payment[], approval = approvalOf(till().cart)): void => {
    if (isRunning.current) return;
    isRunning.current = true;
    sale.mutate({ payments, approval });
  };
  const approvalOf = (cart: Cart): Approval | undefined =>
    approved?.cart === cart ? approved.approval : undefined;

  const needsApproval = (cart: Cart, totals: CartTotals): boolean => {
    if (me.role === "ADMIN" || approvalOf(cart)) return false;
    const { max_discount_percent: percent = 100, allow_price_override = true } = me.shop;
    const rules = { max_discount_percent: Math.round(percent * 1000), allow_price_override };
    return limitExceededBy(cart, totals, rules) !== null;
  };
  return {
    asked,
    isBusy: sale.isPending,
    /** An approval is asked for instead. */
    error: asked || (isProblem(sale.error) && APPROVALS.includes(sale.error.slug)) ? null : sale.error,
    /** Begins to take a payment, or goes on with another method. */
    pay: (method: string): void => {
      const { cart, paying } = till();
      const totals = totalsOf(cart, me.shop.prices_include_tax);
      if (!totals || cart.lines.length === 0 || isRunning.current || !isOffered(method, isReachable()))
        return;
      sale.reset();
      if (paying || !needsApproval(cart, totals)) return begin(method);
      if (isReachable()) setAsked({ next: { method }, error: null });
      else toastWarning(wordsNow(tillWords).approvalOffline);
    },
    finish: (payments: Payment[]): void => finish(payments),
    back: (): void => {
      if (isRunning.current) return;
      sale.reset();
      setTill({ paying: null });
    },
    approve: (approval: Approval): void => {
      if (!asked) return;
      setApproved({ cart: till().cart, approval });
      setAsked(null);
      if ("method" in asked.next) begin(asked.next.method);
      else finish(asked.next.payments, approval);
    },
    refuse: (): void => setAsked(null),
  };
}

export type Checkout = ReturnType<typeof useCheckout>;
