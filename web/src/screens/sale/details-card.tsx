import type { Receipt, Sale } from "@mostrador/sdk";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { useStaffName } from "../../lists/use-people.ts";
import { Card } from "../../parts/card.tsx";
import { useMe } from "../../session/session.ts";
import { saleWords } from "../sales/words.ts";
import { saleScreenWords } from "./words.ts";

export const textLink = "font-medium text-brand underline-offset-2 hover:underline";

/** Names and values; rows without a value are left out. */
export function Details({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="flex flex-col gap-2.5">
      {rows.map(([name, value]) =>
        value === null || value === undefined || value === false || value === "" ? null : (
          <div key={name} className="flex flex-wrap justify-between gap-x-4">
            <dt className="text-muted">{name}</dt>
            <dd className="ml-auto min-w-0 text-right break-words">{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

export function Address({ address }: { address: NonNullable<Sale["shipping_address"]> }) {
  const f = useFormats();
  const { name, lines, postal_code: code, city, region, country } = address;
  const parts = [name, ...lines, `${code} ${city}`, region, f.country(country)].filter(Boolean);
  return (
    <address className="not-italic">
      {parts.map((part) => (
        <span key={part} className="block">
          {part}
        </span>
      ))}
    </address>
  );
}

export function DetailsCard({ sale, receipt }: { sale: Sale; receipt: Receipt | undefined }) {
  const w = useWords(saleScreenWords);
  const s = useWords(saleWords);
  const f = useFormats();
  const { role } = useMe();
  const staffName = useStaffName();
  return (
    <Card title={w.details}>
      <Details
        rows={[
          [w.date, f.instant(sale.placed_at)],
          [w.channel, s[sale.channel]],
          [w.seller, staffName(sale.seller_id) ?? receipt?.seller],
          [w.customer, <Customer key="customer" sale={sale} name={receipt?.customer ?? null} />],
          [w.country, sale.country && f.country(sale.country)],
          [w.reason, sale.reason],
          [w.discountReason, sale.discount_reason],
          [w.approvedBy, staffName(sale.approved_by)],
          [w.fileNumber, sale.external_ref],
          [w.address, sale.shipping_address && <Address key="address" address={sale.shipping_address} />],
          [
            w.refundOf,
            sale.refund_of && (
              <Link key="refund-of" to="/sales/$id" params={{ id: sale.refund_of }} className={textLink}>
                {receipt?.refund_of?.number ?? w.seeSale}
              </Link>
            ),
          ],
        ]}
      />
      {sale.kind === "refund" && (
        <p className="mt-3 text-muted">{sale.restocked ? w.restocked : w.notRestocked}</p>
      )}
      {sale.offline && <p className="mt-3 text-muted">{w.offline}</p>}
      <p className="mt-4 flex flex-wrap gap-x-4 gap-y-1">
        {sale.channel === "online" && sale.kind === "sale" && (
          <Link to="/orders/$id" params={{ id: sale.id }} className={textLink}>
            {w.seeOrder}
          </Link>
        )}
        {role === "ADMIN" && (
          <a href={`/audit?entity=sale&entity_id=${sale.id}`} className={textLink}>
            {w.audit}
          </a>
        )}
      </p>
    </Card>
  );
}

function Customer({
  sale: { customer_id: id, customer_ref: ref },
  name,
}: {
  sale: Sale;
  name: string | null;
}) {
  const w = useWords(saleScreenWords);
  if (id === null) return ref ?? "–";
  return (
    <Link to="/customers/$id" params={{ id }} className={textLink}>
      {name ?? ref ?? w.customer}
    </Link>
  );
}
