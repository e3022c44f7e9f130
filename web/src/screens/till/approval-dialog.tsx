import type { Approval } from "@mostrador/sdk";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { mostrador } from "../../client.ts";
import { useWords } from "../../i18n/words.ts";
import { nameOf } from "../../lists/use-people.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, SelectField } from "../../parts/field.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { dialogWords } from "./dialog-words.ts";

type ApprovalDialogProps = {
  /** Why the last approval was refused. */
  error: Error | null;
  onApprove: (approval: Approval) => void;
  onClose: () => void;
};

/** An ADMIN approves with their PIN what an EMPLOYEE may not sell alone. */
export default function ApprovalDialog({ error, onApprove, onClose }: ApprovalDialogProps) {
  const w = useWords(dialogWords);
  const approvers = useQuery({
    queryKey: ["approvers"],
    queryFn: ({ signal }) => mostrador.listApprovers({ signal }),
  });
  return (
    <Dialog title={w.approvalTitle} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p className="text-muted">{w.approvalText}</p>
        <Loaded query={approvers} skeleton={<div className="skeleton h-40" />}>
          {({ data: [first, ...others] }) =>
            first ? (
              <PinForm approvers={[first, ...others]} firstId={first.id} onApprove={onApprove} />
            ) : (
              <p className="text-bad">{w.noApprovers}</p>
            )
          }
        </Loaded>
        {error && <ProblemNotice error={error} />}
      </div>
    </Dialog>
  );
}

type PinFormProps = Pick<ApprovalDialogProps, "onApprove"> & {
  approvers: { id: string; first_name: string; last_name: string }[];
  firstId: string;
};

function PinForm({ approvers, firstId, onApprove }: PinFormProps) {
  const w = useWords(dialogWords);
  const [userId, setUserId] = useState(firstId);
  const [pin, setPin] = useState("");
  const [isWrong, setWrong] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const isPin = /^\d{4,8}$/.test(pin);
    setWrong(!isPin);
    if (isPin) onApprove({ user_id: userId, pin });
  };
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-3">
      {approvers.length === 1 ? (
        <p>
          <span className="text-muted">{w.approver}:</span> {approvers.map(nameOf)}
        </p>
      ) : (
        <SelectField
          autoFocus
          label={w.approver}
          value={userId}
          onChange={(event) => setUserId(event.target.value)}
        >
          {approvers.map((one) => (
            <option key={one.id} value={one.id}>
              {nameOf(one)}
            </option>
          ))}
        </SelectField>
      )}
      <Field
        autoFocus={approvers.length === 1}
        label={w.pin}
        type="password"
        inputMode="numeric"
        autoComplete="off"
        maxLength={8}
        value={pin}
        onChange={(event) => setPin(event.target.value)}
        fault={isWrong ? w.pinFault : undefined}
      />
      <Button type="submit" kind="primary">
        {w.approve}
      </Button>
    </form>
  );
}
