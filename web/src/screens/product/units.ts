import type { Unit } from "@mostrador/sdk";

export const UNITS = ["piece", "kg", "g", "l", "ml", "m", "m2", "h"] as const satisfies readonly Unit[];

/** The sign of a unit, the same in all languages; pieces have none. */
export const unitName = (unit: Unit): string => (unit === "piece" ? "" : unit === "m2" ? "m²" : unit);
