// Reasons of rejected rows in Spanish. The API has them in English; what is not listed stays as it is.
import { useLanguage } from "../../i18n/language.ts";

// The first that matches counts.
const IN_SPANISH: readonly [RegExp, string][] = [
  [/^(.+) is 0$/, "$1 es 0"],
  [/^(.+) is 0 or empty$/, "$1 es 0 o está vacía"],
  [/^(.+) is empty$/, "$1 está vacía"],
  [/^(.+) is missing$/, "falta $1"],
  [
    /^(.+) is not a number with at most three decimals: (.+)$/,
    "$1 no es un número con un máximo de tres decimales: $2",
  ],
  [/^(.+) is not a whole number: (.+)$/, "$1 no es un número entero: $2"],
  [/^(.+) is not a number: (.+)$/, "$1 no es un número: $2"],
  [/^(.+) is not a number$/, "$1 no es un número"],
  [/^(.+) is not an amount$/, "$1 no es un importe"],
  [/^(.+) is not a date and time such as [^:]+:\d+: (.+)$/, "$1 no es una fecha que exista: $2"],
  [/^(.+) is not a time such as .*$/, "$1 no es una fecha con hora"],
  [/^(.+) is not the day of the sale$/, "$1 no es el día de la venta"],
  [/^(.+) is in the future(: .+)?$/, "$1 está en el futuro$2"],
  [/^the amount is too large$/, "el importe es demasiado grande"],
  [/^(.+) is too large$/, "$1 es demasiado grande"],
  [
    /^(.+) and (.+) are both negative, .*$/,
    "$1 y $2 son negativas: la fila puede ser una venta o una devolución",
  ],
  [/^(.+) is negative(: .+)?$/, "$1 es negativa$2"],
  [/^(.+) is not between 0 and the quantity: (.+)$/, "$1 no está entre 0 y la cantidad: $2"],
  [/^(.+) is more than the amount of the row, (.+?): (.+)$/, "$1 es más que el importe de la fila, $2: $3"],
  [/^(.+) may be an amount or a percentage: .*: (.+)$/, "$1 puede ser un importe o un porcentaje: $2"],
  [/^(.+) is neither true nor false: (.+)$/, "$1 no es ni sí ni no: $2"],
  [/^(.+) is not a unit$/, "$1 no es una unidad"],
  [/^(.+) has more than (\d+) decimals$/, "$1 tiene más de $2 decimales"],
  [
    /^(.+) has more decimals than the currency allows \((\d+)\): (.+)$/,
    "$1 tiene más decimales que la moneda ($2): $3",
  ],
  [/^(.+) has more than (\d+) characters$/, "$1 tiene más de $2 caracteres"],
  [/^the row has more than 64 KB$/, "la fila es demasiado larga"],
  [/^(.+) has characters that cannot be stored$/, "$1 tiene caracteres que no se pueden guardar"],
  [/^(.+) has control or invisible characters$/, "$1 tiene caracteres que no se ven"],
  [/^(\d+) fields instead of (\d+)$/, "hay $1 celdas en lugar de $2"],
  [/^the file is in (.+), and the shop's currency is (.+)$/, "el archivo está en $1, y la tienda en $2"],
  [/^(.+) is(?: in)? (.+), and the shop's currency is ([^:]+)(?:: .*)?$/, "$1 está en $2, y la tienda en $3"],
  [/^held: row (\d+) of invoice (.+) was rejected$/, "retenida: la fila $1 de la venta $2 se ha rechazado"],
  [/^held: .*$/, "retenida: otra fila de la misma venta se ha rechazado"],
  [/^sku (.+) appears more than once$/, "el SKU $1 está más de una vez"],
  [/^barcode (.+) belongs to sku (.+)$/, "el código de barras $1 es del SKU $2"],
  [/^no employee has (?:this e-mail|the e-mail .+)$/, "ninguna persona del equipo tiene ese correo"],
  [
    /^(.+) is neither a percentage nor a tax rate of this shop$/,
    "$1 no es un porcentaje ni un impuesto de la tienda",
  ],
  [/^this shop has no tax rate (.+) of (.+ %): .*$/, "la tienda no tiene el impuesto $1 del $2: añádelo"],
  [/^tax_rate (.+) is the percentage of several .*$/, "varios impuestos tienen el $1: usa su nombre"],
  [/^tax_rate (.+) is not a tax rate of this shop$/, "$1 no es un impuesto de la tienda"],
  [/^(?:another row of the invoice has|invoice .+ has the) .*$/, "otra fila de la misma venta la contradice"],
  [/^(?:the invoice|invoice .+) already exists with.*$/, "la venta ya existe con otro contenido"],
  [/^the lines, discount, shipping and taxes .*$/, "las líneas del pedido no suman su total"],
  [/^(.+) is in scientific notation, .*$/, "$1 está en notación científica, que ha perdido cifras"],
  [/^(.+) is an error of the spreadsheet: (.+)$/, "$1 es un error de la hoja de cálculo: $2"],
  [/^(.+) says that the row was refunded: .*$/, "$1 dice que la fila se devolvió, y no cuánto"],
  [/^(.+) is (.+): say in the mapping .* refunds .*$/, "$1 es $2: puede ser una devolución"],
  [/^(.+) is (.+): say in the mapping .*$/, "$1 es $2: puede no ser una venta"],
  [/^the row is a total: (.*)$/, "la fila es un total: $1"],
  [/^(.+) is (.+), so the row is no sale$/, "$1 es $2, así que la fila no es una venta"],
  [/^the row is empty$/, "la fila está vacía"],
  [/^the row repeats the header$/, "la fila repite los títulos"],
  [
    /^the row groups its variations, which are products$/,
    "la fila agrupa sus variantes, que son los productos",
  ],
  [/^the row has no variant of its product$/, "la fila no es una variante de su producto"],
  [/^the row describes its sale or a payment$/, "la fila describe la venta o un pago"],
  [/^a quote is opened and never closed$/, "unas comillas se abren y no se cierran"],
];

/** A reason in the language of the app, and the language that it is in. */
export function useReason(): (reason: string) => { text: string; lang: "es" | "en" } {
  const language = useLanguage();
  return (reason) => {
    const known = language === "es" && IN_SPANISH.find(([pattern]) => pattern.test(reason));
    return known ? { text: reason.replace(known[0], known[1]), lang: "es" } : { text: reason, lang: "en" };
  };
}
