// Finds a sale at the till, to refund or void it: by the number of its receipt, typed or scanned, or among the person's latest sales.
import type { SaleHead } from "@mostrador/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { mostrador } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, words } from "../../i18n/words.ts";
import { noting, useReachable } from "../../offline/connection.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { useMe } from "../../session/session.ts";

const LATEST = 6;

const findWords = words({
  title: { es: "Devolver o anular una venta", en: "Refund or void a sale" },
  number: { es: "Número del recibo", en: "Receipt number" },
  hint: {
    es: "Escanéalo o escríbelo: C-000123, o solo 123.",
    en: "Scan it or type it: C-000123, or just 123.",
  },
  find: { es: "Buscar", en: "Find" },
  none: { es: "Ningún recibo tiene ese número.", en: "No receipt has this number." },
  bad: { es: "Un número es como C-000123.", en: "A number is like C-000123." },
  latest: { es: "Mis últimas ventas", en: "My latest sales" },
  noSales: { es: "Todavía no hay ninguna.", en: "There is none yet." },
  needsConnection: {
    es: "Para devolver o anular hace falta conexión.",
    en: "Refunds and voids need a connection.",
  },
});

/** The number of a receipt as the API knows it, such as C-000123 of "123"; null if the text is none. */
function receiptNumber(text: string): string | null {
  const [, letter = "C", digits] = /^([acr])?[\s-]?(\d{1,15})$/i.exec(text.trim()) ?? [];
  return digits === undefined ? null : `${letter.toUpperCase()}-${digits.padStart(6, "0")}`;
}

export default function FindReceipt({ onClose }: { onClose: () => void }) {
  const w = useWords(findWords);
  const navigate = useNavigate();
  const isReachable = useReachable();
  const [text, setText] = useState("");
  const [fault, setFault] = useState<"none" | "bad" | null>(null);
  const find = useMutation({
    mutationFn: async (number: string) => (await noting(mostrador.listSales({ number, limit: 1 }))).data[0],
    onSuccess: async (sale) => {
      if (!sale) return setFault("none");
      onClose();
      await navigate({ to: "/sales/$id", params: { id: sale.id } });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const number = receiptNumber(text);
    setFault(number === null ? "bad" : null);
    if (number !== null) find.mutate(number);
  };
  return (
    <Dialog title={w.title} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        {!isReachable && <p className="text-warn">{w.needsConnection}</p>}
        <Field
          label={w.number}
          autoComplete="off"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setFault(null);
          }}
          hint={w.hint}
          fault={fault === null ? undefined : w[fault]}
        />
        {find.error && <ProblemNotice error={find.error} />}
        <Button type="submit" kind="primary" isBusy={find.isPending} disabled={!isReachable}>
          {w.find}
        </Button>
      </form>
      <Latest onClose={onClose} />
    </Dialog>
  );
}

function Latest({ onClose }: { onClose: () => void }) {
  const w = useWords(findWords);
  const me = useMe();
  const { data } = useQuery({
    queryKey: ["sales", "mine", "latest", me.id],
    queryFn: ({ signal }) =>
      mostrador.listSales({ seller_id: me.id, channel: "counter", kind: "sale", limit: LATEST }, { signal }),
    staleTime: 0,
  });
  return (
    <section className="mt-5">
      <h3 className="mb-1 text-xs font-semibold text-muted">{w.latest}</h3>
      {data?.data.length === 0 && <p className="text-muted">{w.noSales}</p>}
      <ul className="divide-y divide-line">
        {data?.data.map((sale) => (
          <LatestSale key={sale.id} sale={sale} onClose={onClose} />
        ))}
      </ul>
    </section>
  );
}

function LatestSale({ sale, onClose }: { sale: SaleHead; onClose: () => void }) {
  const f = useFormats();
  return (
    <li>
      <Link
        to="/sales/$id"
        params={{ id: sale.id }}
        onClick={onClose}
        className="flex min-h-11 flex-wrap items-center gap-x-3 rounded-lg hover:bg-sunken"
      >
        <span className="text-muted tabular-nums">{f.instant(sale.placed_at)}</span>
        <span className="font-medium">{sale.number}</span>
        <span className="ml-auto font-medium tabular-nums">{f.money(sale.total + sale.rounding)}</span>
      </Link>
    </li>
  );
}
