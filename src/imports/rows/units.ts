// How files name units of quantity, in the languages of the columns.
import type { z } from "zod";
import type { Unit } from "../../values/quantities.ts";
import { foldedName } from "../formats/cells.ts";

const NAMES: Record<z.infer<typeof Unit>, string> = {
  piece: `piece pieces pc pcs each ea unit units item items number no
    unidad unidades ud uds u pieza piezas pza stuck stuckzahl stk st piece pieces pce unite unites peca pecas unidade un`,
  kg: "kg kgs kilo kilos kilogram kilograms kilogramme kilogramo kilogramos kilogramm quilo quilograma",
  g: "g gr grs gram grams gramo gramos gramm gramme grammes grama gramas",
  l: "l lt ltr liter liters litre litres litro litros",
  ml: "ml milliliter millilitre mililitro mililitros",
  m: "m mt meter meters metre metres metro metros",
  m2: "m2 sqm qm squaremeter squaremetre metrocuadrado metroscuadrados quadratmeter metrecarre metroquadrado",
  h: "h hr hrs hour hours hora horas stunde stunden std heure heures",
};

const UNITS_BY_NAME = new Map(
  Object.entries(NAMES).flatMap(([unit, names]) => names.split(/\s+/).map((name) => [name, unit] as const)),
);

/** The unit of this name; null for any other, such as a box, whose quantity is a number of pieces like that of a row without unit. */
export const unitOf = (text: string): string | null => UNITS_BY_NAME.get(foldedName(text)) ?? null;
