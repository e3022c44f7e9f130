import type demo from "./demo/shop.json";

/** Slug, password and people of the demo shop. */
export function readDemo(): Omit<typeof demo, "staff"> & {
  staff: [{ email: string }, ...{ email: string }[]];
};
