// The requests that an operation needs before it, so that it has something to work on.
import type { Pools } from "./stage.ts";

type Step = { method: string; path: string; json?: (pools: Pools) => unknown };

const start: Step = { method: "POST", path: "/shifts/start", json: () => ({}) };
const pause: Step = { method: "POST", path: "/shifts/current/breaks/start" };
const put: Step = {
  method: "POST",
  path: "/cart/items",
  json: (pools) => ({ product_id: pools.get("/api/v1/products")?.[0], quantity: 1 }),
};

/** By operation; who asks is somebody new, and does these steps first. */
export const prerequisites: Record<string, Step[]> = {
  // Ends his login, or changes him.
  logout: [],
  changePassword: [],
  endMyOtherSessions: [],
  eraseMe: [],
  startShift: [],
  currentShift: [start],
  joinShift: [start],
  startBreak: [start],
  endBreak: [start, pause],
  endShift: [start],
  moveCash: [start],
  takeActivity: [start],
  checkout: [put],
};
