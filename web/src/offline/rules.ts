// The rules of sales that are not yet with the server. A sale is removed only once the server has it.
import { ConnectionError, isProblem, type NewSale } from "@mostrador/sdk";

export type Refusal = { slug: string; status: number; detail: string; request_id: string | null };

export type UnsentSale = {
  client_id: string;
  /** The shop and the account that sold: only their login sends it. */
  account: string;
  /** Who sold, for people to read. */
  seller: string;
  /** When it was sold, RFC 3339 in UTC. */
  sold_at: string;
  currency: string;
  /** Minor units, as the customer paid. */
  total: number;
  /** What was sold, for people to recognise the sale. */
  titles?: readonly string[];
  /** With all prices, and without what only an immediate sale has, such as the PIN of an approval. */
  body: NewSale;
  /** "waiting" is sent as soon as possible; the others are not sent again until a person says so. */
  state: "waiting" | "refused" | "manager";
  refusal: Refusal | null;
};

const WAITING = [401, 408, 425, 429];

const DAY_MS = 24 * 3600 * 1000;
const OLDEST_MS = 7 * DAY_MS;

/**
 * Whether a sale that failed waits for another attempt. Without an answer, or if the login has ended, the server is busy or broken, the
 * same request may succeed later; any other refusal stays one.
 */
export function waitsAfter(error: unknown, soldAt: string, now: number): boolean {
  if (error instanceof ConnectionError) return true;
  if (!isProblem(error)) return false;
  // It is the answer of another server, such as that of a proxy.
  if (error.type === "about:blank") return true;
  if (error.status >= 500 || WAITING.includes(error.status)) return true;
  return isTooEarly(error.errors, soldAt, now);
}

/** The clock of this device is fast: the sale is accepted when its time has come. */
function isTooEarly(
  errors: readonly { pointer: string }[] | undefined,
  soldAt: string,
  now: number,
): boolean {
  const pointers = errors?.map(({ pointer }) => pointer.replace("#", "")) ?? [];
  return pointers.length > 0 && pointers.every((pointer) => pointer === "/sold_at") && !isOld(soldAt, now);
}

/** A sale of more than seven days ago is accepted without its time only. */
const isOld = (soldAt: string, now: number): boolean => now - Date.parse(soldAt) > OLDEST_MS;

/** What is shown of a refusal. An exception that is no answer of the server is a refusal too: the sale must not be sent in a loop. */
export const refusalOf = (error: unknown): Refusal =>
  isProblem(error)
    ? {
        slug: error.slug,
        status: error.status,
        detail: error.detail ?? error.title,
        request_id: error.request_id,
      }
    : { slug: "unexpected", status: 0, detail: String(error), request_id: null };

/** The request of a sale whose goods were handed over. */
export const requestOf = ({ client_id, sold_at, body }: UnsentSale, now: number): NewSale => ({
  ...body,
  client_id,
  offline: true,
  ...(isOld(sold_at, now) ? {} : { sold_at }),
});

/** Sales are sent in the order in which they were made. */
export const inOrder = (sales: readonly UnsentSale[]): UnsentSale[] =>
  sales.toSorted((a, b) => (a.sold_at < b.sold_at ? -1 : a.sold_at > b.sold_at ? 1 : 0));

/** What an account must send or hand to a manager before it may end its shift or sign out. */
export const owedBy = (sales: readonly UnsentSale[], account: string): UnsentSale[] =>
  sales.filter((sale) => sale.account === account && sale.state !== "manager");

const FIRST_DELAY_MS = 5000;
const LONGEST_DELAY_MS = 60_000;

/** Milliseconds until the next attempt after so many that failed in a row. */
export const delayAfter = (failures: number): number =>
  Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1), LONGEST_DELAY_MS);
