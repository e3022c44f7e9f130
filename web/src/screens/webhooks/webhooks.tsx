// The endpoints to which the shop sends its events.
import type { Webhook } from "@mostrador/sdk";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { ListCard, rowLink, type Column } from "../../lists/data-table.tsx";
import { useCursorList } from "../../lists/use-cursor-list.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Empty } from "../../parts/empty.tsx";
import { PlusIcon, WebhookIcon } from "../../parts/icons.tsx";
import { SecretDialog } from "../../parts/secret-dialog.tsx";
import { Screen } from "../../shell/screen.tsx";
import { EndpointForm, type EndpointValues } from "./endpoint-form.tsx";
import { EndpointState } from "./endpoint-state.tsx";
import { webhooksWords } from "./words.ts";

export default function Webhooks() {
  const names = useWords(common);
  const w = useWords(webhooksWords);
  const navigate = useNavigate();
  const [isCreating, setIsCreating] = useState(false);
  const [created, setCreated] = useState<{ id: string; secret: string } | null>(null);
  const list = useCursorList(["webhooks"], (cursor, options) =>
    mostrador.listWebhooks({ cursor, limit: 50 }, options),
  );
  const create = async ({ description, ...values }: EndpointValues): Promise<void> => {
    setCreated(await mostrador.createWebhook({ ...values, ...(description !== "" && { description }) }));
    setIsCreating(false);
    void queryClient.invalidateQueries({ queryKey: ["webhooks"] });
  };
  const newButton = (
    <Button kind="primary" onClick={() => setIsCreating(true)}>
      <PlusIcon />
      {w.newEndpoint}
    </Button>
  );
  return (
    <Screen title={names.webhooks} subtitle={w.subtitle} actions={newButton}>
      <ListCard
        caption={names.webhooks}
        columns={useColumns()}
        keyOf={({ id }) => id}
        list={list}
        isFiltered={false}
        empty={<Empty icon={<WebhookIcon size={28} />} text={w.none} action={newButton} />}
      />
      {isCreating && (
        <Dialog
          title={w.newEndpoint}
          onClose={() => setIsCreating(false)}
          className="w-[min(36rem,calc(100vw-2rem))]"
        >
          <EndpointForm action={w.create} onSave={create} />
        </Dialog>
      )}
      {created && (
        <SecretDialog
          title={w.created}
          secret={created.secret}
          note={w.secretNote}
          onClose={() => void navigate({ to: "/webhooks/$id", params: { id: created.id } })}
        />
      )}
    </Screen>
  );
}

function useColumns(): Column<Webhook>[] {
  const w = useWords(webhooksWords);
  const f = useFormats();
  return [
    {
      name: w.endpoint,
      cell: ({ id, url, description }) => (
        <>
          <Link to="/webhooks/$id" params={{ id }} className={`${rowLink} break-all`}>
            {url}
          </Link>
          {description !== null && <span className="block text-xs text-faint">{description}</span>}
        </>
      ),
    },
    {
      name: w.events,
      shown: "hidden @min-[34rem]:table-cell",
      cell: ({ event_types: types }) => (types.includes("*") ? w.allEvents : w.someEvents(types.length)),
    },
    { name: w.state, cell: (webhook) => <EndpointState webhook={webhook} /> },
    {
      name: w.since,
      shown: "hidden @min-[48rem]:table-cell",
      cell: ({ created_at: at }) => <span className="whitespace-nowrap">{f.instantDay(at)}</span>,
    },
  ];
}
