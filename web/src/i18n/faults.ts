// What a person reads beside a field that the API refuses.
import type { FaultCode } from "@mostrador/sdk";
import { anyFault, faultAt } from "./problems.ts";
import { words, wordsNow } from "./words.ts";

const faultWords = words<Record<FaultCode, string | ((bound: string) => string)>>({
  required: { es: "Falta este dato.", en: "This is required." },
  too_short: {
    es: (bound) => `Escribe al menos ${bound} caracteres.`,
    en: (bound) => `Enter at least ${bound} characters.`,
  },
  too_long: {
    es: (bound) => `Es demasiado largo: caben ${bound} caracteres.`,
    en: (bound) => `It is too long: at most ${bound} characters.`,
  },
  too_few_items: {
    es: (bound) => `Hacen falta al menos ${bound}.`,
    en: (bound) => `At least ${bound} are needed.`,
  },
  too_many_items: { es: (bound) => `Como mucho ${bound}.`, en: (bound) => `At most ${bound}.` },
  too_small: { es: (bound) => `El mínimo es ${bound}.`, en: (bound) => `The minimum is ${bound}.` },
  too_large: { es: (bound) => `El máximo es ${bound}.`, en: (bound) => `The maximum is ${bound}.` },
  not_a_number: { es: "Escribe un número.", en: "Enter a number." },
  not_an_integer: { es: "Escribe un número entero.", en: "Enter a whole number." },
  not_an_email: {
    es: "Escribe un correo, como ana@ejemplo.es.",
    en: "Enter an e-mail address, such as ana@example.com.",
  },
  not_a_date: { es: "Escribe una fecha que exista.", en: "Enter a date that exists." },
  not_a_url: {
    es: "Escribe una dirección que empiece por https://.",
    en: "Enter an address that begins with https://.",
  },
  not_a_phone_number: {
    es: "Escribe un teléfono, como 600 11 22 33.",
    en: "Enter a phone number, such as 600 11 22 33.",
  },
  not_a_barcode: {
    es: "No es un código de barras: tiene 8, 12, 13 o 14 cifras, y la última comprueba las demás.",
    en: "It is not a barcode: those have 8, 12, 13 or 14 digits, the last of which checks the others.",
  },
  not_an_isbn: {
    es: "No es un ISBN: tiene 10 o 13 cifras, y la última comprueba las demás.",
    en: "It is not an ISBN: those have 10 or 13 digits, the last of which checks the others.",
  },
  not_an_option: { es: "Elige uno de los valores posibles.", en: "Choose one of the possible values." },
  invalid_format: { es: "No está escrito como hace falta.", en: "It is not written as it has to be." },
  invalid_characters: {
    es: "Tiene caracteres que no se ven. Escríbelo de nuevo.",
    en: "It has characters that cannot be seen. Type it again.",
  },
  duplicate: { es: "Está repetido.", en: "It is there twice." },
  unknown_field: {
    es: "El servidor no conoce este dato. Recarga la página.",
    en: "The server does not know this field. Reload the page.",
  },
});

/**
 * What a 422 says about a field, by its JSON pointer such as `/email`; undefined if nothing. `inWords` writes a bound as the field shows it,
 * such as an amount.
 */
export function fieldFault(
  error: unknown,
  pointer: string,
  inWords: (bound: number) => string = String,
): string | undefined {
  const fault = faultAt(error, pointer);
  const sentence = fault?.code && Object.hasOwn(faultWords, fault.code) && wordsNow(faultWords)[fault.code];
  if (typeof sentence === "string") return sentence;
  if (typeof sentence === "function" && fault?.bound !== undefined) return sentence(inWords(fault.bound));
  return anyFault(fault);
}
