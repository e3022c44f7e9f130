import { words } from "../i18n/words.ts";

export const reportWords = words({
  zName: { es: (number: string) => `Z ${number}`, en: (number: string) => `Z ${number}` },
  totals: { es: "Totales", en: "Totals" },
  sales: { es: "Ventas", en: "Sales" },
  refunds: { es: "Devoluciones", en: "Refunds" },
  voids: { es: "Anulaciones", en: "Voids" },
  discounts: { es: "Descuentos", en: "Discounts" },
  net: { es: "Base imponible", en: "Net" },
  tax: { es: "Impuestos", en: "Tax" },
  rounding: { es: "Redondeo", en: "Rounding" },
  total: { es: "Total", en: "Total" },
  taxes: { es: "Impuestos por tipo", en: "Tax by rate" },
  noTax: { es: "Sin impuesto", en: "Without tax" },
  methods: { es: "Formas de pago", en: "Payment methods" },
  categories: { es: "Categorías", en: "Categories" },
  noCategory: { es: "Sin categoría", en: "No category" },
  drawer: { es: "Cajón", en: "Drawer" },
  opening: { es: "Fondo de caja", en: "Opening cash" },
  cashSales: { es: "Ventas en efectivo", en: "Cash sales" },
  paidIn: { es: "Entradas", en: "Cash in" },
  paidOut: { es: "Salidas", en: "Cash out" },
  expected: { es: "Efectivo esperado", en: "Expected cash" },
  counted: { es: "Contado", en: "Counted" },
  notCounted: { es: "Sin contar", en: "Not counted" },
  difference: { es: "Diferencia", en: "Difference" },
  late: {
    es: (count: number) =>
      count === 1
        ? "1 venta llegó después del cierre y no está incluida"
        : `${count} ventas llegaron después del cierre y no están incluidas`,
    en: (count: number) =>
      count === 1
        ? "1 sale arrived after the end and is not included"
        : `${count} sales arrived after the end and are not included`,
  },
  print: { es: "Imprimir", en: "Print" },
});
