// Words of order statuses, in the languages of the columns.
import { foldedName } from "../formats/cells.ts";

const CANCELLED = new Set(
  `cancelled canceled cancel void voided deleted failed draft abandoned expired
  cancelado cancelada anulado anulada fallido fallida borrador
  storniert abgebrochen geloscht entwurf fehlgeschlagen annulliert
  annule annulee echoue echouee brouillon
  falhou rascunho`.split(/\s+/),
);

const REFUNDED = new Set(
  `refunded refund returned return partiallyrefunded chargeback
  reembolsado reembolsada devuelto devuelta devolucion
  erstattet ruckerstattet retourniert
  rembourse remboursee retourne
  devolvido reembolso`.split(/\s+/),
);

export const isCancelled = (status: string): boolean => CANCELLED.has(foldedName(status));

export const isRefundStatus = (status: string): boolean => REFUNDED.has(foldedName(status));

/** Whether a status is in the list, without regard to case, accents and punctuation. */
export const isStatus = (status: string, list: string[]): boolean => {
  const folded = foldedName(status);
  return list.some((each) => foldedName(each) === folded);
};
