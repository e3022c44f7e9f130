import { type User } from "@mostrador/sdk";
import { mostrador, queryClient } from "../../client.ts";
import { common } from "../../i18n/common.ts";
import { fieldFault } from "../../i18n/faults.ts";
import { useWords, wordsNow } from "../../i18n/words.ts";
import { Badge } from "../../parts/badge.tsx";
import { CheckBox } from "../../parts/check-box.tsx";
import { Field, SelectField } from "../../parts/field.tsx";
import { formText } from "../../parts/form-text.ts";
import { startSession } from "../../session/start.ts";
import { FormCard } from "./form-card.tsx";
import { accountWords } from "./words.ts";

/** Stores what the API returned, and renews the name that the shell shows. */
async function changed(user: User): Promise<void> {
  queryClient.setQueryData(["account"], user);
  await startSession();
}

/** The languages in which mails are written, each named in itself. */
const MAIL_LANGUAGES = { es: "Español", en: "English" };

export function ProfileCard({ user }: { user: User }) {
  const w = useWords(accountWords);
  const { save } = useWords(common);
  const { language = "" } = user.preferences;
  return (
    <FormCard
      title={w.profile}
      action={save}
      done={() => wordsNow(accountWords).saved}
      save={async (form) => {
        const chosen = formText(form, "language");
        const { language: _, ...preferences } = user.preferences;
        await changed(
          await mostrador.updateMyAccount({
            first_name: formText(form, "first_name").trim(),
            last_name: formText(form, "last_name").trim(),
            preferences: { ...preferences, ...(chosen !== "" && { language: chosen }) },
          }),
        );
      }}
    >
      {(error) => (
        <>
          <div className="grid gap-4 @min-[26rem]:grid-cols-2">
            <Field
              required
              label={w.firstName}
              name="first_name"
              autoComplete="given-name"
              defaultValue={user.first_name}
              fault={fieldFault(error, "/first_name")}
            />
            <Field
              required
              label={w.lastName}
              name="last_name"
              autoComplete="family-name"
              defaultValue={user.last_name}
              fault={fieldFault(error, "/last_name")}
            />
          </div>
          <SelectField label={w.mailLanguage} name="language" defaultValue={language}>
            <option value="">{w.shopLanguage}</option>
            {Object.entries(MAIL_LANGUAGES).map(([code, name]) => (
              <option key={code} value={code} lang={code}>
                {name}
              </option>
            ))}
            {language !== "" && !Object.hasOwn(MAIL_LANGUAGES, language) && (
              <option value={language}>{language}</option>
            )}
          </SelectField>
        </>
      )}
    </FormCard>
  );
}

export function EmailCard({ user }: { user: User }) {
  const w = useWords(accountWords);
  const badge =
    user.email_bounced_at !== null ? (
      <Badge tone="bad">{w.bounced}</Badge>
    ) : (
      <Badge tone={user.email_confirmed ? "good" : "warn"}>
        {user.email_confirmed ? w.confirmed : w.unconfirmed}
      </Badge>
    );
  return (
    <FormCard
      isReset
      title={w.email}
      badge={badge}
      text={user.email}
      action={w.changeEmail}
      done={() => wordsNow(accountWords).emailSent}
      save={(form) =>
        mostrador.changeMyEmail({
          email: formText(form, "email").trim(),
          password: formText(form, "current"),
        })
      }
    >
      {(error) => (
        <>
          <Field
            required
            label={w.newEmail}
            name="email"
            type="email"
            autoComplete="email"
            hint={w.newEmailHint}
            fault={fieldFault(error, "/email")}
          />
          <Field
            required
            label={w.currentPassword}
            name="current"
            type="password"
            autoComplete="current-password"
            fault={fieldFault(error, "/password")}
          />
        </>
      )}
    </FormCard>
  );
}

/** The mails that an ADMIN gets about the shop. */
export function MailsCard({ user }: { user: User }) {
  const w = useWords(accountWords);
  const { save } = useWords(common);
  const { daily_summary: daily, weekly_report: weekly, alerts_by_mail: alerts } = user.preferences;
  return (
    <FormCard
      title={w.mails}
      {...(!user.email_confirmed && { text: w.mailsText })}
      action={save}
      done={() => wordsNow(accountWords).saved}
      save={async (form) => {
        await changed(
          await mostrador.updateMyAccount({
            preferences: {
              ...user.preferences,
              daily_summary: form.has("daily"),
              weekly_report: form.has("weekly"),
              alerts_by_mail: form.has("alerts"),
            },
          }),
        );
      }}
    >
      {() => (
        <div>
          <CheckBox label={w.daily} name="daily" defaultChecked={daily ?? false} />
          <CheckBox label={w.weekly} name="weekly" defaultChecked={weekly ?? false} />
          <CheckBox label={w.alerts} name="alerts" defaultChecked={alerts ?? false} />
        </div>
      )}
    </FormCard>
  );
}
