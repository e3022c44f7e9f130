import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { Hono } from "hono";
import { expect, it } from "vitest";
import { relyOn } from "../../src/auth/rely-on.ts";
import type { App } from "../../src/http/app-context.ts";
import { openSharedDb } from "../../src/platform/d1.ts";
import { tappedDb } from "../support/failing-bindings.ts";
import { base, newShop } from "../support/shops.ts";

/** What becomes of a request that reads who is asking anew after its first batch, which `after` follows. */
async function replacedAfter(after: () => void): Promise<unknown> {
  const { tenant } = await newShop();
  const app = new Hono<App>();
  app.get("/", async (c) => {
    c.set("quotas", []);
    c.set("base", { ...base(), db: openSharedDb({ DB: tappedDb(env.DB, { after }) }, "first-primary") });
    const remembered = { identity: { tenant, actor: null }, guard: sql`SELECT 7`, discard: () => undefined };
    expect(await relyOn(c, remembered, () => Promise.resolve())).toBe(true);
    await c.var.base.db.run(sql`SELECT 1`).catch(() => null);
    await c.var.recalled?.replace();
    return c.json("replaced");
  });
  app.onError((error, c) => c.json(error.message));
  return (await app.request("/", {}, env)).json();
}

it("a request is not run again for another identity if its first batch may have been committed", async () => {
  expect(await replacedAfter(() => undefined)).toBe("replaced");
  const lost = await replacedAfter(() => {
    throw new Error("D1_ERROR: Network connection lost.");
  });
  expect(lost).not.toBe("replaced");
});
