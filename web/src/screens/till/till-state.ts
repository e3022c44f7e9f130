// What is at the till, outside of components: it survives going to another screen, and a reload of the tab.
import type { Sale } from "@mostrador/sdk";
import { useSyncExternalStore } from "react";
import { currentSession } from "../../session/session.ts";
import { createStore } from "../../store.ts";
import { EMPTY_CART, type Cart } from "./cart.ts";
import type { Payment } from "./payments.ts";

/** A sale that has just been made. Without `sale` it is not yet with the server. */
export type Done = {
  client_id: string;
  sold_at: string;
  cart: Cart;
  payments: Payment[];
  total: number;
  change: number;
  sale: Sale | null;
};

/** The payments so far, and the method of the next one. */
export type Paying = { method: string; payments: Payment[] };

export type Till = { cart: Cart; selected: number | null; paying: Paying | null; done: Done | null };

export type Parked = { id: string; at: string; seller: string; cart: Cart };

type StoredTill = Pick<Till, "cart" | "paying">;

const EMPTY: Till = { cart: EMPTY_CART, selected: null, paying: null, done: null };

const account = (): string => {
  const session = currentSession();
  return "me" in session ? `${session.me.shop.slug}.${session.me.id}` : "";
};
const cartKey = (): string => `mostrador.till.cart.${account()}`;
const parkedKey = (): string => {
  const session = currentSession();
  return `mostrador.till.parked.${"me" in session ? session.me.shop.slug : ""}`;
};

function read<T>(storage: Storage, key: string, fallback: T): T {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only this module writes it
    return (JSON.parse(storage.getItem(key) ?? "null") as T | null) ?? fallback;
  } catch {
    return fallback;
  }
}

const store = createStore<Till>(EMPTY);
const parked = createStore<readonly Parked[]>([]);
let owner = "";

/** Takes up the cart of the account that is signed in. */
export function openTill(): void {
  if (owner === account()) return;
  owner = account();
  store.set({ ...EMPTY, ...read<Partial<StoredTill>>(sessionStorage, cartKey(), {}) });
  parked.set(read(localStorage, parkedKey(), []));
}

export const till = store.get;
export const useTill = (): Till => useSyncExternalStore(store.subscribe, store.get);

const remember = ({ cart, paying }: StoredTill): void =>
  sessionStorage.setItem(cartKey(), JSON.stringify({ cart, paying }));

export function setTill(change: Partial<Till>): void {
  store.set({ ...store.get(), ...change });
  remember(store.get());
}

export const setCart = (cart: Cart, selected = store.get().selected): void => setTill({ cart, selected });
export const clearTill = (): void => setTill(EMPTY);

/** Stores no cart while a sale is recorded: after a reload the outbox has it, and it must not be sold again. */
export async function withoutStoredCart<T>(work: () => Promise<T>): Promise<T> {
  remember(EMPTY);
  try {
    return await work();
  } catch (error) {
    remember(store.get());
    throw error;
  }
}

export const useParked = (): readonly Parked[] => useSyncExternalStore(parked.subscribe, parked.get);

/** Changes the parked carts as they are now, also if another tab has changed them. */
function changeParked(by: (carts: readonly Parked[]) => readonly Parked[]): void {
  const next = by(read<readonly Parked[]>(localStorage, parkedKey(), []));
  localStorage.setItem(parkedKey(), JSON.stringify(next));
  parked.set(next);
}

/** Sets the cart aside for later; all who sell on this device can take it up. */
export function park(seller: string): void {
  const { cart } = store.get();
  if (cart.lines.length === 0) return;
  changeParked((carts) => [
    ...carts,
    { id: crypto.randomUUID(), at: new Date().toISOString(), seller, cart },
  ]);
  clearTill();
}

/** Takes a parked cart up; what is in the cart is parked in its place. */
export function takeUp(id: string, seller: string): void {
  const found = read<readonly Parked[]>(localStorage, parkedKey(), []).find((one) => one.id === id);
  if (!found) return;
  park(seller);
  changeParked((carts) => carts.filter((one) => one.id !== id));
  setTill({ ...EMPTY, cart: found.cart, selected: found.cart.lines.at(-1)?.key ?? null });
}

export const discardParked = (id: string): void =>
  changeParked((carts) => carts.filter((one) => one.id !== id));

addEventListener("storage", ({ key }) => {
  if (key === parkedKey()) parked.set(read(localStorage, parkedKey(), []));
});
