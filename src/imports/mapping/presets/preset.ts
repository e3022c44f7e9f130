import type { z } from "zod";
import type { Rules } from "../plan.ts";

/**
 * A layout of a known program. Names are folded; `|` separates alternatives, and `*` ends a name that may go on. It is recognised if
 * the file has all columns of the signature; of several the one with the longest signature is.
 */
export type Preset = {
  name: string;
  kind: "sales" | "products";
  signature: string[];
  /** The name of each field's column; columns that are absent are ignored. */
  columns: Record<string, string>;
  /** Fields that are ignored if the file has the other field. */
  without?: Record<string, string>;
  constants?: Record<string, string>;
  rules?: z.input<typeof Rules>;
  dates?: "dmy" | "mdy" | "ymd";
  decimal?: "comma" | "point";
  /** Why a file of this layout cannot be imported alone. */
  refusal?: string;
};
