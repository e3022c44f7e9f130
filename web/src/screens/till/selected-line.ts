// What keys do with the lines of the cart. They read the till itself: a key may come before the screen has drawn the previous one.
import { changeLine, type CartLine } from "./cart.ts";
import { setCart, setTill, till } from "./till-state.ts";
import type { TillKeys } from "./use-till-keys.ts";

/** One piece more or less; the last one less removes the line. */
export const step = (line: CartLine, by: 1 | -1): void =>
  setCart(changeLine(till().cart, line.key, { quantity: line.quantity + by * 1000 }), line.key);

function select(by: 1 | -1): void {
  const { cart, selected } = till();
  const at = cart.lines.findIndex(({ key }) => key === selected);
  const next = cart.lines.at((at + by + cart.lines.length) % Math.max(cart.lines.length, 1));
  if (next) setTill({ selected: next.key });
}

function remove(line: CartLine): void {
  const { cart } = till();
  const next = changeLine(cart, line.key, { quantity: 0 });
  setCart(next, (next.lines[cart.lines.indexOf(line)] ?? next.lines.at(-1))?.key ?? null);
}

function withSelected(change: (line: CartLine) => void): void {
  const { cart, selected } = till();
  const line = cart.lines.find(({ key }) => key === selected);
  if (line) change(line);
}

/** The keys of the lines, while no text is typed. */
export function lineKeys(edit: (line: CartLine) => void): TillKeys {
  const byStep = (by: 1 | -1) => (): void =>
    withSelected((line) => (line.unit === "piece" ? step(line, by) : edit(line)));
  return {
    ArrowDown: () => select(1),
    ArrowUp: () => select(-1),
    "+": byStep(1),
    "-": byStep(-1),
    Delete: () => withSelected(remove),
    Enter: () => withSelected(edit),
  };
}
