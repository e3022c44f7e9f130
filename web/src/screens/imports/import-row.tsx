// One import: its progress, what it did, its rejected rows and its undo.
import type { Import } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Bar } from "../../charts/bar.tsx";
import { mostrador, queryClient } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { useFormats } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Badge, type Tone } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { toast, toastError } from "../../parts/toasts.tsx";
import { download } from "./download.ts";
import { useReason } from "./reasons.ts";
import { importWords } from "./words.ts";

const TONES: Record<Import["status"], Tone> = {
  queued: "neutral",
  running: "brand",
  done: "good",
  failed: "bad",
  undoing: "warn",
  undone: "neutral",
};

/** Whether it still changes by itself. */
export const isActive = ({ status }: Import): boolean => ["queued", "running", "undoing"].includes(status);

const share = ({ status, bytes_read: read, bytes_total: total }: Import): number =>
  status === "queued" ? 0 : total === 0 ? 1 : read / total;

export function ImportRow({ item }: { item: Import }) {
  const w = useWords(importWords);
  const f = useFormats();
  const inWords = useReason();
  const [isAsking, setAsking] = useState(false);
  const { mutate: save, isPending: isSaving } = useMutation({
    mutationFn: (kind: "rejects" | "retained") =>
      kind === "rejects"
        ? download(
            mostrador.raw.getImportRejects(item.id, { format: "file", bom: true }),
            `rejects-${item.id}.csv`,
          )
        : download(mostrador.raw.getImportRetained(item.id, { bom: true }), `retained-${item.id}.csv`),
    onError: toastError,
  });
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-64">
        <p className="mb-1.5 flex flex-wrap items-center justify-between gap-2">
          <span className="font-medium">
            {w[item.kind]} <span className="font-normal text-muted">{f.instant(item.created_at)}</span>
          </span>
          <Badge tone={TONES[item.status]}>{w[item.status]}</Badge>
        </p>
        {isActive(item) && (
          <div
            role="progressbar"
            aria-label={w.progress}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.round(share(item) * 100)}
          >
            <Bar share={share(item)} />
          </div>
        )}
        <p className="mt-1 text-xs text-muted">
          {[
            w.accepted(f.number(item.rows_accepted)),
            item.rows_known > 0 && w.known(f.number(item.rows_known)),
            item.rows_rejected > 0 && w.rejected(f.number(item.rows_rejected)),
            item.undo_retained > 0 && w.retained(f.number(item.undo_retained)),
          ]
            .filter(Boolean)
            .join(", ")}
        </p>
        {item.error !== null && (
          <p lang={inWords(item.error).lang} className="mt-1 text-bad">
            {inWords(item.error).text}
          </p>
        )}
      </div>
      <div className="flex flex-wrap gap-2">
        {item.rows_rejected > 0 && item.status !== "undone" && (
          <Button isBusy={isSaving} onClick={() => save("rejects")}>
            {w.downloadRejects}
          </Button>
        )}
        {item.undo_retained > 0 && (
          <Button isBusy={isSaving} onClick={() => save("retained")}>
            {w.downloadRetained}
          </Button>
        )}
        {!["undoing", "undone"].includes(item.status) && (
          <Button kind="quiet" onClick={() => setAsking(true)}>
            {w.undo}
          </Button>
        )}
      </div>
      {isAsking && <UndoDialog item={item} onClose={() => setAsking(false)} />}
    </div>
  );
}

function UndoDialog({ item, onClose }: { item: Import; onClose: () => void }) {
  const w = useWords(importWords);
  const { cancel } = useWords(common);
  const { mutate, isPending } = useMutation({
    mutationFn: () => mostrador.undoImport(item.id),
    onSuccess: () => {
      toast(w.undoStarted);
      onClose();
    },
    onError: toastError,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["imports"] }),
  });
  return (
    <Dialog title={w.undoTitle} onClose={onClose}>
      <p className="mb-5 text-muted">{w.undoText}</p>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{cancel}</Button>
        <Button kind="danger" isBusy={isPending} onClick={() => mutate()}>
          {w.undo}
        </Button>
      </div>
    </Dialog>
  );
}
