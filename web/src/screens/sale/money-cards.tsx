import type { Purchase, Receipt, Sale } from "@mostrador/sdk";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { usePaymentMethods } from "../../lists/use-payment-methods.ts";
import { Card } from "../../parts/card.tsx";
import { KindBadge } from "../sales/sale-badges.tsx";
import { saleScreenWords } from "./words.ts";

function Row({
  name,
  isStrong = false,
  children,
}: {
  name: ReactNode;
  isStrong?: boolean;
  children: ReactNode;
}) {
  return (
    <div
      className={`flex items-baseline justify-between gap-4 py-1.5 ${isStrong ? "mt-1 border-t border-line pt-2.5 text-base font-semibold" : ""}`}
    >
      <dt className={isStrong ? "" : "text-muted"}>{name}</dt>
      <dd className="text-right whitespace-nowrap tabular-nums">{children}</dd>
    </div>
  );
}

type AmountsCardProps = {
  sale: Pick<Purchase, "discount" | "net" | "tax" | "rounding" | "total">;
  receipt: Receipt | undefined;
};

export function AmountsCard({ sale, receipt }: AmountsCardProps) {
  const w = useWords(saleScreenWords);
  const f = useFormats();
  return (
    <Card title={w.summary}>
      <dl>
        {sale.discount !== 0 && <Row name={w.discount}>{f.money(-sale.discount)}</Row>}
        <Row name={w.net}>{f.money(sale.net)}</Row>
        {receipt ? (
          receipt.taxes.map(({ mark, name, tax }) => (
            <Row key={mark} name={name ?? w.tax}>
              {f.money(tax)}
            </Row>
          ))
        ) : (
          <Row name={w.tax}>{f.money(sale.tax)}</Row>
        )}
        {sale.rounding !== 0 && <Row name={w.rounding}>{f.money(sale.rounding)}</Row>}
        <Row name={w.total} isStrong>
          {f.money(sale.total + sale.rounding)}
        </Row>
      </dl>
    </Card>
  );
}

export function PaymentsCard({ sale }: { sale: Sale }) {
  const w = useWords(saleScreenWords);
  const f = useFormats();
  const { methodName } = usePaymentMethods();
  return (
    <Card title={w.payments}>
      {sale.payments.length === 0 ? (
        <p className="text-muted">{sale.status === "completed" ? "–" : w.notPaid}</p>
      ) : (
        <dl>
          {sale.payments.map(({ method, amount, tendered }) => (
            <Row
              key={method}
              name={
                <>
                  {methodName(method)}
                  {tendered !== null && (
                    <span className="block text-xs text-faint">{w.tendered(f.money(tendered))}</span>
                  )}
                </>
              }
            >
              {f.money(amount)}
            </Row>
          ))}
          {sale.change > 0 && <Row name={w.change}>{f.money(sale.change)}</Row>}
        </dl>
      )}
    </Card>
  );
}

export function RefundsCard({ refunds }: { refunds: Receipt["refunds"] }) {
  const w = useWords(saleScreenWords);
  const f = useFormats();
  return (
    <Card title={w.refunds} isFlush>
      <ul>
        {refunds.map((refund) => (
          <li
            key={refund.id}
            className="relative flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-5 py-3 hover:bg-sunken/60"
          >
            <span className="min-w-0 flex-1">
              <Link
                to="/sales/$id"
                params={{ id: refund.id }}
                className="font-medium after:absolute after:inset-0 hover:underline"
              >
                {refund.number ?? w.refunds}
              </Link>{" "}
              {refund.is_void && <KindBadge sale={{ kind: "refund", is_void: true }} />}
              <span className="block text-xs text-faint">{f.instant(refund.placed_at)}</span>
            </span>
            <span className="font-medium whitespace-nowrap text-bad tabular-nums">
              {f.money(refund.total)}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
