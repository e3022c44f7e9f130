import { formatMoney, formatQuantity, type Unit } from "@mostrador/sdk";
import type { View } from "./shop.ts";

/** An amount in minor units as the visitor reads it. */
export const money = (view: View, minor: number, currency: string): string =>
  formatMoney(minor, currency, view.locale);

/** Pieces are counted; of the others the unit is named: "0,25 kg". */
export const amount = (view: View, quantity: number, unit: Unit): string =>
  `${formatQuantity(quantity, view.locale)}${unit === "piece" ? "" : ` ${view.words.unitNames[unit]}`}`;

/** A price, with its unit unless that is a piece. */
export const price = (view: View, minor: number, currency: string, unit: Unit): string =>
  `${money(view, minor, currency)}${unit === "piece" ? "" : ` ${view.words.perUnit(view.words.unitNames[unit])}`}`;
