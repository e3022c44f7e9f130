// The sales of this device that are not yet with the server, and what sends them: one tab at a time, when there is a reason to hope.
import { ConnectionError, isProblem, type NewSale, type Sale } from "@mostrador/sdk";
import { useSyncExternalStore } from "react";
import { mostrador, queryClient } from "../client.ts";
import { currentSession, subscribeToSession } from "../session/session.ts";
import { createStore } from "../store.ts";
import { isReachable, noting, setReachable, startProbing, subscribeToReachable } from "./connection.ts";
import { openDatabase, readAll, write } from "./database.ts";
import { drain, type Outbox } from "./drain.ts";
import { delayAfter, inOrder, refusalOf, requestOf, waitsAfter, type UnsentSale } from "./rules.ts";

const STORE = "sales";
const DRAIN_LOCK = "mostrador.outbox";
// The customer waits for the first attempt.
const FIRST_TIMEOUT_MS = 8000;
const TIMEOUT_MS = 20_000;

const open = openDatabase("mostrador.outbox", 1, (database) => {
  database.createObjectStore(STORE, { keyPath: "client_id" });
});
const channel = new BroadcastChannel("mostrador.outbox");
const store = createStore<readonly UnsentSale[]>([]);

export const useUnsentSales = (): readonly UnsentSale[] => useSyncExternalStore(store.subscribe, store.get);

/** The account of the session as the outbox names it; null while nobody is signed in. */
export function accountNow(): string | null {
  const session = currentSession();
  return "me" in session ? `${session.me.shop.slug}/${session.me.id}` : null;
}

/** The last sale that this tab has sent after it was stored, for what still shows it without its number. */
export const lastSent = createStore<Sale | null>(null);

// The first attempts of this tab. They are shown as unsent only if they fail.
const firstAttempts = new Set<string>();

export async function refreshUnsent(): Promise<readonly UnsentSale[]> {
  const sales = await readAll<UnsentSale>(await open(), STORE);
  store.set(inOrder(sales.filter(({ client_id: id }) => !firstAttempts.has(id))));
  return store.get();
}

async function changed(): Promise<void> {
  await refreshUnsent();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel reaches its own origin only
  channel.postMessage("changed");
}

channel.addEventListener("message", () => void refreshUnsent());

const put = async (sale: UnsentSale): Promise<void> =>
  write(await open(), STORE, "strict", (sales) => sales.put(sale));
const remove = async (clientId: string): Promise<void> =>
  write(await open(), STORE, "strict", (sales) => sales.delete(clientId));

const outbox: Outbox = {
  list: async () => readAll<UnsentSale>(await open(), STORE),
  put: async (sale) => {
    await put(sale);
    await changed();
  },
  remove: async (clientId) => {
    await remove(clientId);
    await changed();
  },
};

/**
 * Sends a sale. What answers in the place of the shop, such as the page of a hotel's network, is no answer.
 * @throws Problem, ConnectionError
 */
async function send(request: NewSale, timeout: number): Promise<Sale> {
  const post = async (): Promise<Sale> => {
    const sent = mostrador.createSale(request, { retries: 0, timeout });
    const sold: Sale | undefined = await sent.catch((error: unknown) => {
      // The client follows no redirect to another server.
      throw error instanceof TypeError ? new ConnectionError(error.message, null, error) : error;
    });
    if (sold?.client_id === request.client_id) return sold;
    throw new ConnectionError("The response is not that of the shop.", null, sold);
  };
  return noting(post());
}

const lockOf = (clientId: string): string => `mostrador.sale.${clientId}`;

let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function schedule(): void {
  clearTimeout(timer);
  const waits = store.get().some(({ state }) => state === "waiting");
  if (waits) timer = setTimeout(() => void sendUnsent(), delayAfter(failures));
}

/** Sends what waits, unless another tab does; with `isPatient`, after it has. */
export async function sendUnsent(isPatient = false): Promise<void> {
  await navigator.locks.request(DRAIN_LOCK, { ifAvailable: !isPatient }, async (lock) => {
    if (!lock) return;
    const before = (await refreshUnsent()).length;
    const isDone = await drain({
      outbox,
      send: async (request) => lastSent.set(await send(request, TIMEOUT_MS)),
      isSignedInAs: (account) => currentSession().status === "signed-in" && accountNow() === account,
      exclusively: (clientId, work) =>
        navigator.locks.request(lockOf(clientId), { ifAvailable: true }, async (own) => {
          if (own) await work();
        }),
      now: Date.now,
    });
    failures = isDone ? 0 : failures + 1;
    if (store.get().length < before) void queryClient.invalidateQueries();
  });
  schedule();
}

export type NewUnsent = Omit<UnsentSale, "state" | "refusal">;

/** The server's sale, or "stored" if it could not be reached: the sale is then sent later. */
export type Outcome = { kind: "sold"; sale: Sale } | { kind: "stored" };

