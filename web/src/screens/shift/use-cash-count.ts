// Cash as it is being counted: how many of each coin and note, or one sum. It survives a reload of the tab.
import { parseMoney } from "@mostrador/sdk";
import { useState } from "react";
import { useMe } from "../../session/session.ts";
import { denominationsOf } from "../till/payments.ts";

export type CashCount = {
  /** In minor units, the largest first; empty if the currency is counted as one sum. */
  denominations: number[];
  isByCoins: boolean;
  /** As they were typed, by denomination. */
  counts: Readonly<Record<number, string>>;
  sum: string;
  /** Minor units; null if something that was typed is not a number. */
  total: number | null;
  isEmpty: boolean;
  setByCoins: (isByCoins: boolean) => void;
  setCount: (denomination: number, text: string) => void;
  setSum: (text: string) => void;
  clear: () => void;
};

type Typed = Pick<CashCount, "isByCoins" | "counts" | "sum">;

const MAX_COUNT = /^\d{0,6}$/;

/** The number of coins in a text, in which an empty one is zero; null if it is none. */
export function countIn(text: string): number | null {
  const compact = text.trim();
  return MAX_COUNT.test(compact) ? Number(compact) : null;
}

function totalOf({ isByCoins, counts, sum }: Typed, currency: string): number | null {
  if (!isByCoins) {
    const amount = sum.trim() === "" ? 0 : parseMoney(sum, currency);
    return amount !== null && amount >= 0 ? amount : null;
  }
  let total = 0;
  for (const [denomination, text] of Object.entries(counts)) {
    const count = countIn(text);
    if (count === null) return null;
    total += Number(denomination) * count;
  }
  return total;
}

function storedIn(key: string, fallback: Typed): Typed {
  const text = sessionStorage.getItem(key);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only this module writes it
  return text === null ? fallback : (JSON.parse(text) as Typed);
}

/** `name` is what the count is for. */
export function useCashCount(name: "start" | "end", startsByCoins: boolean): CashCount {
  const { shop, id } = useMe();
  const denominations = denominationsOf(shop.currency);
  const empty: Typed = { isByCoins: startsByCoins && denominations.length > 0, counts: {}, sum: "" };
  const key = `mostrador.till.count.${name}.${shop.slug}.${id}`;
  const [typed, setTyped] = useState(() => storedIn(key, empty));
  const change = (next: Partial<Typed>): void => {
    const all = { ...typed, ...next };
    sessionStorage.setItem(key, JSON.stringify(all));
    setTyped(all);
  };
  return {
    ...typed,
    denominations,
    total: totalOf(typed, shop.currency),
    isEmpty: typed.isByCoins
      ? Object.values(typed.counts).every((text) => text.trim() === "")
      : typed.sum.trim() === "",
    setByCoins: (isByCoins) => change({ isByCoins }),
    setCount: (denomination, text) => change({ counts: { ...typed.counts, [denomination]: text } }),
    setSum: (sum) => change({ sum }),
    clear: () => {
      sessionStorage.removeItem(key);
      setTyped(empty);
    },
  };
}
