import { sql, type SQL } from "drizzle-orm";

/** A column of thousandths as the JSON number of units: an integer where it is whole. */
export const unitsOf = (column: string): SQL =>
  sql.raw(`iif(${column} % 1000 = 0, ${column} / 1000, ${column} / 1000.0)`);
