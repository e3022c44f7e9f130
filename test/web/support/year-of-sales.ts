// The sales of a stationer in a past year, as a spreadsheet in Spanish saves them: semicolons, decimal commas, the day first, Windows-1252,
// a column that no program calls so, and rows that cannot be right.

export type YearOfSales = {
  file: Buffer;
  year: number;
  /** In cents. */
  revenue: number;
  accepted: number;
  rejected: number;
};

/** A product with its price in cents. */
export type StationeryItem = { barcode: string; name: string; price: number };

export const NOTEBOOK: StationeryItem = {
  barcode: "8437001234561",
  name: "Cuaderno A5 de rayas",
  price: 650,
};
export const WRAPPING: StationeryItem = {
  barcode: "8437001234615",
  name: "Papel de regalo «Estrellas»",
  price: 275,
};

const ITEMS: readonly StationeryItem[] = [
  NOTEBOOK,
  { barcode: "8437001234578", name: "Bolígrafo azul", price: 120 },
  { barcode: "8437001234585", name: "Agenda del año", price: 1490 },
  { barcode: "8437001234592", name: "Estuche de tela", price: 1125 },
  { barcode: "8437001234608", name: "Rotuladores, 12 colores", price: 995 },
  WRAPPING,
];

const HEADER = "Nº tique;Fecha;Hora;EAN;Artículo;Uds.;P.V.P.;Cobro;Cliente";

const two = (value: number): string => String(value).padStart(2, "0");
const comma = (cents: number): string => (cents / 100).toFixed(2).replace(".", ",");

const DAY_MS = 86_400_000;

/** The year before, except in January, when its last sales would be among those of the last 30 days. */
export function yearOfSales(): YearOfSales {
  const year = new Date(Date.now() - 31 * DAY_MS).getUTCFullYear() - 1;
  const rows: string[] = [];
  let [ticket, revenue] = [0, 0];
  for (let month = 1; month <= 12; month += 1)
    for (let day = 1 + (month % 3); day <= 28; day += 3) {
      ticket += 1;
      for (const line of ticket % 2 === 0 ? [0, 1] : [0]) {
        const item = ITEMS[(ticket + line) % ITEMS.length] ?? NOTEBOOK;
        const units = 1 + ((day + line) % 3);
        revenue += units * item.price;
        rows.push(
          [
            ticket,
            `${two(day)}/${two(month)}/${year}`,
            `${two(10 + (ticket % 9))}:30`,
            item.barcode,
            item.name,
            units,
            comma(item.price),
            ticket % 3 === 0 ? "Tarjeta" : "Efectivo",
            ticket % 4 === 0 ? "Begoña Ruiz" : "",
          ].join(";"),
        );
      }
    }
  const { barcode, name } = NOTEBOOK;
  const wrong = [
    `9001;28/12/${year};11:00;${barcode};${name};;6,50;Efectivo;`,
    `9002;31/11/${year};11:00;${barcode};${name};2;6,50;Efectivo;`,
    `9003;29/12/${year};11:00;${barcode};${name};1;regalo;Efectivo;`,
  ];
  const text = [HEADER, ...rows, ...wrong, ""].join("\r\n");
  return {
    file: Buffer.from(text, "latin1"),
    year,
    revenue,
    accepted: rows.length,
    rejected: wrong.length,
  };
}
