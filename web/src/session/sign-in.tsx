import { useMutation } from "@tanstack/react-query";
import { useEffect, useState, type FormEvent } from "react";
import { anyFault, faultAt } from "../i18n/problems.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../parts/button.tsx";
import { Field } from "../parts/field.tsx";
import { formText } from "../parts/form-text.ts";
import { Logo } from "../parts/icons.tsx";
import { ProblemNotice } from "../parts/problem-notice.tsx";
import { LanguageButton, ThemeButton } from "../shell/preferences.tsx";
import { signIn, type SignInForm } from "./start.ts";
import { sessionWords } from "./words.ts";

const SHOP = "mostrador.shop";

/** The path of the form that opens a shop. */
export const OPEN_SHOP = "/open-shop";

/** The path of the form that requests a new password. */
export const FORGOTTEN = "/forgotten-password";

/** The sign-in form, at whatever URL: the screen of that URL follows. */
export function SignIn({ onShown }: { onShown: () => void }) {
  const w = useWords(sessionWords);
  const [missing, setMissing] = useState<string[]>([]);
  const { mutate, isPending, error } = useMutation({
    mutationFn: signIn,
    onSuccess: (me) => localStorage.setItem(SHOP, me.shop.slug),
  });

  useEffect(onShown, [onShown]);

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const form: SignInForm = {
      tenant: formText(data, "tenant").trim(),
      email: formText(data, "email").trim(),
      password: formText(data, "password"),
    };
    const empty = Object.entries(form).flatMap(([name, value]) => (value === "" ? [name] : []));
    setMissing(empty);
    const first = empty[0];
    if (first === undefined) mutate(form);
    else event.currentTarget.querySelector<HTMLInputElement>(`[name=${first}]`)?.focus();
  };
  const faultOf = (name: keyof SignInForm): string | undefined =>
    missing.includes(name) ? w.required : anyFault(faultAt(error, `/${name}`));

  return (
    <div className="flex min-h-dvh flex-col">
      <div className="flex justify-end p-2">
        <ThemeButton />
        <LanguageButton />
      </div>
      <main className="flex flex-1 items-center justify-center p-4 pb-24">
        <form
          noValidate
          onSubmit={submit}
          className="flex w-full max-w-96 flex-col gap-5 rounded-3xl border border-line bg-card p-7 shadow-card"
        >
          <Logo />
          <header>
            <h1 className="text-2xl font-semibold tracking-tight">{w.title}</h1>
            <p className="mt-1 text-muted">{w.subtitle}</p>
          </header>
          <Field
            label={w.shop}
            name="tenant"
            defaultValue={localStorage.getItem(SHOP) ?? ""}
            autoComplete="organization"
            autoCapitalize="none"
            spellCheck={false}
            fault={faultOf("tenant")}
          />
          <Field label={w.email} name="email" type="email" autoComplete="username" fault={faultOf("email")} />
          <Field
            label={w.password}
            name="password"
            type="password"
            autoComplete="current-password"
            fault={faultOf("password")}
          />
          {error && <ProblemNotice error={error} />}
          <Button type="submit" kind="primary" isBusy={isPending} className="text-base">
            {w.enter}
          </Button>
          <a href={FORGOTTEN} className="text-center text-muted underline-offset-2 hover:underline">
            {w.forgotten}
          </a>
          <a href={OPEN_SHOP} className="text-center text-muted underline-offset-2 hover:underline">
            {w.newShop}
          </a>
        </form>
      </main>
    </div>
  );
}
