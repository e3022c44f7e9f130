// Why a delivery failed, or why its endpoint is disabled, in Spanish.
import { useReasons, type Translations } from "../../i18n/reasons.ts";

const IN_SPANISH: Translations = [
  [/^the endpoint returned (\d+)$/, "el destino ha respondido $1"],
  [/^no response within (\d+) s$/, "sin respuesta en $1 s"],
  [/^the endpoint could not be reached$/, "no se ha podido conectar con el destino"],
  [
    /^the address is not allowed: .*$/,
    "la dirección ya no se permite: tiene que ser pública y empezar por https://",
  ],
  [/^the webhook was disabled$/, "el destino se ha desactivado"],
  [/^the webhook was disabled or deleted$/, "el destino se ha desactivado o borrado"],
  [/^disabled by an ADMIN$/, "lo ha desactivado una persona con el rol de administración"],
  [
    /^(\d+) consecutive deliveries failed all attempts$/,
    "$1 entregas seguidas han fallado en todos sus intentos",
  ],
];

/** A reason in the language of the app. */
export function Reason({ text }: { text: string }) {
  const inWords = useReasons(IN_SPANISH)(text);
  return <span lang={inWords.lang}>{inWords.text}</span>;
}
