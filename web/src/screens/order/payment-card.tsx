import type { Order, Payment } from "@mostrador/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { mostrador } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { usePaymentMethods } from "../../lists/use-payment-methods.ts";
import { Badge, type Tone } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { toast, toastError } from "../../parts/toasts.tsx";
import { orderWords } from "../orders/words.ts";
import { Details } from "../sale/details-card.tsx";
import { renewSales } from "../sale/use-sale.ts";
import { showOrder } from "./use-order.ts";
import { orderScreenWords } from "./words.ts";

const STATES = {
  pending: { name: "paymentPending", tone: "warn" },
  paid: { name: "paid", tone: "good" },
  cancelled: { name: "paymentCancelled", tone: "neutral" },
  refunded: { name: "paymentRefunded", tone: "bad" },
} as const satisfies Record<Order["payment"]["status"], { name: keyof typeof orderScreenWords; tone: Tone }>;

export function PaymentCard({ order }: { order: Order }) {
  const w = useWords(orderScreenWords);
  const o = useWords(orderWords);
  const f = useFormats();
  const { methodName } = usePaymentMethods();
  const { name, tone } = STATES[order.payment.status];
  const isPending = order.status === "pending";
  return (
    <Card title={w.payment} action={<Badge tone={tone}>{w[name]}</Badge>}>
      <Details
        rows={[
          [w.terms, order.payment_terms === null ? o.webShop : o[order.payment_terms]],
          [w.paidBy, !isPending && order.payment_method && methodName(order.payment_method)],
          [w.reservedUntil, isPending && order.hold_expires_at ? f.instant(order.hold_expires_at) : null],
          [w.linkUntil, isPending && order.link_expires_at ? f.instant(order.link_expires_at) : null],
        ]}
      />
      {order.payment.error !== null && <p className="mt-3 text-bad">{order.payment.error}</p>}
      {isPending && <PaymentLink order={order} />}
      <RefundsDue order={order} />
    </Card>
  );
}

function PaymentLink({ order }: { order: Order }) {
  const w = useWords(orderScreenWords);
  const { copied } = useWords(common);
  const { url } = order.payment;
  const renew = useMutation({
    mutationFn: () => mostrador.renewPaymentLink(order.id),
    onSuccess: (renewed) => {
      showOrder(renewed);
      toast(wordsNow(orderScreenWords).linkReady);
    },
    onError: toastError,
    onSettled: renewSales,
  });
  const copy = async (link: string): Promise<void> => {
    await navigator.clipboard.writeText(link);
    toast(copied);
  };
  return (
    <div className="mt-4 flex flex-wrap gap-2">
      {url !== null && <Button onClick={() => void copy(url)}>{w.copyLink}</Button>}
      <Button isBusy={renew.isPending} onClick={() => renew.mutate()}>
        {w.renewLink}
      </Button>
    </div>
  );
}

/** Payments that arrived too late or in excess. */
function RefundsDue({ order }: { order: Order }) {
  const { data = [] } = useQuery({
    queryKey: ["payments", "refund_due"],
    queryFn: ({ signal }) => mostrador.listPayments({ status: "refund_due", limit: 100 }, { signal }),
    select: ({ data: payments }) =>
      payments.filter(({ sale_id: sale, refund_of: paid }) => sale === order.id || paid === order.id),
  });
  return data.map((payment) => <RefundDue key={payment.id} payment={payment} />);
}

function RefundDue({ payment }: { payment: Payment }) {
  const w = useWords(orderScreenWords);
  const f = useFormats();
  const giveBack = useMutation({
    mutationFn: () => mostrador.refundPayment(payment.id, {}),
    onSuccess: () => toast(wordsNow(orderScreenWords).givenBack),
    onError: toastError,
    onSettled: renewSales,
  });
  return (
    <div className="mt-4 flex flex-col items-start gap-3 rounded-xl bg-warn-soft p-4 text-warn">
      <p className="font-semibold">{w.refundDue}</p>
      <p>{w.refundDueText(f.money(Math.abs(payment.amount) - payment.refunded))}</p>
      {payment.last_error !== null && <p>{payment.last_error}</p>}
      <Button isBusy={giveBack.isPending} onClick={() => giveBack.mutate()}>
        {w.giveBack}
      </Button>
    </div>
  );
}
