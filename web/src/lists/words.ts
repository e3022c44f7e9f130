import { words } from "../i18n/words.ts";

export const listWords = words({
  showMore: { es: "Mostrar más", en: "Show more" },
  downloadCsv: { es: "Descargar CSV", en: "Download CSV" },
  filters: { es: "Filtros", en: "Filters" },
  clearFilters: { es: "Quitar los filtros", en: "Clear the filters" },
  all: { es: "Todos", en: "All" },
  days: { es: "Días", en: "Days" },
  allDays: { es: "Todos los días", en: "All days" },
  nothingMatches: { es: "Nada coincide con los filtros.", en: "Nothing matches the filters." },
  shown: {
    es: (count: string) => `${count} en la lista`,
    en: (count: string) => `${count} listed`,
  },
});
