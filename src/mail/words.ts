import { LanguageTag } from "../values/text.ts";

/** The languages of mails and of the pages that their links open. */
export type Language = "en" | "es";

/** Spanish for a Spanish locale, else English. */
export const languageOf = (locale: string): Language => (/^es\b/i.test(locale) ? "es" : "en");

/** The locale of a language tag in a shop. A tag without a region has that of the shop where their languages are the same. */
export function localeOf(text: string, shopLocale: string): string {
  const tag = LanguageTag.safeParse(text).data ?? shopLocale;
  const { language, region } = new Intl.Locale(tag);
  const shop = new Intl.Locale(shopLocale);
  if (region !== undefined) return tag;
  if (shop.language === language) return shopLocale;
  // Outside the United States, dates with the month first would be misread.
  return tag === "en" && shop.region !== "US" ? "en-GB" : tag;
}

export const words = {
  en: { copyLink: "If the button does not work, copy this address into your browser:" },
  es: { copyLink: "Si el botón no funciona, copia esta dirección en tu navegador:" },
} satisfies Record<Language, Record<string, string>>;
