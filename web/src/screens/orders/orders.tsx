// The orders of the web shop and those that staff took, by status.
import type { OrderHead, OrderStatus } from "@mostrador/sdk";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { mostrador } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { CsvButton } from "../../lists/csv-button.tsx";
import { ListCard, rowLink, type Column } from "../../lists/data-table.tsx";
import { DaysFilter, FilterBar, SearchBox } from "../../lists/filters.tsx";
import { changed } from "../../lists/search-params.ts";
import { useCursorList } from "../../lists/use-cursor-list.ts";
import { Empty } from "../../parts/empty.tsx";
import { OrderIcon, PlusIcon } from "../../parts/icons.tsx";
import { Segmented } from "../../parts/segmented.tsx";
import { Screen } from "../../shell/screen.tsx";
import { OrderStatusBadge } from "./order-status.tsx";
import { ORDER_STATUSES, type OrdersSearch } from "./search.ts";
import { orderWords } from "./words.ts";

const ROWS = 50;

const NAMES = {
  pending: "pendingOrders",
  completed: "completedOrders",
  cancelled: "cancelledOrders",
  refunded: "refundedOrders",
} as const satisfies Record<OrderStatus, string>;

export default function Orders() {
  const names = useWords(common);
  const w = useWords(orderWords);
  const search = useSearch({ from: "/orders" });
  const navigate = useNavigate({ from: "/orders" });
  const list = useCursorList(["orders", search], (cursor, options) =>
    mostrador.listOrders({ ...search, cursor, limit: ROWS }, options),
  );
  const isFiltered = Object.keys(search).length > 0;
  const clear = (): void => void navigate({ search: {} });
  const set = (change: { [K in keyof OrdersSearch]?: OrdersSearch[K] | undefined }): void =>
    void navigate({ search: changed(search, change), replace: true });
  const statuses: { value: OrderStatus | "all"; label: string }[] = [
    { value: "all", label: w.allOrders },
    ...ORDER_STATUSES.map((value) => ({ value, label: w[NAMES[value]] })),
  ];
  return (
    <Screen
      title={names.orders}
      actions={
        <div className="flex flex-wrap gap-2">
          <CsvButton file="orders.csv" read={(options) => mostrador.listOrders({ ...search, ...options })} />
          <NewOrderLink />
        </div>
      }
    >
      <FilterBar onClear={isFiltered ? clear : undefined}>
        <div className="max-w-full overflow-x-auto">
          <Segmented
            label={w.status}
            value={search.status ?? "all"}
            options={statuses}
            onChange={(value) => set({ status: value === "all" ? undefined : value })}
          />
        </div>
        <SearchBox label={w.toFind} value={search.q} onChange={(q) => set({ q })} />
        <DaysFilter days={search} onChange={({ from, to }) => set({ from, to })} />
      </FilterBar>
      <ListCard
        caption={names.orders}
        columns={useColumns()}
        keyOf={({ id }) => id}
        list={list}
        isFiltered={isFiltered}
        onClearFilters={clear}
        empty={<Empty icon={<OrderIcon size={28} />} text={w.noOrders} action={<NewOrderLink />} />}
      />
    </Screen>
  );
}

function NewOrderLink() {
  const w = useWords(orderWords);
  return (
    <Link
      to="/orders/new"
      className="inline-flex min-h-11 items-center gap-2 rounded-xl bg-brand px-4 font-semibold text-on-brand hover:bg-brand-strong"
    >
      <PlusIcon />
      {w.newOrder}
    </Link>
  );
}

function useColumns(): Column<OrderHead>[] {
  const w = useWords(orderWords);
  const f = useFormats();
  return [
    {
      name: w.number,
      cell: (order) => (
        <Link to="/orders/$id" params={{ id: order.id }} className={rowLink}>
          {order.number ?? w.order}
        </Link>
      ),
    },
    {
      name: w.customer,
      shown: "hidden @min-[34rem]:table-cell",
      cell: ({ customer }) => (
        <span className="break-words">{customer?.name ?? customer?.email ?? w.guest}</span>
      ),
    },
    {
      name: w.date,
      shown: "hidden @min-[46rem]:table-cell",
      cell: ({ placed_at: at }) => <span className="whitespace-nowrap">{f.instant(at)}</span>,
    },
    { name: w.status, cell: ({ status }) => <OrderStatusBadge status={status} /> },
    {
      name: w.terms,
      shown: "hidden @min-[56rem]:table-cell",
      cell: ({ payment_terms: terms }) => (terms === null ? w.webShop : w[terms]),
    },
    {
      name: w.units,
      isNumber: true,
      shown: "hidden @min-[62rem]:table-cell",
      cell: ({ units }) => f.number(units),
    },
    {
      name: w.total,
      isNumber: true,
      cell: ({ total }) => <span className="font-medium whitespace-nowrap">{f.money(total)}</span>,
    },
  ];
}
