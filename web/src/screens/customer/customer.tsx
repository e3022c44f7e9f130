// One customer: what they have bought, and what is known of them.
import type { CustomerWithFigures, SaleHead } from "@mostrador/sdk";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { mostrador } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { useCustomerName } from "../../lists/customer-picker.tsx";
import { ListCard, rowLink, type Column } from "../../lists/data-table.tsx";
import { downloadFile } from "../../lists/download.ts";
import { useCursorList } from "../../lists/use-cursor-list.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { useMe } from "../../session/session.ts";
import { Screen } from "../../shell/screen.tsx";
import { customerWords } from "../customers/words.ts";
import { orderWords } from "../orders/words.ts";
import { Address, Details, textLink } from "../sale/details-card.tsx";
import { KindBadge, StatusBadge } from "../sales/sale-badges.tsx";
import { saleWords } from "../sales/words.ts";
import { EditDialog } from "./edit-dialog.tsx";
import { EraseDialog } from "./erase-dialog.tsx";
import { MergeDialog } from "./merge-dialog.tsx";
import { customerScreenWords } from "./words.ts";

const ROWS = 25;

export default function CustomerScreen() {
  const { id } = useParams({ from: "/customers/$id" });
  const { customers } = useWords(common);
  const customer = useQuery({
    queryKey: ["customer", id],
    queryFn: ({ signal }) => mostrador.getCustomer(id, { signal }),
  });
  return (
    <Loaded
      query={customer}
      skeleton={
        <Screen title={customers}>
          <div className="skeleton h-[36rem] rounded-2xl" />
        </Screen>
      }
    >
      {(data) => <Content customer={data} />}
    </Loaded>
  );
}

function Content({ customer }: { customer: CustomerWithFigures }) {
  const w = useWords(customerWords);
  const customerName = useCustomerName();
  return (
    <Screen
      title={customerName(customer)}
      subtitle={customer.has_login ? <Badge tone="brand">{w.account}</Badge> : undefined}
      actions={<Actions customer={customer} />}
    >
      <Figures figures={customer.figures} />
      <div className="mt-4 grid items-start gap-4 @min-[60rem]:grid-cols-[minmax(0,1fr)_20rem]">
        <SalesOf id={customer.id} />
        <DetailsCard customer={customer} />
      </div>
    </Screen>
  );
}

