// Reading the URL of a list: what is not valid is left out.

const DAY_FORMAT = /^\d{4}-\d{2}-\d{2}$/;

export type UrlSearch = Record<string, unknown>;

/** A day such as 2026-10-28. */
const dayIn = (value: unknown): string | undefined =>
  typeof value === "string" && DAY_FORMAT.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;

/** A text that is not empty; the router reads digits in a URL as a number. */
const textIn = (value: unknown): string | undefined =>
  (typeof value === "string" && value.trim() !== "") || typeof value === "number" ? String(value) : undefined;

/** The parameter `name` as one of `options`, in an object to spread. */
export function optionOf<const T extends string, const K extends string>(
  search: UrlSearch,
  name: K,
  options: readonly T[],
): { [P in K]?: T } {
  const value = options.find((option) => option === search[name]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a computed key widens the type
  return (value === undefined ? {} : { [name]: value }) as { [P in K]?: T };
}

/** The parameter `name` as a text, in an object to spread. */
export function textOf<const K extends string>(search: UrlSearch, name: K): { [P in K]?: string } {
  const value = textIn(search[name]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a computed key widens the type
  return (value === undefined ? {} : { [name]: value }) as { [P in K]?: string };
}

export type DaysSearch = { from?: string; to?: string };

/** The first and the last day, both or none. */
export function daysOf(search: UrlSearch): DaysSearch {
  const [from, to] = [dayIn(search["from"]), dayIn(search["to"])];
  return from !== undefined && to !== undefined && from <= to ? { from, to } : {};
}

/** Changes of a search, `undefined` removing a parameter. */
export function changed<T extends object>(search: T, change: { [K in keyof T]?: T[K] | undefined }): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.fromEntries loses the keys
  return Object.fromEntries(
    Object.entries({ ...search, ...change }).filter(([, value]) => value !== undefined),
  ) as T;
}
