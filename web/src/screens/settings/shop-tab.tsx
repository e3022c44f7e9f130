import type { Settings, Shop } from "@mostrador/sdk";
import { useFormats } from "../../i18n/formats.ts";
import { useLanguage } from "../../i18n/language.ts";
import { useWords } from "../../i18n/words.ts";
import { Card } from "../../parts/card.tsx";
import { COUNTRIES } from "./countries.ts";
import { ADDRESS, addressValues, SHOP } from "./resources.ts";
import { SettingsForm } from "./settings-form.tsx";
import { settingsWords } from "./words.ts";

const CURRENCIES = Intl.supportedValuesOf("currency");
const TIMEZONES = Intl.supportedValuesOf("timeZone");
const LOCALES = ["es-ES", "es-MX", "es-AR", "es-CO", "es-CL", "es-PE", "en-GB", "en-US", "en-IE"];

type Option = { value: string; label: string };

function useCountries(): Option[] {
  const f = useFormats();
  return COUNTRIES.map((value) => ({ value, label: f.country(value) })).toSorted((a, b) =>
    a.label.localeCompare(b.label),
  );
}

export function ShopTab({ shop, rules }: { shop: Shop; rules: Settings }) {
  const w = useWords(settingsWords);
  const language = useLanguage();
  const countries = useCountries();
  const noCountry: Option = { value: "", label: w.noCountry };
  const currencyNames = new Intl.DisplayNames(language, { type: "currency" });
  const localeNames = new Intl.DisplayNames(language, { type: "language" });
  return (
    <>
      <SettingsForm
        title={w.profile}
        resource={SHOP}
        data={shop}
        specs={[
          { key: "name", label: w.name, kind: "text", isRequired: true },
          { key: "legal_name", label: w.legalName, kind: "text" },
          { key: "tax_id", label: w.taxId, kind: "text" },
          { key: "email", label: w.email, kind: "text", type: "email" },
          { key: "phone", label: w.phone, kind: "text", type: "tel" },
          { key: "country", label: w.country, kind: "choice", options: [noCountry, ...countries] },
        ]}
      />
      <SettingsForm
        title={w.address}
        resource={ADDRESS}
        data={addressValues(shop)}
        specs={[
          { key: "address/lines", label: w.lines, kind: "lines", rows: 2 },
          { key: "address/postal_code", label: w.postalCode, kind: "text" },
          { key: "address/city", label: w.city, kind: "text" },
          { key: "address/region", label: w.province, kind: "text" },
          {
            key: "address/country",
            label: w.addressCountry,
            kind: "choice",
            options: [noCountry, ...countries],
          },
        ]}
      />
      <SettingsForm
        title={w.region}
        resource={SHOP}
        data={shop}
        specs={[
          {
            key: "currency",
            label: w.currency,
            hint: w.currencyHint,
            kind: "choice",
            options: CURRENCIES.map((value) => ({
              value,
              label: `${value} · ${currencyNames.of(value) ?? value}`,
            })),
          },
          {
            key: "timezone",
            label: w.timezone,
            kind: "choice",
            options: TIMEZONES.map((value) => ({ value, label: value.replaceAll("_", " ") })),
          },
          {
            key: "locale",
            label: w.locale,
            kind: "choice",
            options: LOCALES.map((value) => ({ value, label: localeNames.of(value) ?? value })),
          },
        ]}
      />
      <PlanCard rules={rules} />
    </>
  );
}

/** What the operator of the server grants the shop. */
function PlanCard({ rules: { plan, quotas } }: { rules: Settings }) {
  const w = useWords(settingsWords);
  const f = useFormats();
  const rows: [string, string][] = [
    [w.plan, w[plan]],
    [w.quotaTenant, f.number(quotas.tenant)],
    [w.quotaUser, f.number(quotas.user)],
    [w.quotaKey, f.number(quotas.key)],
    [w.quotaPublic, f.number(quotas.public)],
    [w.quotaAddress, f.number(quotas.address)],
  ];
  return (
    <Card title={w.quotas}>
      <dl className="divide-y divide-line">
        {rows.map(([name, value]) => (
          <div key={name} className="flex min-h-10 items-center justify-between gap-4">
            <dt className="text-muted">{name}</dt>
            <dd className="tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