function Figures({ figures }: { figures: CustomerWithFigures["figures"] }) {
  const w = useWords(customerScreenWords);
  const f = useFormats();
  const cells = [
    { name: w.spend, value: f.money(figures.spend) },
    { name: w.sales, value: f.number(figures.orders) },
    { name: w.average, value: f.money(figures.average) },
    { name: w.units, value: f.number(figures.units) },
    { name: w.refunds, value: f.number(figures.refunds) },
    { name: w.lastSale, value: figures.last_day === null ? "–" : f.datedDay(figures.last_day) },
  ];
  return (
    <dl className="grid grid-cols-1 gap-3 @min-[18rem]:grid-cols-2 @min-[40rem]:grid-cols-3 @min-[58rem]:grid-cols-6">
      {cells.map(({ name, value }) => (
        <div key={name} className="rounded-2xl border border-line bg-card px-4 py-3.5 shadow-card">
          <dt className="text-[0.8125rem] text-muted">{name}</dt>
          <dd className="text-xl font-semibold tracking-tight tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function SalesOf({ id }: { id: string }) {
  const names = useWords(common);
  const w = useWords(customerScreenWords);
  const s = useWords(saleWords);
  const f = useFormats();
  const list = useCursorList(["sales", "of-customer", id], (cursor, options) =>
    mostrador.listCustomerSales(id, { cursor, limit: ROWS }, options),
  );
  const columns: Column<SaleHead>[] = [
    {
      name: s.number,
      cell: (sale) => (
        <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <Link to="/sales/$id" params={{ id: sale.id }} className={rowLink}>
            {sale.number ?? sale.external_ref ?? s.noNumber}
          </Link>
          <KindBadge sale={sale} />
        </span>
      ),
    },
    { name: s.date, cell: ({ placed_at: at }) => <span className="whitespace-nowrap">{f.instant(at)}</span> },
    { name: s.channel, shown: "hidden @min-[40rem]:table-cell", cell: ({ channel }) => s[channel] },
    {
      name: s.status,
      shown: "hidden @min-[30rem]:table-cell",
      cell: ({ status }) => <StatusBadge status={status} />,
    },
    {
      name: s.total,
      isNumber: true,
      cell: ({ total }) => (
        <span className={`font-medium whitespace-nowrap ${total < 0 ? "text-bad" : ""}`}>
          {f.money(total)}
        </span>
      ),
    },
  ];
  return (
    <ListCard
      caption={names.sales}
      columns={columns}
      keyOf={(sale) => sale.id}
      list={list}
      isFiltered={false}
      empty={<Empty text={w.noSales} />}
    />
  );
}

function DetailsCard({ customer }: { customer: CustomerWithFigures }) {
  const w = useWords(customerScreenWords);
  const c = useWords(customerWords);
  const f = useFormats();
  const { role } = useMe();
  return (
    <Card title={w.details}>
      <Details
        rows={[
          [c.email, customer.email && <span className="break-all">{customer.email}</span>],
          [c.phone, customer.phone],
          [c.taxId, customer.tax_id],
          [c.reference, customer.external_ref],
          [c.note, customer.note],
          [c.acceptsMail, customer.accepts_mail ? w.yes : w.no],
          [c.since, f.instantDay(customer.created_at)],
          [w.firstSale, customer.figures.first_day && f.datedDay(customer.figures.first_day)],
        ]}
      />
      {customer.email_bounced_at !== null && <p className="mt-3 text-warn">{w.bounced}</p>}
      {customer.addresses.length > 0 && (
        <>
          <h3 className="mt-5 mb-2 text-xs font-semibold text-muted">{w.addresses}</h3>
          <ul className="flex flex-col gap-3">
            {customer.addresses.map((address) => (
              <li key={[address.name, ...address.lines, address.postal_code].join()}>
                <Address address={address} />
              </li>
            ))}
          </ul>
        </>
      )}
      {role === "ADMIN" && (
        <p className="mt-4">
          <a href={`/audit?entity=customer&entity_id=${customer.id}`} className={textLink}>
            {w.audit}
          </a>
        </p>
      )}
    </Card>
  );
}

function Actions({ customer }: { customer: CustomerWithFigures }) {
  const w = useWords(customerScreenWords);
  const o = useWords(orderWords);
  const { role } = useMe();
  const [open, setOpen] = useState<"edit" | "merge" | "erase" | null>(null);
  const close = (): void => setOpen(null);
  const exportData = async (): Promise<void> => {
    const sales = await mostrador.pages.listCustomerSales(customer.id, {}).all();
    const file = JSON.stringify({ customer, sales }, null, 2);
    downloadFile(`customer-${customer.id}.json`, file, "application/json");
  };
  return (
    <div className="flex flex-wrap gap-2">
      {role === "ADMIN" && (
        <>
          <Button onClick={() => setOpen("erase")}>{w.erase}</Button>
          <Button onClick={() => setOpen("merge")}>{w.merge}</Button>
        </>
      )}
      <Button onClick={() => void exportData()}>{w.exportData}</Button>
      <Button onClick={() => setOpen("edit")}>{w.edit}</Button>
      <Link
        to="/orders/new"
        search={{ customer: customer.id }}
        className="inline-flex min-h-11 items-center rounded-xl bg-brand px-4 font-semibold text-on-brand hover:bg-brand-strong"
      >
        {o.newOrder}
      </Link>
      {open === "edit" && <EditDialog customer={customer} onClose={close} />}
      {open === "merge" && <MergeDialog customer={customer} onClose={close} />}
      {open === "erase" && <EraseDialog customer={customer} onClose={close} />}
    </div>
  );
}
