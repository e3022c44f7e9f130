import { isProblem } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import { mostrador, queryClient } from "../../client.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Field } from "../../parts/field.tsx";
import { formText } from "../../parts/form-text.ts";
import { toast, toastError } from "../../parts/toasts.tsx";
import { useMe } from "../../session/session.ts";
import { FormCard } from "./form-card.tsx";
import { accountWords } from "./words.ts";

export function PasswordCard() {
  const w = useWords(accountWords);
  const { email } = useMe();
  return (
    <FormCard
      isReset
      title={w.password}
      text={w.passwordText}
      action={w.changePassword}
      done={() => wordsNow(accountWords).passwordChanged}
      save={async (form) => {
        await mostrador.changePassword({
          current_password: formText(form, "current"),
          new_password: formText(form, "new"),
        });
        await queryClient.invalidateQueries({ queryKey: ["sessions"] });
      }}
    >
      {(error) => (
        <>
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <Field
            required
            label={w.currentPassword}
            name="current"
            type="password"
            autoComplete="current-password"
            fault={
              isProblem(error, "invalid-credentials")
                ? w.wrongPassword
                : fieldFault(error, "/current_password")
            }
          />
          <Field
            required
            label={w.newPassword}
            name="new"
            type="password"
            minLength={8}
            autoComplete="new-password"
            hint={w.passwordHint}
            fault={fieldFault(error, "/new_password")}
          />
        </>
      )}
    </FormCard>
  );
}

/** The PIN with which an ADMIN approves at the till of someone else. */
export function PinCard() {
  const w = useWords(accountWords);
  const remove = useMutation({
    mutationFn: () => mostrador.removePin(),
    onSuccess: () => toast(wordsNow(accountWords).pinRemoved),
    onError: toastError,
  });
  return (
    <FormCard
      isReset
      title={w.pinTitle}
      text={w.pinText}
      action={w.setPin}
      done={() => wordsNow(accountWords).pinSet}
      extra={
        <Button isBusy={remove.isPending} onClick={() => remove.mutate()}>
          {w.removePin}
        </Button>
      }
      save={(form) => mostrador.setPin({ pin: formText(form, "pin") })}
    >
      {(error) => (
        <Field
          required
          label={w.pin}
          name="pin"
          type="password"
          inputMode="numeric"
          pattern="\d{4,8}"
          autoComplete="off"
          hint={w.pinHint}
          fault={fieldFault(error, "/pin")}
        />
      )}
    </FormCard>
  );
}
