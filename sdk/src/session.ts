// The credentials of a client, and how a login is renewed. An access token lives ten minutes, and a refresh token is exchanged once: later
// use ends the login. So at any time one request renews, in all tabs, and all others wait for it.
import { isProblem } from "./problem.ts";
import { globalNamed } from "./runtime.ts";

export type Tokens = { access_token: string; refresh_token: string };

/** Where the tokens of a login are. Both functions may be asynchronous; null is a client that is not signed in. */
export type TokenStore = {
  load: () => Tokens | null | Promise<Tokens | null>;
  save: (tokens: Tokens | null) => void | Promise<void>;
};

/** What a request was sent with. `login` counts the logins of the client: a request is never repeated as somebody else. */
export type Credentials = { authorization: string | null; sentAt: number; login: number };

export type Session = {
  isCookie: boolean;
  credentials: () => Promise<Credentials>;
  /** Renews the login unless that has happened since `used`. False if there is none, or it has ended. */
  renew: (used: Credentials) => Promise<boolean>;
  /** Takes the tokens of a new login; null after its end. */
  save: (tokens: Tokens | null) => Promise<void>;
};

/** Requests new tokens: with a refresh token, or with the cookie if there is none. */
export type Refresh = (refreshToken: string | undefined) => Promise<Tokens>;

/** Keeps the tokens of a login in memory. */
export function memoryStore(tokens: Tokens | null = null): TokenStore {
  let current = tokens;
  return {
    load: () => current,
    save: (next) => {
      current = next;
    },
  };
}

const now = (authorization: string | null, login = 0): Credentials => ({
  authorization,
  sentAt: Date.now(),
  login,
});

/** An API key, or no credentials. */
export const fixedSession = (apiKey: string | undefined): Session => ({
  isCookie: false,
  credentials: async () => now(apiKey === undefined ? null : `Bearer ${apiKey}`),
  renew: async () => false,
  save: async () => {},
});

const bearer = (tokens: Tokens | null): string | null =>
  tokens === null ? null : `Bearer ${tokens.access_token}`;

/** A login whose tokens are in `store`. */
export function tokenSession(store: TokenStore, lock: string, refresh: Refresh, onEnd: () => void): Session {
  let logins = 0;
  const renew = async ({ authorization, login }: Credentials): Promise<boolean> => {
    const tokens = await store.load();
    if (tokens === null || login !== logins) return false;
    if (bearer(tokens) !== authorization) return true;
    try {
      const next = await refresh(tokens.refresh_token);
      // Somebody else has signed in, or out, in the meantime.
      if (login !== logins) return false;
      await store.save(next);
      return true;
    } catch (error) {
      if (!isEnd(error)) throw error;
      if (login !== logins) return false;
      await store.save(null);
      onEnd();
      return false;
    }
  };
  return {
    isCookie: false,
    credentials: async () => now(bearer(await store.load()), logins),
    renew: (used) => onlyOnce(store, lock, () => renew(used)),
    save: async (tokens) => {
      logins += 1;
      await store.save(tokens);
    },
  };
}

/** A login whose tokens are in HttpOnly cookies. */
export function cookieSession(lock: string, refresh: Refresh, onEnd: () => void): Session {
  const key = {};
  const stamp = sharedStamp(lock);
  let logins = 0;
  const renew = async ({ sentAt, login }: Credentials): Promise<boolean> => {
    if (login !== logins) return false;
    if (stamp.read() > sentAt) return true;
    try {
      await refresh(undefined);
      stamp.write(Date.now());
      return true;
    } catch (error) {
      if (!isEnd(error)) throw error;
      onEnd();
      return false;
    }
  };
  return {
    isCookie: true,
    credentials: async () => now(null, logins),
    renew: (used) => onlyOnce(key, lock, () => renew(used)),
    save: async () => {
      logins += 1;
    },
  };
}

const isEnd = (error: unknown): boolean => isProblem(error) && error.status === 401;

const flights = new WeakMap<object, Promise<boolean>>();

/** Runs `work` unless it runs already for this key: then its result is awaited. Tabs take turns where there are Web Locks. */
function onlyOnce(key: object, lock: string, work: () => Promise<boolean>): Promise<boolean> {
  const running = flights.get(key);
  if (running) return running;
  const flight = inTurn(lock, work).finally(() => flights.delete(key));
  flights.set(key, flight);
  return flight;
}

function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = globalNamed("navigator")?.locks;
  return locks ? locks.request(name, work) : work();
}

/** The time of the last renewal, shared by the tabs of a browser; 0 if that lies in the future, because the clock was set back. It holds no token. */
function sharedStamp(name: string): { read: () => number; write: (time: number) => void } {
  let last = 0;
  return {
    read: () => {
      const time = Math.max(last, Number(stored((storage) => storage.getItem(name)) ?? 0));
      return time <= Date.now() ? time : 0;
    },
    write: (time) => {
      last = time;
      stored((storage) => storage.setItem(name, String(time)));
    },
  };
}

type Storage = NonNullable<ReturnType<typeof globalNamed<"localStorage">>>;

function stored<T>(use: (storage: Storage) => T): T | undefined {
  try {
    const storage = globalNamed("localStorage");
    return storage && use(storage);
  } catch {
    // The browser blocks storage, or it is full: each tab then renews by itself.
    return undefined;
  }
}
