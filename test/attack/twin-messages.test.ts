import { describe, expect, it } from "vitest";
import { runImport } from "../../src/imports/consume.ts";
import { busyShop } from "../support/busy-shop.ts";
import { call, API } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { consume, storeEvent } from "../support/events.ts";
import { fileOf, storeImport } from "../support/imports.ts";
import { mailsTo } from "../support/mails.ts";
import { bookshop, buyOne } from "../support/purchases.ts";
import { base, type Shop } from "../support/shops.ts";
import { addTwins, twinRows } from "../support/twins.ts";
import { attempt, newDelivery, newEndpoint, requestsTo } from "../support/webhooks.ts";

async function expectTwinsLeft(shop: Shop, work: () => Promise<void>): Promise<void> {
  await addTwins(shop.tenant);
  const twins = await twinRows();
  await work();
  const now = await twinRows();
  for (const [table, rows] of Object.entries(twins)) expect(now[table], table).toEqual(rows);
}

describe("beside shops whose rows have the same ids, the consumer of a message leaves theirs", () => {
  it.each([
    [
      "sales",
      fileOf([
        { invoice: "7", customer: "C1" },
        { invoice: "C8", quantity: -1, customer: "C2" },
      ]),
    ],
    ["products", "sku,title,price,stock\nA,Another,3,5\nN,New,1,5\n"],
  ] as const)("when it imports %s", async (kind, file) => {
    const shop = await busyShop();
    const id = await storeImport(shop.admin.ctx(), file, kind);
    await expectTwinsLeft(shop, async () => {
      expect(await runImport(base(), shop.tenant, id)).toBe("ended");
    });
    const { body } = await call("GET", `${API}/imports/${id}`, { token: shop.admin.token });
    expect(body).toMatchObject({ status: "done" });
  });

  it.each(["200", "500", "410"])("when it delivers an event to an endpoint that answers %s", async (plan) => {
    const { shop } = await bookshop();
    const endpoint = await newEndpoint(shop, plan);
    const job = await newDelivery(shop, endpoint);
    await expectTwinsLeft(shop, async () => {
      await attempt(job);
    });
    expect(await requestsTo(endpoint)).toHaveLength(1);
  });

  it("when it exports events and stores those that fail", async () => {
    const { shop } = await bookshop();
    const [good, bad] = [await storeEvent(shop), await storeEvent(shop, { payload: "{" })];
    await expectTwinsLeft(shop, async () => {
      expect(await consume("events", [good, bad])).toMatchObject({ retried: ["1"] });
      await consume("events-dead", [bad]);
    });
    expect(
      await rowsOf("SELECT event_id FROM dead_letters WHERE tenant_id = ?", shop.tenant.id),
    ).toHaveLength(1);
  });

  it("when it sends mails", async () => {
    const { shop, buyer, book } = await bookshop();
    await buyOne(buyer.token, book.id);
    await call("POST", `${API}/auth/password/forgot`, {
      json: { tenant: shop.tenant.slug, email: buyer.email },
    });
    await expectTwinsLeft(shop, async () => {
      expect((await mailsTo(shop, buyer.email)).length).toBeGreaterThan(0);
    });
  });
});
