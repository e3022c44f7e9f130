import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { dryRunOf } from "../support/layouts.ts";
import { newShop, type Shop } from "../support/shops.ts";

const save = (shop: Shop, json: Record<string, unknown>) =>
  call("PUT", `${API}/import-mappings`, { token: shop.admin.token, json });

const till = {
  name: "Caja",
  kind: "sales",
  mapping: {
    columns: { number: "Bon", date: "Wann", product: "Was", UnitPrice: "Kosten" },
    constants: { Quantity: "1" },
    rules: { refund_prefixes: ["R"] },
    dates: "dmy",
    decimal: "comma",
  },
};

const FILE = "Bon;Wann;Was;Kosten\n1;03/04/2026;Brot;1.250\nR2;04/04/2026;Brot;1.250\n";

describe("a saved mapping", () => {
  it("is used by its name, with the formats that it settles, and listed with the names of fields", async () => {
    const shop = await newShop({ currency: "EUR" });
    const saved = await save(shop, till);
    expect(saved.status, saved.text).toBe(200);
    expect(saved.body.mapping.columns).toEqual({
      InvoiceNo: "Bon",
      InvoiceDate: "Wann",
      Description: "Was",
      UnitPrice: "Kosten",
    });
    const { status, body, text } = await dryRunOf(shop, FILE, "sales", "&mapping=Caja");
    expect(status, text).toBe(200);
    expect(body).toMatchObject({ sales: 1, refunds: 1, revenue: 0, first_day: "2026-04-03" });
    const overridden = await dryRunOf(shop, FILE, "sales", "&mapping=Caja&dates=mdy&decimal=point");
    expect(overridden.body).toMatchObject({ first_day: "2026-03-04" });
    const list = await call("GET", `${API}/import-mappings`, { token: shop.admin.token });
    expect(list.body.data).toEqual([saved.body]);
  });

  it("is replaced under its name, deleted, and of one shop", async () => {
    const [shop, other] = [await newShop(), await newShop()];
    await save(shop, till);
    await save(shop, { ...till, mapping: { columns: { InvoiceNo: "Ticket" } } });
    const { body } = await call("GET", `${API}/import-mappings`, { token: shop.admin.token });
    expect(body.data).toMatchObject([
      { name: "Caja", mapping: { columns: { InvoiceNo: "Ticket" }, rules: {} } },
    ]);
    const foreign = await dryRunOf(other, FILE, "sales", "&mapping=Caja");
    expect(foreign.body.errors).toEqual([
      { pointer: "#/query/mapping", detail: "is neither JSON nor the name of a saved mapping" },
    ]);
    const wrong = await dryRunOf(shop, FILE, "products", "&mapping=Caja");
    expect(wrong.body.errors[0].detail).toBe("is the name of a mapping for sales");
    const path = `${API}/import-mappings/Caja`;
    expect((await call("DELETE", path, { token: other.admin.token })).status).toBe(404);
    expect((await call("DELETE", path, { token: shop.admin.token })).status).toBe(204);
    expect((await call("DELETE", path, { token: shop.admin.token })).status).toBe(404);
  });

  it("names fields that exist, and there are at most 50", async () => {
    const shop = await newShop();
    const unknown = await save(shop, { ...till, mapping: { columns: { Colour: "Farbe" } } });
    expect(unknown.body.errors[0]).toMatchObject({ pointer: "#/mapping" });
    for (let at = 0; at < 50; at += 1)
      expect((await save(shop, { name: `m${at}`, kind: "products", mapping: {} })).status).toBe(200);
    expect((await save(shop, till)).body).toMatchObject({ type: "/problems/list-full" });
    expect((await save(shop, { ...till, name: "m7" })).status).toBe(200);
  });
});
