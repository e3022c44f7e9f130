import { describe, expect, it } from "vitest";
import { afterCommit } from "../../src/after-commit.ts";
import { runAfterCommit, type Subscriber } from "../../src/events/after-commit.ts";
import type { Base } from "../../src/platform/context.ts";
import { newId } from "../../src/values/ids.ts";
import { base, newShop } from "../support/shops.ts";

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
});
