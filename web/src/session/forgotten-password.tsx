// Requests a link to choose a new password. The answer is the same whether the account exists or not.
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { mostrador } from "../client.ts";
import { fieldFault } from "../i18n/faults.ts";
import { useWords, words } from "../i18n/words.ts";
import { Button } from "../parts/button.tsx";
import { Field } from "../parts/field.tsx";
import { formText } from "../parts/form-text.ts";
import { CheckIcon, Logo } from "../parts/icons.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { LanguageButton, ThemeButton } from "../shell/preferences.tsx";
import { sessionWords } from "./words.ts";

const forgottenWords = words({
  title: { es: "Contraseña olvidada", en: "Forgotten password" },
  text: {
    es: "Te enviamos un enlace para elegir otra. Vale media hora.",
    en: "We send you a link to choose another one. It works for half an hour.",
  },
  send: { es: "Enviar el enlace", en: "Send the link" },
  sent: {
    es: "Si hay una cuenta con ese correo, el enlace está en camino. Mira también en el correo no deseado.",
    en: "If there is an account with this address, the link is on its way. Look into the spam folder too.",
  },
  back: { es: "Volver a entrar", en: "Back to signing in" },
});

export default function ForgottenPassword() {
  const w = useWords(forgottenWords);
  const s = useWords(sessionWords);
  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: (form: FormData) =>
      mostrador.requestPasswordReset({
        tenant: formText(form, "tenant").trim(),
        email: formText(form, "email").trim(),
      }),
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    mutate(new FormData(event.currentTarget));
  };
  return (
    <div className="flex min-h-dvh flex-col">
      <div className="flex justify-end p-2">
        <ThemeButton />
        <LanguageButton />
      </div>
      <main className="flex flex-1 items-center justify-center p-4 pb-24">
        <form
          onSubmit={submit}
          className="flex w-full max-w-96 flex-col gap-5 rounded-3xl border border-line bg-card p-7 shadow-card"
        >
          <Logo />
          <header>
            <h1 className="text-2xl font-semibold tracking-tight">{w.title}</h1>
            <p className="mt-1 text-muted">{w.text}</p>
          </header>
          {isSuccess ? (
            <p role="status" className="flex gap-2 rounded-xl bg-good-soft p-4 text-good">
              <CheckIcon className="mt-px" />
              {w.sent}
            </p>
          ) : (
            <>
              <Field
                required
                label={s.shop}
                name="tenant"
                defaultValue={localStorage.getItem("mostrador.shop") ?? ""}
                autoComplete="organization"
                autoCapitalize="none"
                spellCheck={false}
                fault={fieldFault(error, "/tenant")}
              />
              <Field
                required
                label={s.email}
                name="email"
                type="email"
                autoComplete="username"
                fault={fieldFault(error, "/email")}
              />
              {error && <ProblemNotice error={error} />}
              <Button type="submit" kind="primary" isBusy={isPending} className="text-base">
                {w.send}
              </Button>
            </>
          )}
          <a href="/" className="text-center text-muted underline-offset-2 hover:underline">
            {w.back}
          </a>
        </form>
      </main>
    </div>
  );
}
