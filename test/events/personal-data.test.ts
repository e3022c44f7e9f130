// The payloads of a shop's events are searched for what they hold about an erased person, in pages.
import { expect, it } from "vitest";
import { personalData } from "../../src/events/personal-data.ts";
import { change } from "../support/change.ts";
import { rowsOf } from "../support/d1.ts";
import { base, newPerson, newShop } from "../support/shops.ts";

it("an address is removed from the events of its customer on every page, and from no others", async () => {
  const shop = await newShop();
  const [ana, other] = [await newPerson(shop.tenant, "CUSTOMER"), await newPerson(shop.tenant, "CUSTOMER")];
  await change(
    `INSERT INTO events (tenant_id, id, type, payload, created_at)
      SELECT ?1, printf('e%04d', value), 'sale.completed',
        json_object('customer_id', iif(value % 2000 = 0, ?2, ?3), 'shipping_address', 'Calle Mayor 1'), 'now' FROM json_each(?4)`,
    shop.tenant.id,
    ana.id,
    other.id,
    JSON.stringify(Array.from({ length: 2001 }, (_, index) => index)),
  );
  const step = async (after: string): Promise<string | null | undefined> => {
    const person = { tenant_id: shop.tenant.id, user_id: ana.id, email: "", after };
    const batch = await personalData.steps?.["events"]?.(base(), person);
    await base().db.batch(batch?.statements ?? []);
    return batch?.after;
  };
  expect([await step(""), await step("e1999")]).toEqual(["e1999", null]);
  const removed =
    "SELECT id FROM events WHERE tenant_id = ? AND payload ->> 'shipping_address' IS NULL ORDER BY id";
  expect(await rowsOf(removed, shop.tenant.id)).toEqual([{ id: "e0000" }, { id: "e2000" }]);
});
