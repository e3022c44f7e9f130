// The first run: opens a shop with its first ADMIN and enters it. Where shops are not open to everyone, the API's problem says so.
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState, type FormEvent } from "react";
import { mostrador } from "../../client.ts";
import { useLanguage } from "../../i18n/language.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Field, SelectField } from "../../parts/field.tsx";
import { formText } from "../../parts/form-text.ts";
import { Logo } from "../../parts/icons.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { router } from "../../router.tsx";
import { signIn } from "../../session/start.ts";
import { LanguageButton, ThemeButton } from "../../shell/preferences.tsx";
import { browserTimezone, currencyOf, slugOf } from "./suggestions.ts";
import { openShopWords } from "./words.ts";

const CURRENCIES = Intl.supportedValuesOf("currency");
const TIMEZONES = Intl.supportedValuesOf("timeZone");

async function openShop(form: FormData): Promise<void> {
  const text = (name: string): string => formText(form, name).trim();
  const password = formText(form, "password");
  const [tenant, email] = [text("slug"), text("email")];
  await mostrador.createTenant({
    name: text("name"),
    slug: tenant,
    currency: text("currency"),
    timezone: text("timezone"),
    admin: { first_name: text("first_name"), last_name: text("last_name"), email, password },
  });
  router.history.replace("/welcome");
  await signIn({ tenant, email, password });
}

export default function OpenShop() {
  const w = useWords(openShopWords);
  const language = useLanguage();
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string | null>(null);
  const [timezone, setTimezone] = useState(browserTimezone);
  const { mutate, isPending, error } = useMutation({ mutationFn: openShop });
  useEffect(() => {
    document.title = `${w.title} · Mostrador`;
  }, [w.title]);

  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    mutate(new FormData(event.currentTarget));
  };
  const currencyNames = new Intl.DisplayNames(language, { type: "currency" });
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex justify-end p-2">
        <ThemeButton />
        <LanguageButton />
      </header>
      <main className="flex flex-1 items-start justify-center p-4 pb-16">
        <form
          onSubmit={submit}
          className="@container w-full max-w-2xl rounded-3xl border border-line bg-card p-7 shadow-card"
        >
          <Logo />
          <h1 className="mt-5 text-2xl font-semibold tracking-tight">{w.title}</h1>
          <p className="mt-1 mb-5 text-muted">{w.subtitle}</p>
          <div className="grid gap-4 @min-[30rem]:grid-cols-2">
            <Field
              required
              label={w.name}
              name="name"
              value={name}
              onChange={(event) => setName(event.target.value)}
              fault={fieldFault(error, "/name")}
            />
            <Field
              required
              label={w.slug}
              name="slug"
              autoCapitalize="none"
              spellCheck={false}
              value={slug ?? slugOf(name)}
              onChange={(event) => setSlug(event.target.value)}
              hint={w.slugHint}
              fault={fieldFault(error, "/slug")}
            />
            <SelectField
              label={w.timezone}
              name="timezone"
              value={timezone}
              onChange={(event) => setTimezone(event.target.value)}
              fault={fieldFault(error, "/timezone")}
            >
              {TIMEZONES.includes(timezone) || <option>{timezone}</option>}
              {TIMEZONES.map((zone) => (
                <option key={zone}>{zone}</option>
              ))}
            </SelectField>
            <SelectField
              key={timezone}
              label={w.currency}
              name="currency"
              defaultValue={currencyOf(timezone)}
              fault={fieldFault(error, "/currency")}
            >
              {CURRENCIES.map((code) => (
                <option key={code} value={code}>
                  {`${code} · ${currencyNames.of(code) ?? code}`}
                </option>
              ))}
            </SelectField>
            <Field
              required
              label={w.firstName}
              name="first_name"
              autoComplete="given-name"
              fault={fieldFault(error, "/admin/first_name")}
            />
            <Field
              required
              label={w.lastName}
              name="last_name"
              autoComplete="family-name"
              fault={fieldFault(error, "/admin/last_name")}
            />
            <Field
              required
              label={w.email}
              name="email"
              type="email"
              autoComplete="username"
              fault={fieldFault(error, "/admin/email")}
            />
            <Field
              required
              label={w.password}
              name="password"
              type="password"
              minLength={8}
              autoComplete="new-password"
              hint={w.passwordHint}
              fault={fieldFault(error, "/admin/password")}
            />
          </div>
          {error && (
            <div className="mt-4">
              <ProblemNotice error={error} />
            </div>
          )}
          <div className="mt-6 flex flex-wrap items-center gap-3">
            <Button type="submit" kind="primary" isBusy={isPending} className="text-base">
              {w.open}
            </Button>
            <a
              href="/"
              className="inline-flex min-h-11 items-center px-2 text-muted underline-offset-2 hover:underline"
            >
              {w.haveShop}
            </a>
          </div>
        </form>
      </main>
    </div>
  );
}
