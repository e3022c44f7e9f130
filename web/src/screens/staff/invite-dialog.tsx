import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, SelectField } from "../../parts/field.tsx";
import { formText } from "../../parts/form-text.ts";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast } from "../../parts/toasts.tsx";
import { staffWords } from "./words.ts";

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const w = useWords(staffWords);
  const invite = useMutation({
    mutationFn: (form: FormData) => {
      const text = (name: string): string => formText(form, name).trim();
      return mostrador.createInvitation({
        first_name: text("first_name"),
        last_name: text("last_name"),
        email: text("email"),
        role: text("role") === "ADMIN" ? "ADMIN" : "EMPLOYEE",
      });
    },
    onSuccess: async () => {
      toast(wordsNow(staffWords).invited);
      await queryClient.invalidateQueries({ queryKey: ["invitations"] });
      onClose();
    },
  });
  const { error } = invite;
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    invite.mutate(new FormData(event.currentTarget));
  };
  return (
    <Dialog title={w.inviteTitle} onClose={onClose}>
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-muted">{w.inviteText}</p>
        <Field label={w.firstName} name="first_name" fault={fieldFault(error, "/first_name")} />
        <Field label={w.lastName} name="last_name" fault={fieldFault(error, "/last_name")} />
        <Field
          label={w.email}
          name="email"
          type="email"
          autoComplete="off"
          fault={fieldFault(error, "/email")}
        />
        <SelectField label={w.role} name="role" defaultValue="EMPLOYEE" hint={w.roleHint}>
          <option value="EMPLOYEE">{w.EMPLOYEE}</option>
          <option value="ADMIN">{w.ADMIN}</option>
        </SelectField>
        {error && <ProblemNotice error={error} />}
        <Button kind="primary" type="submit" isBusy={invite.isPending}>
          {w.invite}
        </Button>
      </form>
    </Dialog>
  );
}
