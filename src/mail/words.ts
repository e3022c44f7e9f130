/** The languages of mails and of the pages that their links open. */
export type Language = "en" | "es";

/** Spanish for a Spanish locale, else English. */
export const languageOf = (locale: string): Language => (/^es\b/i.test(locale) ? "es" : "en");

export const words = {
  en: { copyLink: "If the button does not work, copy this address into your browser:" },
  es: { copyLink: "Si el botón no funciona, copia esta dirección en tu navegador:" },
} satisfies Record<Language, Record<string, string>>;
