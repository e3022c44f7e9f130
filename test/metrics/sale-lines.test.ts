import { beforeAll, describe, expect, it } from "vitest";
import { API, call, costOf } from "../support/client.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { pagesOf } from "../support/pages.ts";
import { newPerson, newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

type Line = { sale_id: string; line_no: number; external_ref: string | null; subtotal: number; day: string };
type Page = { data: Line[]; next_cursor: string | null };

describe("the lines behind the figures", () => {
  let shop: Shop;

  // 12 invoices of 1 to 5 lines each; several share an instant.
  const rows = Array.from({ length: 12 }, (_, invoice) =>
    Array.from({ length: 1 + (invoice % 5) }, (_, line) => ({
      invoice: String(invoice),
      sku: `S${line}`,
      price: `${invoice}.${line}0`,
      date: `2026-03-0${1 + (invoice % 3)} 10:00`,
    })),
  ).flat();

  async function shopWithLines(): Promise<Shop> {
    const created = await newShop();
    await importFile(created, fileOf(rows));
    return created;
  }

  beforeAll(async () => {
    shop = await shopWithLines();
  });

  async function pages(
    query: string,
    { token } = shop.admin,
    afterPage: () => Promise<unknown> = async () => {},
  ): Promise<Line[]> {
    const all = await pagesOf(async (cursor) => {
      const path = `${API}/metrics/page?${query}${cursor === null ? "" : `&cursor=${cursor}`}`;
      const { body }: { body: Page } = await call("GET", path, { token });
      await afterPage();
      return body;
    });
    return all.flatMap(({ data }) => data);
  }

  const keys = (lines: Line[]) =>
    lines.filter((line) => line.external_ref !== null).map((line) => `${line.external_ref}/${line.line_no}`);

  it("say what was sold, when and to whom", async () => {
    const { body } = await call("GET", `${API}/metrics/page?limit=1`, { token: shop.admin.token });
    expect(body.data[0]).toMatchObject({
      kind: "sale",
      channel: "import",
      day: "2026-03-03",
      line_no: 1,
      sku: "S0",
      quantity: 1,
      customer: null,
    });
  });

  it("have everything of a sale at the counter, and of its refund", async () => {
    const other = await newShop();
    const { token } = other.admin;
    const seller = await newPerson(other.tenant, "EMPLOYEE");
    const customer = await newPerson(other.tenant, "CUSTOMER");
    const cheese = await newProduct(other, { title: "Cheese", price: 1890, unit: "kg" });
    const items = [{ product_id: cheese.id, quantity: 0.5 }];
    const json = { items, customer_id: customer.id, country: "Peru" };
    const { body: sale } = await call("POST", `${API}/sales`, { token: seller.token, json });
    const refund = { items, reason: "torn" };
    const { body: back } = await call("POST", `${API}/sales/${sale.id}/refunds`, { token, json: refund });
    const line = {
      line_no: 1,
      channel: "counter",
      external_ref: null,
      customer: customer.id,
      country: "Peru",
      product_id: cheese.id,
      sku: cheese.sku,
      description: "Cheese",
      unit: "kg",
      unit_price: 1890,
    };
    const of = ({ id, day, placed_at }: Record<string, unknown>) => ({ sale_id: id, day, placed_at });
    const { body } = await call("GET", `${API}/metrics/page`, { token });
    expect(body.data).toEqual([
      { ...line, ...of(back), kind: "refund", seller_id: other.admin.id, quantity: -0.5, subtotal: -945 },
      { ...line, ...of(sale), kind: "sale", seller_id: seller.id, quantity: 0.5, subtotal: 945 },
    ]);
  });

  it("are sorted by day, newest first, with the lines of a sale together and in order", async () => {
    const lines = await pages("limit=100");
    expect(lines.length).toBe(rows.length);
    expect(lines.map((line) => line.day)).toEqual(
      lines
        .map((line) => line.day)
        .toSorted()
        .toReversed(),
    );
    for (const saleLines of Map.groupBy(lines, (line) => line.sale_id).values())
      expect(saleLines.map((line) => line.line_no)).toEqual(saleLines.map((_, index) => index + 1));
  });

  it.each([1, 2, 3, 7])("appear exactly once each, with %i per page", async (limit) => {
    expect(keys(await pages(`limit=${limit}`))).toEqual(keys(await pages("limit=100")));
  });

  it("appear exactly once each while other sales are made", async () => {
    const busy = await shopWithLines();
    const before = keys(await pages("limit=100", busy.admin));
    const product = await newProduct(busy);
    const sell = () => sellOne(busy.admin.token, product.id);
    expect(keys(await pages("limit=9", busy.admin, sell))).toEqual(before);
  });

  it("can be restricted to a range of days, and add up to its figures", async () => {
    const lines = await pages("limit=100&from=2026-03-02&to=2026-03-02");
    const { body } = await call("GET", `${API}/metrics/kpis?from=2026-03-02&to=2026-03-02`, {
      token: shop.admin.token,
    });
    expect(new Set(lines.map((line) => line.day))).toEqual(new Set(["2026-03-02"]));
    expect(lines.reduce((sum, line) => sum + line.subtotal, 0)).toBe(body.total_revenue);
  });

  it("do not include those of another shop, whose cursor is rejected", async () => {
    const other = await newShop();
    expect((await call("GET", `${API}/metrics/page`, { token: other.admin.token })).body.data).toEqual([]);
    const { body } = await call("GET", `${API}/metrics/page?limit=1`, { token: shop.admin.token });
    const foreign = await call("GET", `${API}/metrics/page?cursor=${body.next_cursor}`, {
      token: other.admin.token,
    });
    expect(foreign.body.type).toBe("/problems/invalid-cursor");
  });

  it("cost the same per page, however many there are", async () => {
    const large = await newShop();
    await importFile(
      large,
      fileOf(Array.from({ length: 1000 }, (_, index) => ({ invoice: String(index >> 1) }))),
    );
    const first = await call("GET", `${API}/metrics/page?limit=20`, { token: large.admin.token });
    const second = await call("GET", `${API}/metrics/page?limit=20&cursor=${first.body.next_cursor}`, {
      token: large.admin.token,
    });
    for (const response of [first, second]) expect(costOf(response).read).toBeLessThan(100);
  });
});
