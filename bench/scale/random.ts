// SQL expressions that generate data. The same numbers give the same rows in each run.

const PRIME = 2_147_483_647;

/** SQL: a pseudo-random integer from 0 to `below` - 1 for the integer `n`; `salt` makes the columns of a row independent. */
export function random(n: string, salt: number, below: number): string {
  const first = `((${n}) * 48271 + ${salt * 1_000_003}) % ${PRIME}`;
  const squared = `((${first}) * (${first}) + ${salt}) % ${PRIME}`;
  return `((((${squared}) * 69621 + 1) % ${PRIME}) >> 7) % ${below}`;
}

/** SQL: a pseudo-random integer from 0 to `below` - 1, the smaller ones more often: the first about 1 / sqrt(below) of the time. */
export const skewed = (n: string, salt: number, below: number): string =>
  `${below} * (${random(n, salt, 10_000)}) * (${random(n, salt, 10_000)}) / 100000000`;

/** SQL: a UUIDv7 of this millisecond. `kind` is four hexadecimal digits from 8000 to bfff. */
export const uuid = (ms: string, kind: string, n: string): string =>
  `printf('%08x-%04x-7000-${kind}-%012x', (${ms}) >> 16, (${ms}) & 65535, ${n})`;

/** SQL: an instant as the app stores it. */
export const instant = (ms: string): string =>
  `strftime('%Y-%m-%dT%H:%M:%fZ', (${ms}) / 1000.0, 'unixepoch')`;
