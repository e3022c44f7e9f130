// One sale or refund: its lines, amounts and payments, its receipt, and what can be done with it.
import type { Sale } from "@mostrador/sdk";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { ReceiptIcon, UndoIcon } from "../../parts/icons.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Screen } from "../../shell/screen.tsx";
import { KindBadge, StatusBadge } from "../sales/sale-badges.tsx";
import { saleWords } from "../sales/words.ts";
import { DetailsCard } from "./details-card.tsx";
import { LinesCard } from "./lines-card.tsx";
import { AmountsCard, PaymentsCard, RefundsCard } from "./money-cards.tsx";
import { ReceiptDialog } from "./receipt-dialog.tsx";
import { refundableOf } from "./refund-amounts.ts";
import { RefundDialog } from "./refund-dialog.tsx";
import { useReceipt, useSale } from "./use-sale.ts";
import { useIsVoidable, VoidDialog } from "./void-dialog.tsx";
import { saleScreenWords } from "./words.ts";

export default function SaleScreen() {
  const { id } = useParams({ from: "/sales/$id" });
  const { sales } = useWords(common);
  const sale = useSale(id);
  return (
    <Loaded
      query={sale}
      skeleton={
        <Screen title={sales}>
          <div className="skeleton h-[36rem] rounded-2xl" />
        </Screen>
      }
    >
      {(data) => <Content sale={data} />}
    </Loaded>
  );
}

function Content({ sale }: { sale: Sale }) {
  const w = useWords(saleWords);
  const f = useFormats();
  const { data: receipt } = useReceipt(sale);
  const title =
    `${sale.kind === "refund" ? w.refund : w.sale} ${sale.number ?? sale.external_ref ?? ""}`.trim();
  return (
    <Screen
      title={title}
      subtitle={
        <span className="flex flex-wrap items-center gap-2">
          {f.instant(sale.placed_at)}
          <StatusBadge status={sale.status} />
          <KindBadge sale={sale} />
        </span>
      }
      actions={<Actions sale={sale} />}
    >
      <div className="grid items-start gap-4 @min-[60rem]:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <LinesCard items={sale.items} />
          <div className="grid items-start gap-4 @min-[40rem]:grid-cols-2">
            <AmountsCard sale={sale} receipt={receipt} />
            <PaymentsCard sale={sale} />
          </div>
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <DetailsCard sale={sale} receipt={receipt} />
          {receipt !== undefined && receipt.refunds.length > 0 && <RefundsCard refunds={receipt.refunds} />}
        </div>
      </div>
    </Screen>
  );
}

function Actions({ sale }: { sale: Sale }) {
  const w = useWords(saleScreenWords);
  const [open, setOpen] = useState<"receipt" | "refund" | "void" | null>(null);
  const isVoidable = useIsVoidable(sale);
  const close = (): void => setOpen(null);
  const isCompleted = sale.status === "completed";
  const isRefundable =
    isCompleted && sale.kind === "sale" && sale.items.some((line) => refundableOf(line) > 0);
  return (
    <div className="flex flex-wrap gap-2">
      {isCompleted && (
        <Button onClick={() => setOpen("receipt")}>
          <ReceiptIcon />
          {w.receipt}
        </Button>
      )}
      {isVoidable && <Button onClick={() => setOpen("void")}>{w.voidSale}</Button>}
      {isRefundable && (
        <Button onClick={() => setOpen("refund")}>
          <UndoIcon />
          {w.refund}
        </Button>
      )}
      {open === "receipt" && <ReceiptDialog sale={sale} onClose={close} />}
      {open === "refund" && <RefundDialog sale={sale} onClose={close} />}
      {open === "void" && <VoidDialog sale={sale} onClose={close} />}
    </div>
  );
}
