import type { z } from "zod";
import type { Rules } from "../plan.ts";

/** A layout of a known program. It is recognised if the file has all columns of the signature, by folded name. */
export type Preset = {
  name: string;
  kind: "sales" | "products";
  /** Folded names. */
  signature: string[];
  /** The folded name of each field's column; columns that are absent are ignored. */
  columns: Record<string, string>;
  constants?: Record<string, string>;
  rules?: z.input<typeof Rules>;
  dates?: "dmy" | "mdy" | "ymd";
  decimal?: "comma" | "point";
  /** Why a file of this layout cannot be imported alone. */
  refusal?: string;
};
