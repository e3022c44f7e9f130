// What an import of exported sale lines keeps beyond the figures, and what it refuses.
import { describe, expect, it } from "vitest";
import { API, call } from "../../support/client.ts";
import { count, rowsOf as storedRows } from "../../support/d1.ts";
import { bytesOf, importWhole, rowsOf, shopToExport } from "../../support/exports.ts";
import { importFile, waitForImport } from "../../support/imports.ts";
import { newPerson, newProduct, newShop, sellOne, type Shop } from "../../support/shops.ts";

/** The lines of two units that were sold and of one that was refunded. */
async function exportedRefund(fields: Record<string, unknown> = {}): Promise<{ shop: Shop; lines: string }> {
  const { shop, seller } = await shopToExport({}, `seller-${crypto.randomUUID()}@example.com`);
  const { id } = await newProduct(shop, { sku: "A", ...fields });
  const sale = await sellOne(seller.token, id, 2);
  const json = { items: [{ product_id: id, quantity: 1 }], reason: "torn" };
  await call("POST", `${API}/sales/${sale.body.id}/refunds`, { token: seller.token, json });
  const bytes = await bytesOf(shop.admin.token, "/sales/lines");
  return { shop, lines: new TextDecoder().decode(bytes) };
}

const encode = (text: string) => new Uint8Array(new TextEncoder().encode(text));

const saleOf = async (shop: Shop, number: string) => {
  const [row] = await storedRows(
    "SELECT id FROM sales WHERE tenant_id = ? AND external_ref = ?",
    shop.tenant.id,
    number,
  );
  return (await call("GET", `${API}/sales/${String(row?.["id"])}`, { token: shop.admin.token })).body;
};

const rejectsOf = async (shop: Shop, id: string): Promise<string> =>
  (await call("GET", `${API}/imports/${id}/rejects`, { token: shop.admin.token })).text;

