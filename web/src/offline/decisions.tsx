import { isProblem, type Approval } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useWords, wordsNow } from "../i18n/words.ts";
import { lazily } from "../lazily.tsx";
import { Button } from "../parts/button.tsx";
import { LateDialog } from "../parts/late-dialog.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { toast } from "../parts/toasts.tsx";
import { useMe } from "../session/session.ts";
import { CorrectDialog } from "./correct-dialog.tsx";
import { giveToManager, retrySale } from "./outbox.ts";
import type { UnsentSale } from "./rules.ts";
import { offlineWords } from "./words.ts";
import { WriteOffDialog } from "./write-off-dialog.tsx";

const ApprovalDialog = lazily(() => import("../screens/till/approval-dialog.tsx"));

/**
 * What a person can do about a sale that is not sent by itself. Its seller tries again, has it approved, or hands it to a manager. An ADMIN
 * sends it as their own sale, corrects it, or writes it off.
 */
export function Decisions({ sale }: { sale: UnsentSale }) {
  const w = useWords(offlineWords);
  const me = useMe();
  const [open, setOpen] = useState<"approve" | "correct" | "write-off" | null>(null);
  const isMine = sale.account === `${me.shop.slug}/${me.id}`;
  const isManager = me.role === "ADMIN";
  const isRefused = sale.state === "refused";
  const retry = useMutation({
    mutationFn: (approval?: Approval) => retrySale(sale.client_id, { approval }),
    onSuccess: (sold) => {
      setOpen(null);
      const texts = wordsNow(offlineWords);
      toast(sold?.number ? texts.settled(sold.number) : texts.allSent);
    },
  });
  const needsApproval = isMine && isRefused && !isManager && sale.refusal?.slug === "approval-required";
  const close = (): void => setOpen(null);
  return (
    <>
      {sale.state === "manager" && !isManager && <p className="text-muted">{w.managerText}</p>}
      {retry.error && <ProblemNotice error={retry.error} />}
      <div className="flex flex-wrap gap-2">
        {(isManager || (isMine && isRefused)) && (
          <Button isBusy={retry.isPending} onClick={() => retry.mutate(undefined)}>
            {isMine ? w.retry : w.asMine}
          </Button>
        )}
        {needsApproval && <Button onClick={() => setOpen("approve")}>{w.approve}</Button>}
        {isMine && isRefused && !isManager && (
          <Button onClick={() => void giveToManager(sale.client_id)}>{w.toManager}</Button>
        )}
        {isManager && (
          <>
            <Button onClick={() => setOpen("correct")}>{w.correct}</Button>
            <Button onClick={() => setOpen("write-off")}>{w.writeOff}</Button>
          </>
        )}
      </div>
      {open === "approve" && (
        <LateDialog onClose={close}>
          <ApprovalDialog
            error={isProblem(retry.error, "approval-required") ? null : retry.error}
            onApprove={(approval) => retry.mutate(approval)}
            onClose={close}
          />
        </LateDialog>
      )}
      {open === "correct" && <CorrectDialog sale={sale} onClose={close} />}
      {open === "write-off" && <WriteOffDialog sale={sale} onClose={close} />}
    </>
  );
}
