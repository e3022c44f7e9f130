import type { Mail } from "@mostrador/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { mostrador, queryClient } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { Badge, type Tone } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { toast, toastError } from "../../parts/toasts.tsx";
import { orderScreenWords } from "./words.ts";

const TONES: Record<Mail["status"], Tone> = {
  pending: "neutral",
  sent: "good",
  failed: "bad",
  skipped: "warn",
};

/** The mails about an order, and again those that failed. */
export function MailsCard({ orderId, email }: { orderId: string; email: string }) {
  const w = useWords(orderScreenWords);
  const mails = useQuery({
    queryKey: ["order", orderId, "mails", email],
    queryFn: ({ signal }) => mostrador.listMails({ recipient: email, about: orderId, limit: 20 }, { signal }),
  });
  return (
    <Card title={w.mails} isFlush>
      <Loaded query={mails} skeleton={<div className="skeleton mx-5 mb-4 h-12" />}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="px-5 pb-4 text-muted">{w.noMails}</p>
          ) : (
            <ul>
              {data.map((mail) => (
                <MailRow key={mail.id} mail={mail} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}

function MailRow({ mail }: { mail: Mail }) {
  const w = useWords(orderScreenWords);
  const f = useFormats();
  const retry = useMutation({
    mutationFn: () => mostrador.retryMail(mail.id),
    onSuccess: () => toast(wordsNow(orderScreenWords).onItsWay),
    onError: toastError,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["order"] }),
  });
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-5 py-3">
      <span className="min-w-0 flex-1">
        <span className="block font-medium">{nameOf(mail, w)}</span>
        <span className="text-xs text-faint">{f.instant(mail.sent_at ?? mail.created_at)}</span>
      </span>
      <Badge tone={TONES[mail.status]}>{w[mail.status]}</Badge>
      {mail.status === "failed" && (
        <Button isBusy={retry.isPending} onClick={() => retry.mutate()}>
          {w.sendAgain}
        </Button>
      )}
    </li>
  );
}

const ORDER_MAILS = ["order.placed", "order.paid", "order.cancelled", "order.refunded", "receipt"] as const;

type Names = Record<(typeof ORDER_MAILS)[number] | "otherMail", string>;

const nameOf = ({ kind }: Mail, names: Names): string =>
  names[ORDER_MAILS.find((one) => one === kind) ?? "otherMail"];
