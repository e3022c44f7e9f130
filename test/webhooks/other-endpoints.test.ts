import { describe, expect, it } from "vitest";
import { listEndpoints } from "../../src/webhooks/endpoints.ts";
import { sendLateDeliveries } from "../../src/webhooks/jobs.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { rowsOf } from "../support/d1.ts";
import { recording } from "../support/queues.ts";
import { base, newShop } from "../support/shops.ts";
import { attempt, newDelivery, newEndpoint, storedOf } from "../support/webhooks.ts";

describe("beside other endpoints of the shop", () => {
  it("disabling one fails its pending deliveries only", async () => {
    const shop = await newShop();
    const [one, other] = [await newEndpoint(shop), await newEndpoint(shop)];
    const job = await newDelivery(shop, one);
    const kept = { ...job, endpoint_id: other.id };
    expect(await storedOf(kept)).toMatchObject({ status: "pending" });
    const { token } = shop.admin;
    await call("PATCH", `${API}/webhooks/${one.id}`, { token, json: { is_enabled: false } });
    expect(await storedOf(job)).toMatchObject({ status: "failed" });
    expect(await storedOf(kept)).toMatchObject({ status: "pending" });
  });

  it("disabling one leaves what it has delivered", async () => {
    const shop = await newShop();
    const endpoint = await newEndpoint(shop);
    const job = await newDelivery(shop, endpoint);
    await attempt(job);
    const { token } = shop.admin;
    await call("PATCH", `${API}/webhooks/${endpoint.id}`, { token, json: { is_enabled: false } });
    expect(await storedOf(job)).toMatchObject({ status: "delivered" });
  });

  it("a test of one lets only its own deliveries be attempted at once", async () => {
    const shop = await newShop();
    const [one, other] = [await newEndpoint(shop), await newEndpoint(shop)];
    await change(
      "UPDATE webhook_endpoints SET timeouts_in_row = 1, open_until = '2099-01-01' WHERE tenant_id = ?",
      shop.tenant.id,
    );
    await call("POST", `${API}/webhooks/${one.id}/test`, { token: shop.admin.token });
    expect(
      await rowsOf(
        "SELECT open_until FROM webhook_endpoints WHERE id IN (?, ?) ORDER BY id",
        one.id,
        other.id,
      ),
    ).toEqual([{ open_until: null }, { open_until: "2099-01-01" }]);
  });
});

it("a delivery that ended long ago is not sent again", async () => {
  const shop = await newShop();
  const job = await newDelivery(shop, await newEndpoint(shop));
  await attempt(job);
  await change("UPDATE webhook_deliveries SET due_at = '2026-01-01' WHERE tenant_id = ?", shop.tenant.id);
  const { ctx, sent } = recording(base(), "WEBHOOKS");
  await sendLateDeliveries(ctx);
  expect(sent.filter((each) => JSON.stringify(each).includes(shop.tenant.id))).toEqual([]);
  expect(await storedOf(job)).toMatchObject({ status: "delivered", due_at: "2026-01-01" });
});

it("a circuit is half open from the instant of its probe", async () => {
  const shop = await newShop();
  await newEndpoint(shop);
  const now = new Date();
  const circuitAt = async (at: Date) =>
    (await listEndpoints(shop.admin.ctx(at), { limit: 1 })).data[0]?.circuit;
  await change(
    "UPDATE webhook_endpoints SET timeouts_in_row = 1, open_until = ? WHERE tenant_id = ?",
    now.toISOString(),
    shop.tenant.id,
  );
  expect([await circuitAt(new Date(now.getTime() - 1)), await circuitAt(now)]).toEqual(["open", "half_open"]);
});

it("a new endpoint is in the audit log", async () => {
  const shop = await newShop();
  const { id } = await newEndpoint(shop);
  expect(
    await rowsOf(
      "SELECT action, actor_id FROM audit_log WHERE tenant_id = ? AND entity_id = ?",
      shop.tenant.id,
      id,
    ),
  ).toEqual([{ action: "webhook.added", actor_id: shop.admin.id }]);
});
