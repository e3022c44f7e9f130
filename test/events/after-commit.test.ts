import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { afterCommit } from "../../src/after-commit.ts";
import { runAfterCommit, type Subscriber } from "../../src/events/after-commit.ts";
import { emit } from "../../src/events/outbox.ts";
import type { Base } from "../../src/platform/context.ts";
import { newId } from "../../src/values/ids.ts";
import { change } from "../support/change.ts";
import { base, newShop, type Shop } from "../support/shops.ts";
import { newEndpoint } from "../support/webhooks.ts";

/** A context that records the work it is given for after the response. */
function recordingCtx(): { ctx: Base; works: Promise<unknown>[] } {
  const works: Promise<unknown>[] = [];
  return { ctx: { ...base(), waitUntil: (work) => void works.push(work) }, works };
}

describe("after a commit", () => {
  it("nothing is done without events and mails", () => {
    const { ctx, works } = recordingCtx();
    afterCommit(ctx);
    expect(works).toEqual([]);
  });

  it("an event is passed once to the subscribers of its type, and to no other", async () => {
    const { tenant } = await newShop();
    const { ctx, works } = recordingCtx();
    const ran: string[] = [];
    const subscriber = (type: Subscriber["type"]): Subscriber => ({
      type,
      run: async (_, event) => void ran.push(`${type}: ${event.event_id}`),
    });
    const [ended, sold] = [newId(), newId()];
    ctx.outbox.push(
      { tenant_id: tenant.id, event_id: ended, type: "shift.ended" },
      { tenant_id: tenant.id, event_id: sold, type: "sale.completed" },
    );
    const notified: string[] = [];
    runAfterCommit(ctx, [subscriber("sale.completed"), subscriber("product.updated")], async (_, events) => {
      notified.push(...events.map(({ event_id }) => event_id));
    });
    await Promise.all(works);
    expect(ran).toEqual([`sale.completed: ${sold}`]);
    expect(notified).toEqual([ended, sold]);
    expect(ctx.outbox).toEqual([]);
  });

  /** Emits an event of the shop in a batch; returns its id and the ids that webhooks are told of. */
  async function notifiedOf({ tenant }: Shop, when = sql`true`): Promise<{ id: string; notified: string[] }> {
    const { ctx, works } = recordingCtx();
    const id = newId();
    await ctx.db.batch([emit(ctx, tenant.id, id, "shift.ended", sql`'{}'`, when)]);
    const notified: string[] = [];
    runAfterCommit(ctx, [], async (_, events) => {
      notified.push(...events.map(({ event_id }) => event_id));
    });
    await Promise.all(works);
    expect(works.length).toBe(notified.length);
    return { id, notified };
  }

  it("webhooks are told of an event of a shop that has an enabled endpoint, and of no other", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    const endpoint = await newEndpoint(shop);
    const told = await notifiedOf(shop);
    expect(told.notified).toEqual([told.id]);
    expect((await notifiedOf(other)).notified).toEqual([]);
    expect((await notifiedOf(shop, sql`false`)).notified).toEqual([]);
    await change("UPDATE webhook_endpoints SET is_enabled = 0 WHERE id = ?", endpoint.id);
    expect((await notifiedOf(shop)).notified).toEqual([]);
  });

  it("webhooks are told of an event whose batch gave no answer, because it may be committed", async () => {
    const { tenant } = await newShop();
    const { ctx, works } = recordingCtx();
    const id = newId();
    emit(ctx, tenant.id, id, "shift.ended", sql`'{}'`);
    const notified: string[] = [];
    runAfterCommit(ctx, [], async (_, events) => {
      notified.push(...events.map(({ event_id }) => event_id));
    });
    await Promise.all(works);
    expect(notified).toEqual([id]);
  });
});
