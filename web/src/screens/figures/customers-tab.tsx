import type { CustomerRanking } from "@mostrador/sdk";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { useCursorList } from "../../lists/use-cursor-list.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { Figure } from "../dashboard/key-figures.tsx";
import { FigureTable, type FigureColumn } from "./figure-table.tsx";
import { Listed, MeasureChoice, ROWS } from "./ranking.tsx";
import { useFiguresView, useRange } from "./use-range.ts";
import { figuresWords } from "./words.ts";

type RankedCustomer = CustomerRanking["data"][number];

export default function CustomersTab() {
  const w = useWords(figuresWords);
  const { from, to } = useRange();
  const [{ measure = "revenue" }] = useFiguresView();
  const query = { from, to, sort: measure };
  const list = useCursorList(["metrics", "customers", query], (cursor, options) =>
    mostrador.getTopCustomers({ ...query, cursor, limit: ROWS }, options),
  );
  const nameOf = ({ name, customer_ref: ref }: RankedCustomer): string => name ?? ref ?? w.noName;
  const columns: FigureColumn<RankedCustomer>[] = [
    {
      name: w.customer,
      kind: "text",
      value: nameOf,
      cell: (customer) =>
        customer.customer_id === null ? (
          nameOf(customer)
        ) : (
          <Link
            to="/customers/$id"
            params={{ id: customer.customer_id }}
            className="font-medium break-words hover:underline"
          >
            {nameOf(customer)}
          </Link>
        ),
    },
    { name: w.revenue, kind: "money", value: ({ revenue }) => revenue },
    {
      name: w.sales,
      kind: "number",
      shown: "hidden @min-[24rem]:table-cell",
      value: ({ sales }) => sales,
    },
    {
      name: w.units,
      kind: "number",
      shown: "hidden @min-[34rem]:table-cell",
      value: ({ units }) => units,
    },
  ];
  return (
    <>
      <CustomerFigures />
      <Listed list={list}>
        {(items) => (
          <FigureTable
            title={w.customers}
            file="customers"
            columns={columns}
            items={items}
            keyOf={({ customer_id: id, customer_ref: ref }) => id ?? ref ?? ""}
            readAll={() => mostrador.pages.getTopCustomers(query).all()}
            action={<MeasureChoice />}
          />
        )}
      </Listed>
    </>
  );
}

/** How many customers are new, and how many came back. */
function CustomerFigures() {
  const w = useWords(figuresWords);
  const f = useFormats();
  const range = useRange();
  const figures = useQuery({
    queryKey: ["metrics", "customer-figures", range],
    queryFn: ({ signal }) => mostrador.getCustomerFigures(range, { signal }),
    placeholderData: keepPreviousData,
  });
  return (
    <Loaded query={figures} skeleton={<div className="skeleton h-28 rounded-2xl" />}>
      {(data) => (
        <dl className="grid grid-cols-1 gap-3 @min-[18rem]:grid-cols-2 @min-[40rem]:grid-cols-3 @min-[58rem]:grid-cols-5">
          <Figure
            name={w.newCustomers}
            value={f.number(data.new_customers)}
            percent={data.change_percent?.new_customers}
          />
          <Figure
            name={w.returningCustomers}
            value={f.number(data.returning_customers)}
            percent={data.change_percent?.returning_customers}
          />
          <Figure
            name={w.fromNew}
            value={f.money(data.new_revenue)}
            percent={data.change_percent?.new_revenue}
          />
          <Figure
            name={w.fromReturning}
            value={f.money(data.returning_revenue)}
            percent={data.change_percent?.returning_revenue}
          />
          <Figure
            name={w.anonymous}
            value={f.money(data.anonymous_revenue)}
            percent={data.change_percent?.anonymous_revenue}
          />
        </dl>
      )}
    </Loaded>
  );
}
