import { words } from "../../i18n/words.ts";

export const countWords = words({
  title: { es: "Recuento de existencias", en: "Stock count" },
  subtitle: {
    es: "Cada lectura suma una unidad; la cantidad también se puede escribir.",
    en: "Each scan adds one unit; quantities can also be typed.",
  },
  code: { es: "Escanea o escribe un código", en: "Scan or type a code" },
  codeHint: { es: "Código de barras, ISBN o SKU", en: "Barcode, ISBN or SKU" },
  add: { es: "Añadir", en: "Add" },
  scanned: {
    es: (title: string, counted: string) => `${title}: ${counted}`,
    en: (title: string, counted: string) => `${title}: ${counted}`,
  },
  unknown: {
    es: (code: string) => `Ningún producto tiene el código ${code}`,
    en: (code: string) => `No product has the code ${code}`,
  },
  counted: { es: "Contadas", en: "Counted" },
  countedOf: { es: (title: string) => `Contadas de ${title}`, en: (title: string) => `Counted of ${title}` },
  expected: { es: "Esperadas", en: "Expected" },
  difference: { es: "Diferencia", en: "Difference" },
  product: { es: "Producto", en: "Product" },
  untracked: { es: "Sin control", en: "Not tracked" },
  remove: { es: (title: string) => `Quitar ${title}`, en: (title: string) => `Remove ${title}` },
  empty: {
    es: "Escanea el primer producto. El recuento se guarda en este dispositivo hasta que lo envías.",
    en: "Scan the first product. The count stays on this device until you send it.",
  },
  note: { es: "Nota del recuento", en: "Note on the count" },
  noteHint: { es: "Por ejemplo: inventario de noviembre", en: "Such as: November inventory" },
  send: { es: "Enviar el recuento", en: "Send the count" },
  clear: { es: "Vaciar", en: "Clear" },
  clearText: { es: "Se pierde lo contado y no enviado.", en: "What was counted and not sent is lost." },
  sent: {
    es: (n: number, text: string) => `${text} ${n === 1 ? "producto anotado" : "productos anotados"}`,
    en: (n: number, text: string) => `${text} ${n === 1 ? "product" : "products"} recorded`,
  },
  changed: {
    es: "Ha cambiado entretanto: comprueba la cantidad y vuelve a enviar",
    en: "Changed in the meantime: check the quantity and send again",
  },
  failed: { es: "No se ha podido anotar", en: "Could not be recorded" },
  lines: { es: "Recuento", en: "Count" },
  faulty: { es: "Escribe una cantidad", en: "Enter a quantity" },
});
