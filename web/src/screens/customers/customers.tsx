// The customers of the shop, with and without an account.
import type { Customer } from "@mostrador/sdk";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { CsvButton } from "../../lists/csv-button.tsx";
import { ListCard, rowLink, type Column } from "../../lists/data-table.tsx";
import { FilterBar, SearchBox } from "../../lists/filters.tsx";
import { useCursorList } from "../../lists/use-cursor-list.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Empty } from "../../parts/empty.tsx";
import { PeopleIcon, PlusIcon } from "../../parts/icons.tsx";
import { toast } from "../../parts/toasts.tsx";
import { Screen } from "../../shell/screen.tsx";
import { CustomerForm, newCustomerOf, type CustomerValues } from "./customer-form.tsx";
import { customerWords } from "./words.ts";

const ROWS = 50;

export default function Customers() {
  const names = useWords(common);
  const w = useWords(customerWords);
  const search = useSearch({ from: "/customers" });
  const navigate = useNavigate({ from: "/customers" });
  const [isCreating, setIsCreating] = useState(false);
  const list = useCursorList(["customers", search], (cursor, options) =>
    mostrador.listCustomers({ ...search, cursor, limit: ROWS }, options),
  );
  const clear = (): void => void navigate({ search: {} });
  const create = async (values: CustomerValues): Promise<void> => {
    const { id } = await mostrador.createCustomer(newCustomerOf(values));
    toast(wordsNow(customerWords).created);
    void queryClient.invalidateQueries({ queryKey: ["customers"] });
    await navigate({ to: "/customers/$id", params: { id } });
  };
  const newButton = (
    <Button kind="primary" onClick={() => setIsCreating(true)}>
      <PlusIcon />
      {w.newCustomer}
    </Button>
  );
  return (
    <Screen
      title={names.customers}
      actions={
        <div className="flex flex-wrap gap-2">
          <CsvButton
            file="customers.csv"
            read={(options) => mostrador.listCustomers({ ...search, ...options })}
          />
          {newButton}
        </div>
      }
    >
      <FilterBar>
        <SearchBox
          label={w.toFind}
          value={search.q}
          onChange={(q) => void navigate({ search: q === undefined ? {} : { q }, replace: true })}
        />
      </FilterBar>
      <ListCard
        caption={names.customers}
        columns={useColumns()}
        keyOf={({ id }) => id}
        list={list}
        isFiltered={search.q !== undefined}
        onClearFilters={clear}
        empty={<Empty icon={<PeopleIcon size={28} />} text={w.noCustomers} action={newButton} />}
      />
      {isCreating && (
        <Dialog title={w.newCustomer} onClose={() => setIsCreating(false)}>
          <CustomerForm onSave={create} />
        </Dialog>
      )}
    </Screen>
  );
}

function useColumns(): Column<Customer>[] {
  const w = useWords(customerWords);
  const f = useFormats();
  return [
    {
      name: w.name,
      cell: (customer) => (
        <span className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
          <Link to="/customers/$id" params={{ id: customer.id }} className={`${rowLink} break-words`}>
            {customer.name ?? customer.external_ref ?? w.noName}
          </Link>
          {customer.has_login && <Badge tone="brand">{w.account}</Badge>}
        </span>
      ),
    },
    {
      name: w.email,
      shown: "hidden @min-[40rem]:table-cell",
      cell: ({ email }) => <span className="break-all">{email ?? "–"}</span>,
    },
    {
      name: w.phone,
      shown: "hidden @min-[30rem]:table-cell",
      cell: ({ phone }) => <span className="whitespace-nowrap">{phone ?? "–"}</span>,
    },
    { name: w.taxId, shown: "hidden @min-[60rem]:table-cell", cell: ({ tax_id: id }) => id ?? "–" },
    {
      name: w.since,
      shown: "hidden @min-[50rem]:table-cell",
      cell: ({ created_at: at }) => f.instantDay(at),
    },
  ];
}
