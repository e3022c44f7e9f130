import { useNavigate } from "@tanstack/react-router";
import { mostrador } from "../../client.ts";
import { wordsNow } from "../../i18n/words.ts";
import { isReachable, noting } from "../../offline/connection.ts";
import { toastError, toastWarning } from "../../parts/toasts.tsx";
import { tillWords } from "./words.ts";

/** Whether a code that was scanned is the number of a receipt, such as C-000123. */
export const isReceiptNumber = (code: string): boolean => /^[acr]-\d{6,15}$/i.test(code);

/** Shows the sale of a receipt that was scanned, where it is refunded or voided. */
export function useReceipt(): (number: string) => Promise<void> {
  const navigate = useNavigate();
  return async (text) => {
    const number = text.toUpperCase();
    try {
      const { data } = await noting(mostrador.listSales({ number, limit: 1 }));
      const [sale] = data;
      if (sale) await navigate({ to: "/sales/$id", params: { id: sale.id } });
      else toastWarning(wordsNow(tillWords).unknownReceipt(number));
    } catch (error) {
      if (isReachable()) toastError(error);
      else toastWarning(wordsNow(tillWords).receiptOffline);
    }
  };
}
