// The API keys of the shop. A secret is shown once, when the API returns it.
import type { ApiKey } from "@mostrador/sdk";
import { useState } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { ListCard, type Column } from "../../lists/data-table.tsx";
import { useCursorList } from "../../lists/use-cursor-list.ts";
import { Badge, type Tone } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { ConfirmDialog } from "../../parts/confirm-dialog.tsx";
import { Empty } from "../../parts/empty.tsx";
import { KeyIcon, PlusIcon } from "../../parts/icons.tsx";
import { SecretDialog } from "../../parts/secret-dialog.tsx";
import { toast } from "../../parts/toasts.tsx";
import { Screen } from "../../shell/screen.tsx";
import { CreateDialog } from "./create-dialog.tsx";
import { RotateDialog } from "./rotate-dialog.tsx";
import { keysWords } from "./words.ts";

type Open =
  | { dialog: "create" }
  | { dialog: "rotate" | "revoke"; apiKey: ApiKey }
  | { dialog: "secret"; title: string; secret: string; note?: string };

type State = "active" | "revoked" | "expired";

const TONES: Record<State, Tone> = { active: "good", revoked: "neutral", expired: "warn" };

function stateOf({ revoked_at: revoked, expires_at: expires }: ApiKey): State {
  if (revoked !== null) return "revoked";
  return expires !== null && Date.parse(expires) <= Date.now() ? "expired" : "active";
}

async function revoke(apiKey: ApiKey): Promise<void> {
  await mostrador.revokeApiKey(apiKey.id);
  toast(wordsNow(keysWords).revokedToast);
  await queryClient.invalidateQueries({ queryKey: ["api-keys"] });
}

export default function Keys() {
  const names = useWords(common);
  const w = useWords(keysWords);
  const f = useFormats();
  const [open, setOpen] = useState<Open | null>(null);
  const close = (): void => setOpen(null);
  const list = useCursorList(["api-keys"], (cursor, options) =>
    mostrador.listApiKeys({ cursor, limit: 50 }, options),
  );
  const newButton = (
    <Button kind="primary" onClick={() => setOpen({ dialog: "create" })}>
      <PlusIcon />
      {w.newKey}
    </Button>
  );
  return (
    <Screen
      title={names.keysScreen}
      subtitle={
        <>
          {w.subtitle}{" "}
          <a href="/docs" className="underline underline-offset-2 hover:text-ink">
            {w.documentation}
          </a>
        </>
      }
      actions={newButton}
    >
      <ListCard
        caption={names.keysScreen}
        columns={useColumns(setOpen)}
        keyOf={({ id }) => id}
        list={list}
        isFiltered={false}
        empty={<Empty icon={<KeyIcon size={28} />} text={w.noKeys} action={newButton} />}
      />
      {open?.dialog === "create" && (
        <CreateDialog
          onClose={close}
          onCreated={({ key }) => setOpen({ dialog: "secret", title: w.created, secret: key })}
        />
      )}
      {open?.dialog === "rotate" && (
        <RotateDialog
          apiKey={open.apiKey}
          onClose={close}
          onRotated={({ key, old_until }) =>
            setOpen({
              dialog: "secret",
              title: w.rotated,
              secret: key,
              note: w.oldUntil(f.instant(old_until)),
            })
          }
        />
      )}
      {open?.dialog === "revoke" && (
        <ConfirmDialog
          isDangerous
          title={w.revokeName(open.apiKey.name)}
          action={w.revoke}
          run={() => revoke(open.apiKey)}
          onClose={close}
        >
          {w.revokeText}
        </ConfirmDialog>
      )}
      {open?.dialog === "secret" && (
        <SecretDialog title={open.title} secret={open.secret} note={open.note} onClose={close} />
      )}
    </Screen>
  );
}

function useColumns(setOpen: (open: Open) => void): Column<ApiKey>[] {
  const w = useWords(keysWords);
  const f = useFormats();
  return [
    {
      name: w.key,
      cell: ({ name, last_four, kind }) => (
        <>
          <span className="block font-medium break-words">{name}</span>
          <span className="block text-xs text-faint">
            {w[kind]} · {w.endsWith(last_four)}
          </span>
        </>
      ),
    },
    {
      name: w.allows,
      shown: "hidden @min-[44rem]:table-cell",
      cell: ({ scopes, origins, kind }) =>
        kind === "secret" ? (
          <span title={scopes.join(", ")}>{w.scopesText(scopes.length)}</span>
        ) : (
          <>
            <span className="block">{w.publicReads}</span>
            <span className="block text-xs break-all text-faint">{origins.join(", ")}</span>
          </>
        ),
    },
    {
      name: w.lastUse,
      shown: "hidden @min-[34rem]:table-cell",
      cell: ({ last_used_at: at }) => (
        <span className="whitespace-nowrap">{at === null ? w.unused : f.instant(at)}</span>
      ),
    },
    {
      name: w.state,
      shown: "hidden @min-[28rem]:table-cell",
      cell: (apiKey) => {
        const state = stateOf(apiKey);
        return (
          <span className="flex flex-col items-start gap-0.5">
            <Badge tone={TONES[state]}>{w[state]}</Badge>
            {state === "active" && apiKey.expires_at !== null && (
              <span className="text-xs text-faint">{w.until(f.instantDay(apiKey.expires_at))}</span>
            )}
          </span>
        );
      },
    },
    {
      name: w.actions,
      isNumber: true,
      cell: (apiKey) =>
        apiKey.revoked_at !== null ? null : (
          <span className="flex flex-wrap justify-end gap-2">
            <Button
              aria-label={w.rotateName(apiKey.name)}
              onClick={() => setOpen({ dialog: "rotate", apiKey })}
            >
              {w.rotate}
            </Button>
            <Button
              aria-label={w.revokeName(apiKey.name)}
              onClick={() => setOpen({ dialog: "revoke", apiKey })}
            >
              {w.revoke}
            </Button>
          </span>
        ),
    },
  ];
}
