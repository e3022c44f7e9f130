// One order: its lines and payment, and what can be done in its status.
import type { Order } from "@mostrador/sdk";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { useStaffName } from "../../lists/use-people.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { CheckIcon, ReceiptIcon, UndoIcon } from "../../parts/icons.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useMe } from "../../session/session.ts";
import { Screen } from "../../shell/screen.tsx";
import { OrderStatusBadge } from "../orders/order-status.tsx";
import { orderWords } from "../orders/words.ts";
import { Address, Details, textLink } from "../sale/details-card.tsx";
import { LinesCard } from "../sale/lines-card.tsx";
import { AmountsCard, RefundsCard } from "../sale/money-cards.tsx";
import { ReceiptDialog } from "../sale/receipt-dialog.tsx";
import { refundableOf } from "../sale/refund-amounts.ts";
import { RefundDialog } from "../sale/refund-dialog.tsx";
import { useReceipt } from "../sale/use-sale.ts";
import { CancelDialog } from "./cancel-dialog.tsx";
import { ConfirmDialog } from "./confirm-dialog.tsx";
import { EditDialog } from "./edit-dialog.tsx";
import { MailsCard } from "./mails-card.tsx";
import { PaymentCard } from "./payment-card.tsx";
import { useOrder } from "./use-order.ts";
import { orderScreenWords } from "./words.ts";

export default function OrderScreen() {
  const { id } = useParams({ from: "/orders/$id" });
  const { orders } = useWords(common);
  const order = useOrder(id);
  return (
    <Loaded
      query={order}
      skeleton={
        <Screen title={orders}>
          <div className="skeleton h-[36rem] rounded-2xl" />
        </Screen>
      }
    >
      {(data) => <Content order={data} />}
    </Loaded>
  );
}

function Content({ order }: { order: Order }) {
  const w = useWords(orderWords);
  const f = useFormats();
  const { role } = useMe();
  const email = order.customer?.email;
  const isPaid = order.status === "completed" || order.status === "refunded";
  const { data: receipt } = useReceipt({ id: order.id, status: isPaid ? "completed" : "pending" });
  return (
    <Screen
      title={`${w.order} ${order.number ?? ""}`.trim()}
      subtitle={
        <span className="flex flex-wrap items-center gap-2">
          {f.instant(order.placed_at)}
          <OrderStatusBadge status={order.status} />
        </span>
      }
      actions={<Actions order={order} />}
    >
      <div className="grid items-start gap-4 @min-[60rem]:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <LinesCard items={order.items} />
          <div className="grid items-start gap-4 @min-[40rem]:grid-cols-2">
            <AmountsCard sale={order} receipt={receipt} />
            <PaymentCard order={order} />
          </div>
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <DetailsCard order={order} />
          {receipt !== undefined && receipt.refunds.length > 0 && <RefundsCard refunds={receipt.refunds} />}
          {role === "ADMIN" && email && <MailsCard orderId={order.id} email={email} />}
        </div>
      </div>
    </Screen>
  );
}

const DIALOGS = {
  confirm: ConfirmDialog,
  edit: EditDialog,
  cancel: CancelDialog,
  refund: ({ order, onClose }: { order: Order; onClose: () => void }) => (
    <RefundDialog sale={order} onClose={onClose} />
  ),
  receipt: ({ order, onClose }: { order: Order; onClose: () => void }) => (
    <ReceiptDialog sale={order} onClose={onClose} />
  ),
};

function Actions({ order }: { order: Order }) {
  const w = useWords(orderScreenWords);
  const [open, setOpen] = useState<keyof typeof DIALOGS | null>(null);
  const Dialog = open && DIALOGS[open];
  return (
    <div className="flex flex-wrap gap-2">
      {order.status === "pending" && (
        <>
          <Button onClick={() => setOpen("cancel")}>{w.cancel}</Button>
          <Button onClick={() => setOpen("edit")}>{w.edit}</Button>
          <Button kind="primary" onClick={() => setOpen("confirm")}>
            <CheckIcon />
            {w.confirm}
          </Button>
        </>
      )}
      {(order.status === "completed" || order.status === "refunded") && (
        <Button onClick={() => setOpen("receipt")}>
          <ReceiptIcon />
          {w.receipt}
        </Button>
      )}
      {order.status === "completed" && order.items.some((line) => refundableOf(line) > 0) && (
        <Button onClick={() => setOpen("refund")}>
          <UndoIcon />
          {w.refund}
        </Button>
      )}
      {Dialog && <Dialog order={order} onClose={() => setOpen(null)} />}
    </div>
  );
}

function DetailsCard({ order }: { order: Order }) {
  const w = useWords(orderScreenWords);
  const f = useFormats();
  const { role } = useMe();
  const staffName = useStaffName();
  const { customer } = order;
  return (
    <Card title={w.details}>
      <Details
        rows={[
          [w.date, f.instant(order.placed_at)],
          [
            w.customer,
            customer ? (
              <Link key="customer" to="/customers/$id" params={{ id: customer.id }} className={textLink}>
                {customer.name ?? customer.email ?? w.customer}
              </Link>
            ) : (
              w.guest
            ),
          ],
          [w.email, customer?.email],
          [w.phone, customer?.phone],
          [w.takenBy, staffName(order.seller_id)],
          [w.note, order.note],
          [w.cancelReason, order.reason],
          [w.address, order.shipping_address && <Address key="address" address={order.shipping_address} />],
        ]}
      />
      <p className="mt-4 flex flex-wrap gap-x-4 gap-y-1">
        <Link to="/sales/$id" params={{ id: order.id }} className={textLink}>
          {w.seeSale}
        </Link>
        {role === "ADMIN" && (
          <a href={`/audit?entity=purchase&entity_id=${order.id}`} className={textLink}>
            {w.audit}
          </a>
        )}
      </p>
    </Card>
  );
}
