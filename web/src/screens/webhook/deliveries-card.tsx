import type { Delivery, Webhook } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { ListCard, type Column } from "../../lists/data-table.tsx";
import { FilterBar, FilterSelect } from "../../lists/filters.tsx";
import { useCursorList } from "../../lists/use-cursor-list.ts";
import { Badge, type Tone } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { WebhookIcon } from "../../parts/icons.tsx";
import { toast, toastError } from "../../parts/toasts.tsx";
import { eventWords } from "../webhooks/words.ts";
import { Reason } from "./reason.tsx";
import { DELIVERY_STATUSES } from "./search.ts";
import { webhookWords } from "./words.ts";

const TONES: Record<Delivery["status"], Tone> = {
  pending: "neutral",
  delivered: "good",
  failed: "warn",
  dead: "bad",
};
const ROWS = 50;
const PENDING_MS = 2000;

export const refreshDeliveries = (id: string): Promise<void> =>
  queryClient.invalidateQueries({ queryKey: ["webhooks", id] });

export function DeliveriesCard({ webhook: { id } }: { webhook: Webhook }) {
  const w = useWords(webhookWords);
  const { status } = useSearch({ from: "/webhooks/$id" });
  const navigate = useNavigate({ from: "/webhooks/$id" });
  const list = useCursorList(["webhooks", id, "deliveries", status], (cursor, options) =>
    mostrador.listDeliveries(id, { status, cursor, limit: ROWS }, options),
  );
  // What has just been sent is answered within seconds.
  const isPending = list.data?.some((delivery) => delivery.status === "pending") ?? false;
  useEffect(() => {
    if (!isPending) return undefined;
    const timer = setInterval(() => void refreshDeliveries(id), PENDING_MS);
    return () => clearInterval(timer);
  }, [isPending, id]);
  const clear = (): void => void navigate({ search: {} });
  return (
    <section aria-label={w.deliveries} className="min-w-0">
      <FilterBar>
        <h2 className="mr-auto text-[0.95rem] font-semibold">{w.deliveries}</h2>
        <FilterSelect
          label={w.status}
          all={w.allStatuses}
          value={status}
          options={DELIVERY_STATUSES.map((value) => ({ value, label: w[value] }))}
          onChange={(value) => void navigate({ search: value === undefined ? {} : { status: value } })}
        />
      </FilterBar>
      <ListCard
        caption={w.deliveries}
        columns={useColumns(id)}
        keyOf={(delivery) => delivery.id}
        list={list}
        isFiltered={status !== undefined}
        onClearFilters={clear}
        empty={<Empty icon={<WebhookIcon size={28} />} text={w.noDeliveries} />}
      />
    </section>
  );
}

function useColumns(id: string): Column<Delivery>[] {
  const w = useWords(webhookWords);
  const e = useWords(eventWords);
  const f = useFormats();
  const replay = useMutation({
    mutationFn: (delivery: Delivery) => mostrador.replayDelivery(id, delivery.id),
    onSuccess: () => toast(wordsNow(webhookWords).replayed),
    onError: toastError,
    onSettled: () => refreshDeliveries(id),
  });
  return [
    {
      name: w.event,
      cell: ({ type, created_at: at }) => (
        <>
          <span className="block font-medium">{e[type] ?? type}</span>
          <span className="block text-xs text-faint">{f.instant(at)}</span>
        </>
      ),
    },
    {
      name: w.status,
      cell: ({ status, attempts, next_attempt_at: next }) => (
        <>
          <Badge tone={TONES[status]}>{w[status]}</Badge>
          {attempts > 0 && next !== null && (
            <span className="block text-xs text-faint">{w.next(f.instant(next))}</span>
          )}
        </>
      ),
    },
    {
      name: w.answer,
      shown: "hidden @min-[34rem]:table-cell",
      cell: ({ last_status: status, last_error: error }) => (
        <span className="break-words text-muted">
          {error === null ? (status ?? "–") : <Reason text={error} />}
        </span>
      ),
    },
    {
      name: w.attempts,
      isNumber: true,
      shown: "hidden @min-[42rem]:table-cell",
      cell: ({ attempts }) => f.number(attempts),
    },
    {
      name: w.actions,
      isNumber: true,
      cell: (delivery) => (
        <Button
          aria-label={w.replayName(e[delivery.type] ?? delivery.type, f.instant(delivery.created_at))}
          isBusy={replay.isPending && replay.variables.id === delivery.id}
          onClick={() => replay.mutate(delivery)}
        >
          {w.replay}
        </Button>
      ),
    },
  ];
}
