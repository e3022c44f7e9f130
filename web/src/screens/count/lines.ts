// The lines of a count, on this device until they are sent.
import { isProblem, parseQuantity, type Product } from "@mostrador/sdk";
import { useEffect, useState } from "react";
import { mostrador } from "../../client.ts";

export type Line = {
  id: string;
  title: string;
  sku: string;
  /** The stock and the version that were read with the last scan. */
  expected: number | null;
  version: number;
  /** As typed. */
  counted: string;
  /** The same as long as the line is not changed, so that a lost response is not recorded twice. */
  key: string;
  state: "open" | "changed" | "failed";
};

const KEY = "mostrador.count";

const isLine = (value: unknown): value is Line =>
  typeof value === "object" && value !== null && "counted" in value && "version" in value && "key" in value;

function stored(shop: string): Line[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(`${KEY}.${shop}`) ?? "[]");
    return Array.isArray(value) ? value.filter(isLine) : [];
  } catch {
    return [];
  }
}

/** The lines of a shop; they survive a reload and a login that ended. */
export function useLines(shop: string) {
  const [lines, setLines] = useState(() => stored(shop));
  useEffect(() => {
    if (lines.length === 0) localStorage.removeItem(`${KEY}.${shop}`);
    else localStorage.setItem(`${KEY}.${shop}`, JSON.stringify(lines));
  }, [lines, shop]);
  return [lines, setLines] as const;
}

const plus = (counted: string, quantity: number): string =>
  String(Math.round(((parseQuantity(counted) ?? 0) + quantity) * 1000) / 1000);

/** Adds a quantity of a product; its line comes first. */
export function added(lines: readonly Line[], product: Product, quantity: number): Line[] {
  const known = lines.find(({ id }) => id === product.id);
  const line: Line = {
    id: product.id,
    title: product.title,
    sku: product.sku,
    expected: product.stock,
    version: product.version,
    counted: plus(known?.counted ?? "0", quantity),
    key: crypto.randomUUID(),
    state: "open",
  };
  return [line, ...lines.filter(({ id }) => id !== product.id)];
}

export const edited = (lines: readonly Line[], id: string, counted: string): Line[] =>
  lines.map((line) =>
    line.id === id ? { ...line, counted, key: crypto.randomUUID(), state: "open" } : line,
  );

/** Sends one line: null if it was recorded, else the line with what there is to decide. */
export async function send(line: Line, count: number, note: string): Promise<Line | null> {
  const { id, version, key } = line;
  try {
    await mostrador.moveStock(
      id,
      { reason: "count", count, version, ...(note.trim() !== "" && { reference: note.trim() }) },
      { idempotencyKey: key },
    );
    return null;
  } catch (error) {
    if (isProblem(error, "conflict")) {
      const product = await mostrador.getProduct(id);
      return {
        ...line,
        expected: product.stock,
        version: product.version,
        key: crypto.randomUUID(),
        state: "changed",
      };
    }
    if (isProblem(error) && error.status < 500 && error.status !== 401 && error.status !== 429)
      return { ...line, key: crypto.randomUUID(), state: "failed" };
    throw error;
  }
}
