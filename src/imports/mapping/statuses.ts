// Words of order statuses and types of documents, in the languages of the columns.
import { foldedName } from "../formats/cells.ts";

const words = (text: string): Set<string> => new Set(text.split(/\s+/));

const CANCELLED = words(
  `cancelled canceled cancel void voided deleted failed draft abandoned expired
  cancelado cancelada anulado anulada fallido fallida borrador
  storniert abgebrochen geloscht entwurf fehlgeschlagen annulliert
  annule annulee echoue echouee brouillon
  falhou rascunho`,
);

// These begin statuses that say by whom or why: `Cancelled by the customer`.
const CANCELLED_BY = words(
  "cancelled canceled voided cancelado cancelada anulado anulada storniert annulliert annule annulee",
);

const REFUNDED = words(
  `refunded refund returned return partiallyrefunded chargeback creditnote creditmemo creditinvoice salesreturn
  reembolsado reembolsada reembolso devuelto devuelta devolucion abono rectificativa facturarectificativa facturadeabono notadecredito notadeabono
  erstattet ruckerstattet ruckerstattung retourniert retoure ruckgabe gutschrift storno stornorechnung
  rembourse remboursee remboursement retourne retour avoir
  devolvido devolvida devolucao`,
);

const OPEN = words(
  `pending pendingpayment paymentpending awaitingpayment unpaid onhold quote quotation estimate proforma
  pendiente pendientedepago impagado impagada nopagado enespera presupuesto
  ausstehend offen unbezahlt angebot
  enattente enattentedepaiement impaye impayee devis
  pendente pagamentopendente aguardandopagamento orcamento`,
);

const NOT = words("no not non nicht nao sin");

type Meaning = "cancelled" | "refunded" | "open";

/** What a status says; null if nothing that matters. Types of documents are words of their own: `Draft` may be a sort of beer. */
export function meaningOf(status: string, isType: boolean): Meaning | null {
  const folded = foldedName(status);
  if (REFUNDED.has(folded)) return "refunded";
  if (OPEN.has(folded)) return "open";
  if (isType) return CANCELLED_BY.has(folded) ? "cancelled" : null;
  if (CANCELLED.has(folded)) return "cancelled";
  const [first = "", ...others] = status
    .split(/[^\p{L}]+/u)
    .map(foldedName)
    .filter((word) => word !== "");
  if (NOT.has(first)) return null;
  if ([first, ...others].some((word) => REFUNDED.has(word))) return "refunded";
  if (CANCELLED_BY.has(first) && !others.some((word) => word.startsWith("par"))) return "cancelled";
  return [first, ...others].some((word) => CANCELLED.has(word)) ? "open" : null;
}

/** Whether a status is in the list, without regard to case, accents and punctuation. */
export const isStatus = (status: string, list: string[]): boolean => {
  const folded = foldedName(status);
  return list.some((each) => foldedName(each) === folded);
};
