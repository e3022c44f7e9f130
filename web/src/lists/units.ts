import { majorUnits, type SaleLine } from "@mostrador/sdk";
import { useFormats } from "../i18n/formats.ts";
import { useLanguage } from "../i18n/language.ts";
import { useWords, words } from "../i18n/words.ts";

type Unit = SaleLine["unit"];

const unitWords = words<Record<Exclude<Unit, "piece">, string>>({
  kg: { es: "kg", en: "kg" },
  g: { es: "g", en: "g" },
  l: { es: "l", en: "l" },
  ml: { es: "ml", en: "ml" },
  m: { es: "m", en: "m" },
  m2: { es: "m²", en: "m²" },
  h: { es: "h", en: "h" },
});

type Units = {
  /** A quantity with its unit: "2" pieces, "0,35 kg". */
  quantity: (value: number, unit: Unit) => string;
  /** A quantity as a person types it: without a unit, and thousands are not grouped. */
  typed: (value: number) => string;
  /** Minor units as a person types them: "12,50". */
  typedMoney: (minor: number) => string;
};

export function useUnits(): Units {
  const f = useFormats();
  const w = useWords(unitWords);
  const language = useLanguage();
  const typed = (text: string): string => text.replace(".", language === "es" ? "," : ".");
  return {
    quantity: (value, unit) => (unit === "piece" ? f.number(value) : `${f.number(value)} ${w[unit]}`),
    typed: (value) => typed(String(value)),
    typedMoney: (minor) => typed(majorUnits(minor, f.currency)),
  };
}