describe("an import of exported sale lines", () => {
  it("links refunds to their sales, so that nothing is refunded twice", async () => {
    const { lines } = await exportedRefund();
    const { shop } = await shopToExport({}, "other@example.com");
    await importWhole(shop, "sales", encode(lines), {});
    const [sale, refund] = [await saleOf(shop, "C-000001"), await saleOf(shop, "R-000001")];
    expect(refund).toMatchObject({ kind: "refund", refund_of: sale.id, reason: "torn", total: -1000 });
    expect(sale).toMatchObject({
      payments: [{ method: "cash", amount: 2000 }],
      items: [{ refunded: 1, tax: 347 }],
    });
    const again = (quantity: number) =>
      call("POST", `${API}/sales/${sale.id}/refunds`, {
        token: shop.admin.token,
        json: { items: [{ product_id: sale.items[0].product_id, quantity }], reason: "torn" },
      });
    expect((await again(2)).status).toBe(409);
    expect((await again(1)).body).toMatchObject({ number: "R-000001", total: -1000 });
  });

  it("links a refund to its sale of an earlier file", async () => {
    const { lines } = await exportedRefund();
    const { shop } = await shopToExport({}, "other@example.com");
    const [header = "", ...all] = lines.trimEnd().split("\r\n");
    const ofRefund = all.filter((line) => line.includes("R-000001"));
    for (const part of [all.filter((line) => !ofRefund.includes(line)), ofRefund])
      await importFile(shop, `${[header, ...part].join("\r\n")}\r\n`);
    const { id } = await saleOf(shop, "C-000001");
    expect((await saleOf(shop, "R-000001")).refund_of).toBe(id);
  });

  it("is undone whole with its refunds, unless a sale was refunded since", async () => {
    const { lines } = await exportedRefund();
    const { shop } = await shopToExport({}, "other@example.com");
    const started = await importFile(shop, lines);
    const undo = async (id: string) => {
      await call("DELETE", `${API}/imports/${id}`, { token: shop.admin.token });
      return waitForImport(shop.admin.token, id);
    };
    expect(await undo(started.id)).toMatchObject({ status: "undone", undone_sales: 2, undo_retained: 0 });
    expect(await count("SELECT count(*) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(0);
    const second = await importFile(shop, `${lines} `);
    const sale = await saleOf(shop, "C-000001");
    const json = { items: [{ product_id: sale.items[0].product_id, quantity: 1 }], reason: "torn" };
    expect(
      (await call("POST", `${API}/sales/${sale.id}/refunds`, { token: shop.admin.token, json })).status,
    ).toBe(201);
    expect(await undo(second.id)).toMatchObject({ status: "undone", undone_sales: 1 });
    expect((await saleOf(shop, "C-000001")).items).toHaveLength(1);
  });

  it("sent twice adds nothing", async () => {
    const { lines } = await exportedRefund();
    const { shop } = await shopToExport({}, "other@example.com");
    await importFile(shop, lines);
    expect(await importFile(shop, lines.replace("\r\n", "\n"))).toMatchObject({
      rows_known: 2,
      rows_rejected: 0,
    });
  });

  it("names the tax rate that the shop lacks, and accepts the file of rejected rows when it has it", async () => {
    const { lines } = await exportedRefund();
    const shop = await newShop();
    const refused = await importFile(shop, lines);
    expect(refused).toMatchObject({ rows_accepted: 0, rows_rejected: 2 });
    expect(await rejectsOf(shop, refused.id)).toContain("this shop has no tax rate IVA 21 % of 21 %");
    const { text } = await call("GET", `${API}/imports/${refused.id}/rejects?format=file`, {
      token: shop.admin.token,
    });
    const json = { name: "IVA 21 %", rate: 21_000 };
    await call("POST", `${API}/tax-rates`, { token: shop.admin.token, json });
    expect(await importFile(shop, text)).toMatchObject({ rows_accepted: 2, rows_rejected: 0 });
    expect((await saleOf(shop, "R-000001")).refund_of).toBe((await saleOf(shop, "C-000001")).id);
  });

  it("rejects lines of another currency", async () => {
    const { lines } = await exportedRefund();
    const shop = await newShop({ currency: "KWD" });
    const refused = await importFile(shop, lines);
    expect(refused).toMatchObject({ rows_accepted: 0, rows_rejected: 2 });
    expect(await rejectsOf(shop, refused.id)).toContain("the file is in EUR, and the shop's currency is KWD");
  });

  it("has the sellers whose e-mails the shop knows, and no seller for others", async () => {
    const { lines } = await exportedRefund();
    const [row] = rowsOf(encode(lines), {});
    const known = await shopToExport({}, row?.["seller"] ?? "");
    await importWhole(known.shop, "sales", encode(lines), {});
    expect((await saleOf(known.shop, "C-000001")).seller_id).toBe(known.seller.id);
    const { shop } = await shopToExport({}, "other@example.com");
    await importWhole(shop, "sales", encode(lines), {});
    expect((await saleOf(shop, "C-000001")).seller_id).toBe(null);
  });

  it("keeps the days of the shop that sold, in whatever time zone this one is", async () => {
    const { lines } = await exportedRefund();
    const [row] = rowsOf(encode(lines), {});
    const { shop } = await shopToExport({}, "other@example.com");
    await call("PATCH", `${API}/shop`, { token: shop.admin.token, json: { timezone: "Pacific/Auckland" } });
    await importWhole(shop, "sales", encode(lines), {});
    const stored = await storedRows("SELECT DISTINCT day FROM sales WHERE tenant_id = ?", shop.tenant.id);
    expect(stored).toEqual([{ day: row?.["day"] }]);
  });

  it("reads a file that a spreadsheet has saved with other quotes, delimiters and decimals", async () => {
    const { lines } = await exportedRefund({ title: "=1+1" });
    const { shop } = await shopToExport({}, "other@example.com");
    const saved = lines
      .replaceAll('"', "")
      .split("\r\n")
      .map((line) => line.replaceAll(",", ";").replaceAll(/(?<=;|=)(-?\d+)\.(\d\d)(?=;|$| )/g, "$1,$2"))
      .join("\n");
    expect(saved).toContain(";10,00;");
    await importWhole(shop, "sales", encode(saved), {});
    expect(await saleOf(shop, "C-000001")).toMatchObject({ total: 2000, items: [{ description: "=1+1" }] });
  });

  it("is refused for a person who is no ADMIN", async () => {
    const { shop, lines } = await exportedRefund();
    const { token } = await newPerson(shop.tenant, "EMPLOYEE");
    const answer = await call("POST", `${API}/imports?kind=sales`, {
      token,
      raw: lines,
      headers: { "content-type": "text/csv" },
    });
    expect(answer.status).toBe(403);
  });
});
