import type { User, UserPatch } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { mostrador, queryClient } from "../../client.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { nameOf } from "../../lists/use-people.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Field, SelectField } from "../../parts/field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { toast, toastError } from "../../parts/toasts.tsx";
import { staffWords } from "./words.ts";

/** The role of an account, its logins and its password. */
export function PersonDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const w = useWords(staffWords);
  const change = useMutation({
    mutationFn: (patch: UserPatch) => mostrador.updateUser(user.id, patch),
    onSuccess: () => toast(wordsNow(staffWords).changed),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["staff"] }),
  });
  const endSessions = useMutation({
    mutationFn: () => mostrador.endUserSessions(user.id),
    onSuccess: () => toast(wordsNow(staffWords).sessionsEnded),
    onError: toastError,
  });
  return (
    <Dialog title={w.manageName(nameOf(user))} onClose={onClose}>
      <div className="flex flex-col gap-5">
        <SelectField
          label={w.role}
          hint={w.roleHint}
          value={user.role}
          disabled={change.isPending}
          onChange={(event) => change.mutate({ role: event.target.value === "ADMIN" ? "ADMIN" : "EMPLOYEE" })}
        >
          <option value="EMPLOYEE">{w.EMPLOYEE}</option>
          <option value="ADMIN">{w.ADMIN}</option>
        </SelectField>
        {change.error && <ProblemNotice error={change.error} />}
        <PasswordForm user={user} />
        <div className="flex flex-col gap-3 border-t border-line pt-4">
          <p className="text-muted">{w.disableText}</p>
          <div className="flex flex-wrap gap-2">
            <Button isBusy={endSessions.isPending} onClick={() => endSessions.mutate()}>
              {w.endSessions}
            </Button>
            <Button
              kind={user.is_active ? "danger" : "primary"}
              isBusy={change.isPending}
              onClick={() => change.mutate({ is_active: !user.is_active })}
            >
              {user.is_active ? w.disable : w.enable}
            </Button>
          </div>
        </div>
      </div>
    </Dialog>
  );
}

function PasswordForm({ user }: { user: User }) {
  const w = useWords(staffWords);
  const [password, setPassword] = useState("");
  const set = useMutation({
    mutationFn: () => mostrador.setPassword(user.id, { new_password: password }),
    onSuccess: () => {
      setPassword("");
      toast(wordsNow(staffWords).passwordSet);
    },
  });
  const fault = fieldFault(set.error, "/new_password");
  return (
    <form
      noValidate
      className="flex flex-col items-start gap-3 border-t border-line pt-4"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate();
      }}
    >
      <div className="w-full">
        <Field
          label={w.newPassword}
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          fault={fault}
        />
      </div>
      {set.error && fault === undefined && <ProblemNotice error={set.error} />}
      <Button type="submit" isBusy={set.isPending} disabled={password === ""}>
        {w.setPassword}
      </Button>
    </form>
  );
}
