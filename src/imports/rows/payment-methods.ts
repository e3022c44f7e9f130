// How files name payment methods, in the languages of the columns.
import type { CustomMethod } from "../../auth/shops/payment-methods-schema.ts";
import { BUILT_IN_METHODS } from "../../auth/shops/payment-methods.ts";
import { foldedName } from "../formats/cells.ts";

const NAMES: Record<string, string> = {
  cash: "cash efectivo contado metalico bar barzahlung bargeld especes espece comptant liquide dinheiro numerario",
  card: `card cards creditcard debitcard creditordebitcard credit debit visa mastercard amex americanexpress maestro
    tarjeta tarjetacredito tarjetadecredito tarjetadebito tarjetadedebito tarjetabancaria tpv datafono credito debito
    karte kreditkarte debitkarte ec eckarte girocard girokarte
    carte cartebancaire cb cartedecredit cartebleue
    cartao cartaodecredito cartaodedebito multibanco`,
  transfer: `transfer banktransfer wiretransfer wire bacs sepa iban directbanktransfer
    transferencia transferenciabancaria uberweisung bankuberweisung vorkasse virement virementbancaire transferenciabanco`,
};

const METHODS = new Map(
  Object.entries(NAMES).flatMap(([method, names]) => names.split(/\s+/).map((name) => [name, method])),
);

/** The method of the shop that a file names: by its code, its name or a word for it; `other` if the shop has none like it. */
export function methodOf(text: string, custom: readonly CustomMethod[]): string {
  const name = foldedName(text);
  const own = [...custom, ...BUILT_IN_METHODS].find(
    (each) => foldedName(each.method) === name || foldedName(each.name) === name,
  );
  return own?.method ?? METHODS.get(name) ?? "other";
}
