/** The orders of a shop count from here. */
export const FIRST_ORDER = 10001;
