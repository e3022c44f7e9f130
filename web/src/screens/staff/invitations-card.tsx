import type { Invitation } from "@mostrador/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { mostrador, queryClient } from "../../client.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { nameOf } from "../../lists/use-people.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { toast, toastError } from "../../parts/toasts.tsx";
import { staffWords } from "./words.ts";

export function InvitationsCard() {
  const w = useWords(staffWords);
  const invitations = useQuery({
    queryKey: ["invitations"],
    queryFn: ({ signal }) => mostrador.listInvitations({ limit: 100 }, { signal }),
  });
  return (
    <Card title={w.invitations}>
      <Loaded query={invitations} skeleton={<div className="skeleton h-10" />}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="text-muted">{w.noInvitations}</p>
          ) : (
            <ul className="flex flex-col gap-4">
              {data.map((invitation) => (
                <Row key={invitation.id} invitation={invitation} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}

function Row({ invitation }: { invitation: Invitation }) {
  const w = useWords(staffWords);
  const f = useFormats();
  const withdraw = useMutation({
    mutationFn: () => mostrador.withdrawInvitation(invitation.id),
    onSuccess: () => toast(wordsNow(staffWords).withdrawn),
    onError: toastError,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["invitations"] }),
  });
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span className="min-w-0 flex-1">
        <span className="block font-medium break-words">{nameOf(invitation)}</span>
        <span className="block text-xs break-all text-muted">
          {invitation.email} · {w[invitation.role]}
        </span>
        <span className="block text-xs text-faint">{w.expires(f.instant(invitation.expires_at))}</span>
      </span>
      <Button isBusy={withdraw.isPending} onClick={() => withdraw.mutate()}>
        {w.withdraw}
      </Button>
    </li>
  );
}
