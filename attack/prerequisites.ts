// Requests that must come before an operation so that it can succeed.
import type { Pools } from "./stage.ts";

type Step = { method: string; path: string; json?: (pools: Pools) => unknown };

const startShift: Step = { method: "POST", path: "/shifts/start", json: () => ({}) };
const startBreak: Step = { method: "POST", path: "/shifts/current/breaks/start" };
const addToCart: Step = {
  method: "POST",
  path: "/cart/items",
  json: (pools) => ({ product_id: pools.get("/api/v1/products")?.[0], quantity: 1 }),
};

/** The steps by operation id; the caller is a new user who performs them first. */
export const prerequisites: Record<string, Step[]> = {
  // No steps, but a new user: these end the caller's session or change the caller.
  endSession: [],
  changePassword: [],
  endMyOtherSessions: [],
  eraseMyAccount: [],
  startShift: [],
  getCurrentShift: [startShift],
  joinShift: [startShift],
  startBreak: [startShift],
  endBreak: [startShift, startBreak],
  endShift: [startShift],
  createCashMove: [startShift],
  recordActivity: [startShift],
  createPurchase: [addToCart],
};