/**
 * Records a sale: first on this device, then on the server. `immediate` is what only the first request has. What the server refuses at
 * once was not sold: it is not stored, and the problem is thrown.
 */
export async function recordSale(unsent: NewUnsent, immediate: Partial<NewSale>): Promise<Outcome> {
  const sale: UnsentSale = { ...unsent, state: "waiting", refusal: null };
  const { client_id } = sale;
  firstAttempts.add(client_id);
  try {
    return await navigator.locks.request(lockOf(client_id), async (): Promise<Outcome> => {
      await put(sale);
      // Otherwise a browser that lacks space may remove the database.
      void navigator.storage.persist();
      if (!isReachable() || !navigator.onLine) return { kind: "stored" };
      try {
        const request = { ...sale.body, ...immediate, client_id };
        const sold = await send(request, FIRST_TIMEOUT_MS);
        await remove(client_id);
        return { kind: "sold", sale: sold };
      } catch (error) {
        if (waitsAfter(error, sale.sold_at, Date.now())) return { kind: "stored" };
        await remove(client_id);
        throw error;
      }
    });
  } finally {
    firstAttempts.delete(client_id);
    await changed();
    schedule();
  }
}

type Retry = {
  approval?: NewSale["approval"] | undefined;
  /** What a manager has corrected. */
  body?: NewSale;
};

/**
 * Sends a refused sale again as the person who is signed in, and returns it. A new refusal replaces the old one and is thrown.
 * @throws Problem, ConnectionError
 */
export async function retrySale(clientId: string, { approval, body }: Retry = {}): Promise<Sale | null> {
  return navigator.locks.request(lockOf(clientId), async () => {
    const stored = (await outbox.list()).find((one) => one.client_id === clientId);
    if (!stored) return null;
    const sale = body ? { ...stored, body } : stored;
    try {
      const request = { ...requestOf(sale, Date.now()), ...(approval ? { approval } : {}) };
      const sold = await send(request, TIMEOUT_MS);
      await outbox.remove(clientId);
      void queryClient.invalidateQueries();
      return sold;
    } catch (error) {
      // A wrong PIN does not change why the sale was refused.
      const isSame = isProblem(error, "invalid-approval") || waitsAfter(error, sale.sold_at, Date.now());
      if (!isSame) await outbox.put({ ...sale, refusal: refusalOf(error) });
      throw error;
    }
  });
}

/** Leaves a refused sale to the managers: it stays on this device, and its seller may end their shift. */
export async function giveToManager(clientId: string): Promise<void> {
  const sale = (await outbox.list()).find((one) => one.client_id === clientId);
  if (sale?.state === "refused") await outbox.put({ ...sale, state: "manager" });
}

/** Removes a sale once the server has recorded that it was written off, and why. @throws Problem, ConnectionError */
export async function writeOff(
  { client_id, sold_at, account, total, body, refusal }: UnsentSale,
  reason: string,
): Promise<void> {
  const slug = refusal?.slug ?? "";
  await noting(
    mostrador.recordWriteOff({
      client_id,
      sold_at,
      seller_id: account.slice(account.indexOf("/") + 1),
      total,
      items: body.items.map(({ product_id, quantity }) => ({ product_id, quantity })),
      ...(/^[a-z-]+$/.test(slug) ? { problem: slug } : {}),
      reason,
    }),
  );
  await outbox.remove(client_id);
}

const onVisible = (): void => {
  if (document.visibilityState === "visible") void sendUnsent();
};

/** Sends on each sign of a connection, and when a login that had ended is taken up. Returns what stops it. */
export function startSending(): () => void {
  const onOnline = (): void => {
    failures = 0;
    setReachable(true);
    void sendUnsent();
  };
  const onBeforeUnload = (event: BeforeUnloadEvent): void => {
    const waits = firstAttempts.size > 0 || store.get().some(({ state }) => state === "waiting");
    if (!waits) return;
    void sendUnsent();
    // The browser asks whether to leave.
    event.preventDefault();
  };
  const onFocus = (): void => void sendUnsent();
  const unsubscribe = subscribeToReachable(() => {
    if (isReachable()) void sendUnsent();
  });
  const unsubscribeFromSession = subscribeToSession(() => {
    if (currentSession().status === "signed-in") void sendUnsent();
  });
  const stopProbing = startProbing();
  addEventListener("online", onOnline);
  addEventListener("focus", onFocus);
  addEventListener("beforeunload", onBeforeUnload);
  document.addEventListener("visibilitychange", onVisible);
  void sendUnsent();
  return () => {
    unsubscribe();
    unsubscribeFromSession();
    stopProbing();
    removeEventListener("online", onOnline);
    removeEventListener("focus", onFocus);
    removeEventListener("beforeunload", onBeforeUnload);
    document.removeEventListener("visibilitychange", onVisible);
  };
}
