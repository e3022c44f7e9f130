// A cursor continues the list that gave it, and no other: the keys of another would leave out rows.
import { expect, it } from "vitest";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { newPerson, newProduct, newShop, PASSWORD } from "../support/shops.ts";
import { newDelivery, newEndpoint } from "../support/webhooks.ts";

/** Whether the first page's cursor of one list is accepted by itself and by another list. */
async function accepted(token: string, path: string, others: { path: string; token?: string }[]) {
  const page = (of: string, by: string, cursor?: string) =>
    call("GET", `${API}${of}${of.includes("?") ? "&" : "?"}limit=1${cursor ? `&cursor=${cursor}` : ""}`, {
      token: by,
    });
  const cursor = (await page(path, token)).body.next_cursor;
  expect(cursor).toEqual(expect.any(String));
  expect((await page(path, token, cursor)).status).toBe(200);
  const answers: unknown[] = [];
  for (const other of others) answers.push((await page(other.path, other.token ?? token, cursor)).body.type);
  return answers;
}

const REFUSED = "/problems/invalid-cursor";

it("a cursor of deliveries is refused by those of another endpoint", async () => {
  const shop = await newShop();
  const [one, other] = [await newEndpoint(shop), await newEndpoint(shop)];
  await newDelivery(shop, one);
  await newDelivery(shop, one);
  const path = ({ id }: { id: string }) => `/webhooks/${id}/deliveries`;
  expect(await accepted(shop.admin.token, path(one), [{ path: path(other) }])).toEqual([REFUSED]);
});

it("a cursor of logins is refused by those of another person", async () => {
  const shop = await newShop();
  const person = await newPerson(shop.tenant, "EMPLOYEE");
  const json = { tenant: shop.tenant.slug, email: person.email, password: PASSWORD };
  await call("POST", `${API}/auth/login`, { json });
  const path = "/auth/sessions";
  expect(await accepted(person.token, path, [{ path, token: shop.admin.token }])).toEqual([REFUSED]);
});

it("a cursor of slow products is refused by those of another number of days", async () => {
  const shop = await newShop();
  await newProduct(shop, { stock: 1 });
  await newProduct(shop, { stock: 1 });
  await change(
    "UPDATE products SET created_at = '2020-01-01T00:00:00.000Z' WHERE tenant_id = ?",
    shop.tenant.id,
  );
  const path = (days: number) => `/metrics/slow-products?days=${days}`;
  expect(await accepted(shop.admin.token, path(30), [{ path: path(60) }])).toEqual([REFUSED]);
});
