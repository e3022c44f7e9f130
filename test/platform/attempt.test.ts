import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { attempt } from "../../src/platform/attempt.ts";
import { requireThat } from "../../src/platform/d1.ts";
import { Problem, unavailable } from "../../src/platform/problem.ts";
import { base } from "../support/shops.ts";

const event = (id: string) => ({ tenant_id: "t", event_id: id, type: "sale.created" });
const mail = (id: string) => ({ kind: "mail" as const, tenant_id: "t", mail_id: id, attempts: 0 });

/** A context that has emitted an event and a mail, and what an attempt does with it that emits further ones and then fails. */
function failingWith(fail: (ctx: ReturnType<typeof base>) => Promise<never>) {
  const ctx = base();
  ctx.outbox.push(event("before"));
  ctx.mails.push(mail("before"));
  const change = async (): Promise<never> => {
    ctx.outbox.push(event("within"));
    ctx.mails.push(mail("within"));
    return fail(ctx);
  };
  return { ctx, attempted: attempt(ctx, change) };
}

it.each([
  ["D1 rejects its batch", (ctx: ReturnType<typeof base>) => ctx.db.batch([requireThat("it_holds", sql`0`)])],
  ["it finds a problem", () => Promise.reject(new Problem("conflict", "It has changed."))],
])("an attempt has no result and withdraws what it has emitted if %s", async (_, fail) => {
  const { ctx, attempted } = failingWith(async (given) => {
    await fail(given);
    throw new Error("the change was expected to fail");
  });
  expect(await attempted).toBeNull();
  expect(ctx.outbox).toEqual([event("before")]);
  expect(ctx.mails).toEqual([mail("before")]);
});

it.each([
  ["a database that may have committed it", unavailable(new Error("the connection is lost"))],
  ["a bug", new TypeError("undefined is not a function")],
])("an attempt is not repeated after the failure of %s", async (_, failure) => {
  const { attempted } = failingWith(() => Promise.reject(failure));
  await expect(attempted).rejects.toBe(failure);
});

it("an attempt that succeeds keeps what it has emitted", async () => {
  const ctx = base();
  const result = await attempt(ctx, async () => {
    ctx.outbox.push(event("within"));
    return 7;
  });
  expect([result, ctx.outbox]).toEqual([7, [event("within")]]);
});
