import { words } from "../../i18n/words.ts";

export const myDayWords = words({
  mySales: { es: "Mis ventas de hoy", en: "My sales of today" },
  soldToday: { es: "Vendido hoy", en: "Sold today" },
  sales: { es: "Ventas", en: "Sales" },
  averageSale: { es: "Venta media", en: "Average sale" },
  hours: { es: "Horas trabajadas", en: "Hours worked" },
  units: { es: "Unidades", en: "Units" },
  noShift: {
    es: "No estás en turno. Ábrelo en la caja para vender.",
    en: "You are not on shift. Open it at the till to sell.",
  },
  noSales: { es: "Todavía no has vendido nada hoy.", en: "You have not sold anything today yet." },
});
