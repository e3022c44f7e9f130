// The sales and refunds of the shop, filtered by what is in the URL.
import type { ListSalesQuery, SaleHead } from "@mostrador/sdk";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { mostrador } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { CsvButton } from "../../lists/csv-button.tsx";
import { ListCard, rowLink, type Column } from "../../lists/data-table.tsx";
import { DaysFilter, FilterBar, FilterSelect, SearchBox } from "../../lists/filters.tsx";
import { changed } from "../../lists/search-params.ts";
import { useCursorList } from "../../lists/use-cursor-list.ts";
import { usePaymentMethods } from "../../lists/use-payment-methods.ts";
import { nameOf, useStaff, useStaffName } from "../../lists/use-people.ts";
import { Empty } from "../../parts/empty.tsx";
import { ReceiptIcon } from "../../parts/icons.tsx";
import { useMe } from "../../session/session.ts";
import { Screen } from "../../shell/screen.tsx";
import { TillLink } from "../dashboard/till-link.tsx";
import { KindBadge, StatusBadge } from "./sale-badges.tsx";
import { CHANNELS, STATUSES, type SalesSearch } from "./search.ts";
import { salesWords, saleWords } from "./words.ts";

const ROWS = 50;

const queryOf = ({ seller, ...search }: SalesSearch): ListSalesQuery => ({ ...search, seller_id: seller });

export default function Sales() {
  const names = useWords(common);
  const w = useWords(salesWords);
  const search = useSearch({ from: "/sales" });
  const navigate = useNavigate({ from: "/sales" });
  const query = queryOf(search);
  const list = useCursorList(["sales", query], (cursor, options) =>
    mostrador.listSales({ ...query, cursor, limit: ROWS }, options),
  );
  const isFiltered = Object.keys(search).length > 0;
  const clear = (): void => void navigate({ search: {} });
  return (
    <Screen
      title={names.sales}
      actions={
        <div className="flex flex-wrap gap-2">
          <CsvButton
            file="sales.csv"
            label={w.csvSales}
            read={(options) => mostrador.listSales({ ...query, ...options })}
          />
          <CsvButton
            file="sale-lines.csv"
            label={w.csvLines}
            read={({ decimal, delimiter, bom }) =>
              mostrador.exportSaleLines({ ...query, decimal, delimiter, bom })
            }
          />
        </div>
      }
    >
      <Filters search={search} onClear={isFiltered ? clear : undefined} />
      <ListCard
        caption={names.sales}
        columns={useColumns()}
        keyOf={({ id }) => id}
        list={list}
        isFiltered={isFiltered}
        onClearFilters={clear}
        empty={<Empty icon={<ReceiptIcon size={28} />} text={w.noSales} action={<TillLink />} />}
      />
    </Screen>
  );
}

function Filters({ search, onClear }: { search: SalesSearch; onClear: (() => void) | undefined }) {
  const w = useWords(salesWords);
  const s = useWords(saleWords);
  const navigate = useNavigate({ from: "/sales" });
  const { data: staff = [] } = useStaff();
  const me = useMe();
  const set = (change: { [K in keyof SalesSearch]?: SalesSearch[K] | undefined }): void =>
    void navigate({ search: changed(search, change), replace: true });
  return (
    <FilterBar onClear={onClear}>
      <SearchBox label={w.numberToFind} value={search.number} onChange={(number) => set({ number })} />
      <DaysFilter days={search} onChange={({ from, to }) => set({ from, to })} />
      <FilterSelect
        label={s.channel}
        all={w.allChannels}
        value={search.channel}
        options={CHANNELS.map((value) => ({ value, label: s[value] }))}
        onChange={(channel) => set({ channel })}
      />
      <FilterSelect
        label={s.kind}
        all={w.allKinds}
        value={search.kind}
        options={[
          { value: "sale", label: w.onlySales },
          { value: "refund", label: w.onlyRefunds },
        ]}
        onChange={(kind) => set({ kind })}
      />
      <FilterSelect
        label={s.status}
        all={w.allStatuses}
        value={search.status}
        options={STATUSES.map((value) => ({ value, label: s[value] }))}
        onChange={(status) => set({ status })}
      />
      {me.role === "ADMIN" && (
        <FilterSelect
          label={s.seller}
          all={w.allSellers}
          value={search.seller}
          options={staff.map((user) => ({ value: user.id, label: nameOf(user) }))}
          onChange={(seller) => set({ seller })}
        />
      )}
    </FilterBar>
  );
}

function useColumns(): Column<SaleHead>[] {
  const w = useWords(saleWords);
  const f = useFormats();
  const me = useMe();
  const staffName = useStaffName();
  const { methodName } = usePaymentMethods();
  const columns: Column<SaleHead>[] = [
    {
      name: w.number,
      cell: (sale) => (
        <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <Link to="/sales/$id" params={{ id: sale.id }} className={rowLink}>
            {sale.number ?? sale.external_ref ?? w.noNumber}
          </Link>
          <KindBadge sale={sale} />
        </span>
      ),
    },
    { name: w.date, cell: ({ placed_at: at }) => <span className="whitespace-nowrap">{f.instant(at)}</span> },
    { name: w.channel, shown: "hidden @min-[48rem]:table-cell", cell: ({ channel }) => w[channel] },
    {
      name: w.status,
      shown: "hidden @min-[34rem]:table-cell",
      cell: ({ status }) => <StatusBadge status={status} />,
    },
    {
      name: w.payment,
      shown: "hidden @min-[56rem]:table-cell",
      cell: ({ payment_method: method, status, channel }) => {
        if (method !== null) return methodName(method);
        // Of an imported sale, it may not be known.
        return status === "completed" && channel !== "import" ? w.severalMethods : "–";
      },
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
      cell: ({ total }) => (
        <span className={`font-medium whitespace-nowrap ${total < 0 ? "text-bad" : ""}`}>
          {f.money(total)}
        </span>
      ),
    },
  ];
  if (me.role !== "ADMIN") return columns;
  const seller: Column<SaleHead> = {
    name: w.seller,
    shown: "hidden @min-[42rem]:table-cell",
    cell: ({ seller_id: id }) => staffName(id) ?? "–",
  };
  return columns.toSpliced(4, 0, seller);
}
