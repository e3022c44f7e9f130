import type { Me } from "@mostrador/sdk";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { queryClient } from "../client.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Field } from "../parts/field.tsx";
import { formText } from "../parts/form-text.ts";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { sessionEnded } from "./session.ts";
import { signIn } from "./start.ts";
import { sessionWords } from "./words.ts";

/** Gives the screen up for another account. */
function leave(): void {
  sessionEnded(true);
  queryClient.clear();
}

/** Covers a screen whose login has ended. The password takes it up again, with what was typed. */
export function LockedSession({ me }: { me: Me }) {
  const w = useWords(sessionWords);
  const { mutate, isPending, error } = useMutation({
    mutationFn: (password: string) => signIn({ tenant: me.shop.slug, email: me.email, password }),
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    mutate(formText(new FormData(event.currentTarget), "password"));
  };
  return (
    <Dialog title={w.lockedTitle}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <p className="text-muted">{w.lockedText(me.first_name)}</p>
        <input type="hidden" name="username" autoComplete="username" value={me.email} readOnly />
        <Field
          autoFocus
          required
          label={w.password}
          name="password"
          type="password"
          autoComplete="current-password"
        />
        {error && <ProblemNotice error={error} />}
        <Button type="submit" kind="primary" isBusy={isPending}>
          {w.enter}
        </Button>
        <Button kind="quiet" onClick={leave}>
          {w.otherPerson}
        </Button>
      </form>
    </Dialog>
  );
}
