import { Hono } from "hono";
import { expect, it } from "vitest";
import { type App, mayHaveCommitted, type Recalled } from "../../src/http/app-context.ts";
import { Problem, unavailable } from "../../src/platform/problem.ts";

const failures = [
  unavailable(new Error("the connection is lost")),
  new Problem("conflict", "It has changed."),
  new Error("a bug"),
];

/** For each failure, whether it may have been committed by a request that relies on this. */
async function verdicts(recalled: Recalled | null): Promise<unknown> {
  const app = new Hono<App>();
  app.get("/", (c) => {
    c.set("recalled", recalled);
    return c.json(failures.map((failure) => mayHaveCommitted(c, failure)));
  });
  return (await app.request("/")).json();
}

const relying = (isLost: boolean): Recalled => ({
  isCurrent: () => Promise.resolve(true),
  revision: () => Promise.resolve(1),
  mayHaveCommitted: () => isLost,
  replace: () => Promise.resolve(),
});

it("a request may have been committed only if it fails as unavailable after a batch whose outcome is unknown", async () => {
  expect(await verdicts(relying(true))).toEqual([true, false, false]);
  expect(await verdicts(relying(false))).toEqual([false, false, false]);
  expect(await verdicts(null)).toEqual([false, false, false]);
});
