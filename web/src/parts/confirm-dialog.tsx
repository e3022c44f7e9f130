import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { common } from "../i18n/common.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { ProblemNotice } from "./problem-notice.tsx";

type ConfirmDialogProps = {
  title: string;
  /** What follows from it. */
  children: ReactNode;
  /** The name of the action. */
  action: string;
  isDangerous?: boolean;
  /** The dialog closes when this is done. */
  run: () => Promise<unknown>;
  onClose: () => void;
};

/** Asks before an action, and shows its problem. */
export function ConfirmDialog({
  title,
  children,
  action,
  isDangerous = false,
  run,
  onClose,
}: ConfirmDialogProps) {
  const w = useWords(common);
  const { mutate, isPending, error } = useMutation({ mutationFn: run, onSuccess: onClose });
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <div className="text-muted">{children}</div>
        {error && <ProblemNotice error={error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{w.cancel}</Button>
          <Button kind={isDangerous ? "danger" : "primary"} isBusy={isPending} onClick={() => mutate()}>
            {action}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
