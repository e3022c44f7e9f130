// An endpoint: what it is sent, its secret, and its deliveries.
import type { Webhook } from "@mostrador/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { ConfirmDialog } from "../../parts/confirm-dialog.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { SecretDialog } from "../../parts/secret-dialog.tsx";
import { toast, toastError } from "../../parts/toasts.tsx";
import { Screen } from "../../shell/screen.tsx";
import { EndpointForm, type EndpointValues } from "../webhooks/endpoint-form.tsx";
import { EndpointState } from "../webhooks/endpoint-state.tsx";
import { eventWords, webhooksWords } from "../webhooks/words.ts";
import { DeliveriesCard, refreshDeliveries } from "./deliveries-card.tsx";
import { Reason } from "./reason.tsx";
import { webhookWords } from "./words.ts";

export default function WebhookScreen() {
  const w = useWords(webhookWords);
  const { id } = useParams({ from: "/webhooks/$id" });
  const webhook = useQuery({
    queryKey: ["webhooks", id],
    queryFn: ({ signal }) => mostrador.getWebhook(id, { signal }),
  });
  const ping = useMutation({
    mutationFn: () => mostrador.pingWebhook(id),
    onSuccess: () => toast(wordsNow(webhookWords).pinged),
    onError: toastError,
    onSettled: () => refreshDeliveries(id),
  });
  return (
    <Screen
      title={w.details}
      heading={<span className="break-all">{webhook.data?.url ?? w.details}</span>}
      subtitle={webhook.data?.description ?? undefined}
      actions={
        <Button isBusy={ping.isPending} onClick={() => ping.mutate()}>
          {w.ping}
        </Button>
      }
    >
      <Loaded query={webhook} skeleton={<div className="skeleton h-[36rem] rounded-2xl" />}>
        {(data) => (
          <div className="grid items-start gap-4 @min-[64rem]:grid-cols-[minmax(0,1fr)_22rem]">
            {/* Above the deliveries, which would push it as they load, where it is not beside them. */}
            <div className="min-w-0 @min-[64rem]:order-last">
              <DetailsCard webhook={data} />
            </div>
            <DeliveriesCard webhook={data} />
          </div>
        )}
      </Loaded>
    </Screen>
  );
}

type Open = { dialog: "edit" | "rotate" | "remove" } | { dialog: "secret"; secret: string; until: string };

const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: ["webhooks"] });

function DetailsCard({ webhook }: { webhook: Webhook }) {
  const w = useWords(webhookWords);
  const c = useWords(common);
  const l = useWords(webhooksWords);
  const e = useWords(eventWords);
  const f = useFormats();
  const navigate = useNavigate();
  const [open, setOpen] = useState<Open | null>(null);
  const close = (): void => setOpen(null);
  const { id, is_enabled: isEnabled } = webhook;

  const toggle = useMutation({
    mutationFn: () => mostrador.updateWebhook(id, { is_enabled: !isEnabled }),
    onError: toastError,
    onSettled: refresh,
  });
  const save = async ({ description, ...values }: EndpointValues): Promise<void> => {
    await mostrador.updateWebhook(id, { ...values, description: description || null });
    toast(wordsNow(webhookWords).saved);
    close();
    await refresh();
  };
  const rotate = useMutation({
    mutationFn: () => mostrador.rotateWebhookSecret(id),
    onSuccess: ({ secret, old_until: until }) => setOpen({ dialog: "secret", secret, until }),
  });
  const remove = async (): Promise<void> => {
    await mostrador.deleteWebhook(id);
    toast(wordsNow(webhookWords).removed);
    await navigate({ to: "/webhooks" });
    await queryClient.invalidateQueries({ queryKey: ["webhooks"], exact: true });
  };
  const rows: [name: string, value: React.ReactNode][] = [
    [l.state, <EndpointState key="state" webhook={webhook} />],
    ...(webhook.disabled_reason === null
      ? []
      : [
          [w.disabledReason, <Reason key="reason" text={webhook.disabled_reason} />] satisfies [
            string,
            React.ReactNode,
          ],
        ]),
    ...(webhook.next_probe_at === null
      ? []
      : [[w.nextProbe, f.instant(webhook.next_probe_at)] satisfies [string, string]]),
    [
      l.events,
      webhook.event_types.includes("*")
        ? l.allEvents
        : webhook.event_types.map((type) => e[type] ?? type).join(", "),
    ],
    [w.created, f.instant(webhook.created_at)],
  ];
  return (
    <Card title={w.details} action={<Button onClick={() => setOpen({ dialog: "edit" })}>{w.edit}</Button>}>
      <dl className="divide-y divide-line">
        {rows.map(([name, value]) => (
          <div
            key={name}
            className="flex min-h-11 flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2"
          >
            <dt className="text-muted">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button isBusy={toggle.isPending} onClick={() => toggle.mutate()}>
          {isEnabled ? w.disable : w.enable}
        </Button>
        <Button onClick={() => setOpen({ dialog: "rotate" })}>{w.rotate}</Button>
        <Button onClick={() => setOpen({ dialog: "remove" })}>{w.remove}</Button>
      </div>
      {open?.dialog === "edit" && (
        <Dialog title={w.edit} onClose={close} className="w-[min(36rem,calc(100vw-2rem))]">
          <EndpointForm endpoint={webhook} action={c.save} onSave={save} />
        </Dialog>
      )}
      {open?.dialog === "rotate" && (
        <ConfirmDialog
          title={w.rotate}
          action={w.rotate}
          run={() => rotate.mutateAsync()}
          onClose={() => setOpen((now) => (now?.dialog === "rotate" ? null : now))}
        >
          {w.rotateText}
        </ConfirmDialog>
      )}
      {open?.dialog === "remove" && (
        <ConfirmDialog isDangerous title={w.remove} action={w.remove} run={remove} onClose={close}>
          {w.removeText}
        </ConfirmDialog>
      )}
      {open?.dialog === "secret" && (
        <SecretDialog
          title={w.rotated}
          secret={open.secret}
          note={w.oldUntil(f.instant(open.until))}
          onClose={close}
        />
      )}
    </Card>
  );
}
