import { z } from "@hono/zod-openapi";
import { failsAs } from "./faults.ts";

// The 249 assigned codes of ISO 3166-1 alpha-2. The runtime's Intl also accepts reserved and withdrawn ones.
const codes = new Set(
  `AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
  CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
  GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
  KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT
  MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
  SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
  UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW`.split(/\s+/),
);

/** An assigned country code of ISO 3166-1 alpha-2, in upper case. */
export const CountryCode = z
  .string()
  .refine(
    (code) => codes.has(code),
    failsAs("must be an ISO 3166-1 alpha-2 country code, such as ES", "not_an_option"),
  )
  .openapi({ example: "ES" });

// Not at start-up, of which its data would take more than all schemas of a domain.
let names: Intl.DisplayNames | undefined;

/** The English name of a country code: "Spain" for ES. */
export function countryName(code: string): string {
  names ??= new Intl.DisplayNames("en", { type: "region" });
  return names.of(code) ?? code;
}

const plain = (name: string): string => name.normalize("NFD").replaceAll(/\p{M}/gu, "").trim().toLowerCase();

// Common names that differ from those of the runtime.
const ALIASES: Record<string, string> = {
  "czech republic": "CZ",
  eire: "IE",
  england: "GB",
  holland: "NL",
  "hong kong": "HK",
  korea: "KR",
  rsa: "ZA",
  uae: "AE",
  uk: "GB",
  usa: "US",
};

let byName: Map<string, string> | undefined;

function codesByName(): Map<string, string> {
  if (byName) return byName;
  byName = new Map(Object.entries(ALIASES));
  for (const language of ["en", "es"]) {
    const localized = new Intl.DisplayNames(language, { type: "region" });
    for (const code of codes) byName.set(plain(localized.of(code) ?? code), code);
  }
  return byName;
}

/** The code of a country that is named by its code or in English or Spanish, regardless of case and accents; null if unknown. */
export function countryCode(name: string): string | null {
  const upper = name.trim().toUpperCase();
  return codes.has(upper) ? upper : (codesByName().get(plain(name)) ?? null);
}

let byLowerCase: Map<string, string> | undefined;

/** The English name of a country in any letter case; other texts are returned unchanged. */
export function countryInNameCase(text: string): string {
  // Built by the first import, not at start-up.
  byLowerCase ??= new Map([...codes].map((code) => [countryName(code).toLowerCase(), countryName(code)]));
  return byLowerCase.get(text.toLowerCase()) ?? text;
}

/** The English name of a country by its code or name; other texts are returned unchanged. */
export const countryByCodeOrName = (text: string): string =>
  codes.has(text) ? countryName(text) : countryInNameCase(text);
