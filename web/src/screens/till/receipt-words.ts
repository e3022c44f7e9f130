import { words } from "../../i18n/words.ts";

/** Texts of a sale that was made. */
export const receiptWords = words({
  sold: { es: "Venta cobrada", en: "Sale completed" },
  storedSale: { es: "Venta guardada en este dispositivo", en: "Sale stored on this device" },
  storedText: {
    es: "Se envía sola en cuanto se puede. El número del recibo llega entonces.",
    en: "It is sent by itself as soon as that is possible, and gets its receipt number then.",
  },
  receipt: { es: "Recibo", en: "Receipt" },
  print: { es: "Imprimir", en: "Print" },
  nextSale: { es: "Siguiente venta", en: "Next sale" },
  scanNext: {
    es: "o escanea el primer producto de la siguiente",
    en: "or scan the first product of the next one",
  },
});
