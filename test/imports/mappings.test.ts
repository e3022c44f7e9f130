import { describe, expect, it } from "vitest";
import { API, call } from "../support/client.ts";
import { deleteMapping, listMappings, mappingText, saveMapping } from "../../src/imports/mapping/saved.ts";
import { change } from "../support/change.ts";
import { failureOf, rowsOf } from "../support/d1.ts";
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

  it("keeps the time at which it was first saved when it is replaced", async () => {
    const shop = await newShop();
    await save(shop, till);
    const created_at = "2026-01-01T00:00:00.000Z";
    await change(
      "UPDATE import_mappings SET created_at = ?1, updated_at = ?1 WHERE tenant_id = ?2",
      created_at,
      shop.tenant.id,
    );
    const { body } = await save(shop, { ...till, kind: "products", mapping: { columns: { sku: "Bon" } } });
    expect(body).toMatchObject({ kind: "products", created_at });
    expect(body.updated_at > created_at).toBe(true);
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

describe("several saved mappings", () => {
  const of = (number: string) => ({ columns: { InvoiceNo: number } });
  const stored = (number: string) => ({ ...of(number), constants: {}, rules: {} });

  it("are read, replaced and deleted one by one, which the audit log shows", async () => {
    const shop = await newShop();
    const ctx = shop.admin.ctx();
    await saveMapping(ctx, { name: "A", kind: "sales", mapping: of("first") });
    await saveMapping(ctx, { name: "B", kind: "products", mapping: {} });
    await saveMapping(ctx, { name: "C", kind: "sales", mapping: of("other") });
    await saveMapping(ctx, { name: "C", kind: "sales", mapping: of("third") });
    expect(await mappingText(ctx, "sales", " C ")).toBe(JSON.stringify(stored("third")));
    await deleteMapping(ctx, "C");
    expect(await failureOf(deleteMapping(ctx, "C"))).toMatchObject({ slug: "not-found" });
    expect((await listMappings(ctx)).data.map(({ name }) => name)).toEqual(["A", "B"]);
    const entries = await rowsOf(
      `SELECT actor_id, action, entity_id, before, after FROM audit_log WHERE tenant_id = ? AND action LIKE 'import_mapping.%' ORDER BY id`,
      shop.tenant.id,
    );
    const json = (value: unknown) => (typeof value === "string" ? JSON.parse(value) : null);
    expect(
      entries.map((row) => [row["action"], row["entity_id"], json(row["before"]), json(row["after"])]),
    ).toEqual([
      ["import_mapping.saved", "A", null, { kind: "sales", mapping: stored("first") }],
      [
        "import_mapping.saved",
        "B",
        null,
        { kind: "products", mapping: { columns: {}, constants: {}, rules: {} } },
      ],
      ["import_mapping.saved", "C", null, { kind: "sales", mapping: stored("other") }],
      [
        "import_mapping.saved",
        "C",
        { kind: "sales", mapping: stored("other") },
        { kind: "sales", mapping: stored("third") },
      ],
      ["import_mapping.deleted", "C", { kind: "sales", mapping: stored("third") }, null],
    ]);
    expect(entries.every((row) => row["actor_id"] === shop.admin.id)).toBe(true);
  });
});

describe("the length of a mapping", () => {
  it("is up to 8,000 characters as it is saved", async () => {
    const ctx = (await newShop()).admin.ctx();
    const statuses = Array.from({ length: 100 }, () => "x".repeat(60));
    const mapping = (last: number) => ({
      rules: {
        skip_statuses: statuses,
        sale_statuses: [...Array<string>(25).fill("y".repeat(60)), "z".repeat(last)],
      },
    });
    const overhead = JSON.stringify({ columns: {}, constants: {}, ...mapping(1) }).length - 1;
    const rest = 8000 - overhead;
    expect(rest).toBeGreaterThan(0);
    expect(rest).toBeLessThan(60);
    await saveMapping(ctx, { name: "A", kind: "sales", mapping: mapping(rest) });
    expect(
      await failureOf(saveMapping(ctx, { name: "B", kind: "sales", mapping: mapping(rest + 1) })),
    ).toMatchObject({
      slug: "invalid",
    });
  });
});
