import { words } from "../../i18n/words.ts";

export const labelWords = words({
  title: { es: "Etiquetas", en: "Labels" },
  subtitle: { es: "Precio y código de barras, para imprimir", en: "Price and barcode, to print" },
  print: { es: "Imprimir", en: "Print" },
  sheet: { es: "Papel", en: "Paper" },
  "24": { es: "A4, 24 etiquetas de 70 × 37 mm", en: "A4, 24 labels of 70 × 37 mm" },
  "65": { es: "A4, 65 etiquetas de 38 × 21 mm", en: "A4, 65 labels of 38 × 21 mm" },
  roll: { es: "Rollo de 50 × 25 mm", en: "Roll of 50 × 25 mm" },
  copies: { es: "Copias de cada una", en: "Copies of each" },
  asStock: { es: "Tantas como existencias", en: "As many as in stock" },
  preview: { es: "Vista previa", en: "Preview" },
  total: {
    es: (n: number, text: string) => `${text} ${n === 1 ? "etiqueta" : "etiquetas"}`,
    en: (n: number, text: string) => `${text} ${n === 1 ? "label" : "labels"}`,
  },
  empty: {
    es: "Selecciona productos en el catálogo para imprimir sus etiquetas.",
    en: "Select products in the catalogue to print their labels.",
  },
  toCatalogue: { es: "Ir al catálogo", en: "Go to the catalogue" },
});
