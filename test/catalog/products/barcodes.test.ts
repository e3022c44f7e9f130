import { describe, expect, it } from "vitest";
import { changeProduct } from "../../../src/catalog/products/products.ts";
import { API, call, costOf } from "../../support/client.ts";
import { between, rowsOf } from "../../support/d1.ts";
import { importFile, rejectsOf } from "../../support/imports.ts";
import { newPerson, newProduct, newShop, type Shop } from "../../support/shops.ts";
import { countByStatus } from "../../support/count-by-status.ts";

const EAN = "4006381333931";
const EAN_8 = "96385074";
const UPC_A = "036000291452";
const GTIN_14 = "10012345678902";

const put = (shop: Shop, id: string, barcodes: unknown, headers: Record<string, string> = {}) =>
  call("PUT", `${API}/products/${id}/barcodes`, { token: shop.admin.token, json: { barcodes }, headers });

const codesOf = (shop: Shop) =>
  rowsOf("SELECT code, product_id FROM product_barcodes WHERE tenant_id = ? ORDER BY code", shop.tenant.id);

const lastEvent = async (shop: Shop) =>
  (
    await rowsOf(
      "SELECT type, payload FROM events WHERE tenant_id = ? ORDER BY id DESC LIMIT 1",
      shop.tenant.id,
    )
  )[0];

describe("the barcodes of a product", () => {
  it("are returned with it everywhere, a UPC-A as its EAN-13 and each once", async () => {
    const shop = await newShop();
    const made = await newProduct(shop, { barcodes: [EAN, UPC_A, `0${UPC_A}`, EAN] });
    const barcodes = [EAN, `0${UPC_A}`];
    expect(made).toMatchObject({ barcodes });
    const read = await call("GET", `${API}/products/${made.id}`, { token: shop.admin.token });
    expect(read.body).toEqual(made);
    const list = await call("GET", `${API}/products`, { token: shop.admin.token });
    expect(list.body.data).toEqual([made]);
    expect(await newProduct(shop)).toMatchObject({ barcodes: [] });
  });

  it("are the same with leading zeros: a GTIN-14 that begins with 0 is its EAN-13", async () => {
    const shop = await newShop();
    const made = await newProduct(shop, { barcodes: [`0${EAN}`, `00${UPC_A}`, GTIN_14] });
    expect(made).toMatchObject({ barcodes: [EAN, `0${UPC_A}`, GTIN_14] });
    for (const code of [EAN, `0${EAN}`, UPC_A, `0${UPC_A}`, `00${UPC_A}`]) {
      const path = `${API}/products/lookup?code=${code}&tenant=${shop.tenant.slug}`;
      expect((await call("GET", path)).body).toMatchObject({ id: made.id, matched: "barcode" });
    }
    const { id } = await newProduct(shop);
    expect((await put(shop, id, [`0${EAN}`])).status).toBe(409);
  });

  it("are replaced as a whole, with a new version and an event", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { barcodes: [EAN] });
    const answer = await put(shop, id, [EAN_8, GTIN_14]);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ barcodes: [EAN_8, GTIN_14], version: 2 });
    expect(answer.headers.get("etag")).toMatch(/^"v2-[\w-]{22}"$/);
    expect(await codesOf(shop)).toEqual([
      { code: GTIN_14, product_id: id },
      { code: EAN_8, product_id: id },
    ]);
    const event = await lastEvent(shop);
    expect(event?.["type"]).toBe("product.updated");
    expect(JSON.parse(String(event?.["payload"]))).toMatchObject({
      id,
      barcodes: [EAN_8, GTIN_14],
      version: 2,
    });
    expect((await put(shop, id, [], { "if-match": '"v1"' })).status).toBe(412);
    expect((await put(shop, id, [], { "if-match": '"v2"' })).body).toMatchObject({ barcodes: [] });
    expect(await codesOf(shop)).toEqual([]);
  });

  it("are changed by PATCH, which leaves them as they are if it does not name them", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { barcodes: [EAN] });
    const patch = (json: unknown) =>
      call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json });
    expect((await patch({ price: 5 })).body).toMatchObject({ barcodes: [EAN] });
    expect((await patch({ barcodes: [EAN, EAN_8] })).body).toMatchObject({ barcodes: [EAN, EAN_8] });
    expect((await patch({ barcodes: [EAN_8] })).body).toMatchObject({ barcodes: [EAN_8] });
    expect(await codesOf(shop)).toEqual([{ code: EAN_8, product_id: id }]);
  });

  it.each([
    ["4006381333932"],
    ["123"],
    ["00000000000000000"],
    ["400638133393X"],
    [""],
    ["978-0-306-40615-7"],
  ])("are refused if one is %j", async (code) => {
    const shop = await newShop();
    const { id } = await newProduct(shop);
    const answer = await put(shop, id, [EAN, code]);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].pointer).toBe("#/barcodes/1");
  });

  it("are unique in the shop, hidden products included: the problem names the product", async () => {
    const shop = await newShop();
    const owner = await newProduct(shop, { sku: "PEN", title: "Pen", barcodes: [`0${UPC_A}`, EAN] });
    const other = await newProduct(shop, { sku: "INK", barcodes: [EAN_8] });
    await call("DELETE", `${API}/products/${owner.id}`, { token: shop.admin.token });
    const added = await call("POST", `${API}/products`, {
      token: shop.admin.token,
      json: { sku: "NEW", title: "Another", price: 1, barcodes: [GTIN_14, EAN] },
    });
    for (const answer of [added, await put(shop, other.id, [EAN_8, EAN])]) {
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({
        type: "/problems/barcode-taken",
        barcode: EAN,
        product: { id: owner.id, sku: "PEN", title: "Pen" },
      });
    }
    expect((await put(shop, other.id, [UPC_A])).status).toBe(409);
    expect((await codesOf(shop)).map(({ code }) => code)).toEqual([`0${UPC_A}`, EAN, EAN_8]);
    const elsewhere = await newShop();
    expect((await put(elsewhere, (await newProduct(elsewhere)).id, [EAN])).status).toBe(200);
  });

  it("given to ten products at once are of one", async () => {
    const shop = await newShop();
    const products = await Promise.all(Array.from({ length: 10 }, () => newProduct(shop)));
    expect(countByStatus(await Promise.all(products.map(({ id }) => put(shop, id, [EAN]))))).toEqual({
      200: 1,
      409: 9,
    });
    expect(await codesOf(shop)).toHaveLength(1);
  });

  it("that another request takes first are refused, and nothing else is changed", async () => {
    const shop = await newShop();
    const [one, other] = [await newProduct(shop), await newProduct(shop)];
    const ctx = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth === 1) await put(shop, other.id, [EAN]);
      },
    });
    await expect(changeProduct(ctx, one.id, { price: 5, barcodes: [EAN] }, undefined)).rejects.toMatchObject({
      slug: "barcode-taken",
    });
    const read = await call("GET", `${API}/products/${one.id}`, { token: shop.admin.token });
    expect(read.body).toMatchObject({ price: 1000, barcodes: [], version: 1 });
  });
});

describe("a file of products with barcodes", () => {
  it("sets them by the same rules; a missing column changes nothing and an empty cell removes them", async () => {
    const shop = await newShop();
    const done = await importFile(
      shop,
      `sku,title,price,barcodes\n1,A,1,${EAN} ${UPC_A}\n2,B,1,"${EAN_8},${GTIN_14}"\n3,C,1,\n4,D,1,123\n`,
      "products",
    );
    expect(done).toMatchObject({ rows_accepted: 3, rows_rejected: 1 });
    expect(await rejectsOf(shop.admin.token, done.id)).toContain(
      "barcodes.0: must have 8, 12, 13 or 14 digits",
    );
    expect((await codesOf(shop)).map(({ code }) => code)).toEqual([`0${UPC_A}`, GTIN_14, EAN, EAN_8]);
    await importFile(shop, "sku,title,price\n1,A,2\n", "products");
    await importFile(shop, "sku,title,price,barcodes\n2,B,2,\n", "products");
    expect((await codesOf(shop)).map(({ code }) => code)).toEqual([`0${UPC_A}`, EAN]);
  });

  it("rejects a row whose barcode another product has, unless an earlier row gives it up", async () => {
    const shop = await newShop();
    const old = await newProduct(shop, { sku: "OLD", barcodes: [EAN, EAN_8] });
    const done = await importFile(
      shop,
      `sku,title,price,barcodes\nNEW,A,1,${EAN}\nOLD,B,1,${EAN_8}\nNEXT,C,1,${EAN}\nLAST,D,1,${EAN}\nLAST,D,1,${GTIN_14}\n`,
      "products",
    );
    expect(done).toMatchObject({ rows_accepted: 3, rows_rejected: 2 });
    const rejects = await rejectsOf(shop.admin.token, done.id);
    expect(rejects).toContain(`barcode ${EAN} belongs to sku OLD`);
    expect(rejects).toContain(`barcode ${EAN} belongs to sku NEXT`);
    const products = await rowsOf(
      "SELECT sku, barcodes FROM products WHERE tenant_id = ? ORDER BY sku",
      shop.tenant.id,
    );
    expect(products).toEqual([
      { sku: "LAST", barcodes: `["${GTIN_14}"]` },
      { sku: "NEXT", barcodes: `["${EAN}"]` },
      { sku: "OLD", barcodes: `["${EAN_8}"]` },
    ]);
    expect(await codesOf(shop)).toContainEqual({ code: EAN_8, product_id: old.id });
  });
});

describe("looking up a code", () => {
  const lookUp = (shop: Shop, code: string, token?: string) =>
    call("GET", `${API}/products/lookup?code=${encodeURIComponent(code)}&tenant=${shop.tenant.slug}`, {
      token,
    });

  const found = async (shop: Shop, code: string, token?: string) => {
    const { status, body } = await lookUp(shop, code, token);
    return status === 200 ? [body.sku, body.matched] : body.type;
  };

  it("finds the product by barcode, ISBN or SKU, and says by which", async () => {
    const shop = await newShop();
    await newProduct(shop, { sku: "PEN", barcodes: [EAN, UPC_A, EAN_8] });
    const book = await newProduct(shop, { sku: "BOOK-1", isbn: "9780306406157" });
    for (const code of [EAN, UPC_A, `0${UPC_A}`, EAN_8, ` ${EAN} `])
      expect(await found(shop, code), code).toEqual(["PEN", "barcode"]);
    for (const code of ["9780306406157", "978-0-306-40615-7", "0306406152", "0-306-40615-2"])
      expect(await found(shop, code), code).toEqual(["BOOK-1", "isbn"]);
    expect(await found(shop, "PEN")).toEqual(["PEN", "sku"]);
    for (const code of ["4006381333932", "PE", "PEN-1", "123"])
      expect(await found(shop, code), code).toBe("/problems/unknown-code");
    const answer = await lookUp(shop, "BOOK-1");
    expect({ ...answer.body, cost: null }).toEqual({ ...book, matched: "sku" });
    expect(answer.headers.get("etag")).toMatch(/^"v1-[\w-]{22}"$/);
    expect(await found(await newShop(), EAN)).toBe("/problems/unknown-code");
  });

  it("prefers a barcode to an ISBN, and both to a SKU", async () => {
    const shop = await newShop();
    const isbn = "9780306406157";
    await newProduct(shop, { sku: isbn });
    expect(await found(shop, isbn)).toEqual([isbn, "sku"]);
    await newProduct(shop, { sku: "B", isbn });
    expect(await found(shop, isbn)).toEqual(["B", "isbn"]);
    await newProduct(shop, { sku: "C", barcodes: [isbn] });
    expect(await found(shop, isbn)).toEqual(["C", "barcode"]);
    expect(await found(shop, "0-306-40615-2")).toEqual(["C", "barcode"]);
  });

  it("finds hidden products for staff only; customers get the next match", async () => {
    const shop = await newShop();
    const isbn = "9780306406157";
    const first = await newProduct(shop, { sku: "A", barcodes: [EAN, isbn] });
    await newProduct(shop, { sku: "B", isbn });
    const hidden = await newProduct(shop, { sku: "C", isbn });
    for (const { id } of [first, hidden])
      await call("DELETE", `${API}/products/${id}`, { token: shop.admin.token });
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    for (const token of [undefined, customer.token]) {
      expect(await found(shop, EAN, token)).toBe("/problems/unknown-code");
      expect(await found(shop, "C", token)).toBe("/problems/unknown-code");
      expect(await found(shop, isbn, token)).toEqual(["B", "isbn"]);
    }
    const other = "9788437604947";
    const alone = await newProduct(shop, { sku: "D", isbn: other });
    await call("DELETE", `${API}/products/${alone.id}`, { token: shop.admin.token });
    expect(await found(shop, other, customer.token)).toBe("/problems/unknown-code");
    expect(await found(shop, other, shop.admin.token)).toEqual(["D", "isbn"]);
    expect(await found(shop, EAN, shop.admin.token)).toEqual(["A", "barcode"]);
    expect(await found(shop, "C", shop.admin.token)).toEqual(["C", "sku"]);
  });

  it("finds the newest product with an ISBN, and hidden ones after all others", async () => {
    const shop = await newShop();
    const isbn = "9780306406157";
    await newProduct(shop, { sku: "A", isbn });
    await newProduct(shop, { sku: "B", isbn });
    const { id } = await newProduct(shop, { sku: "C", isbn });
    const { token } = shop.admin;
    expect(await found(shop, isbn, token)).toEqual(["C", "isbn"]);
    await call("DELETE", `${API}/products/${id}`, { token });
    expect(await found(shop, isbn, token)).toEqual(["B", "isbn"]);
  });

  it("reads a row or two, however many products the shop has", async () => {
    const shop = await newShop();
    const rows = Array.from({ length: 2_000 }, (_, at) => `S-${at},A,1,9780306406157`);
    await importFile(shop, `sku,title,price,isbn\n${rows.join("\n")}\n`, "products");
    await newProduct(shop, { barcodes: [EAN] });
    const costs = await Promise.all(
      [EAN, "9780306406157", "S-1500", "none"].map(async (code) => {
        const { queries, read } = costOf(await lookUp(shop, code));
        return { code, queries, read };
      }),
    );
    // One query and one row are those of the shop.
    expect(costs).toEqual([
      { code: EAN, queries: 2, read: 3 },
      { code: "9780306406157", queries: 2, read: 2 },
      { code: "S-1500", queries: 2, read: 2 },
      { code: "none", queries: 2, read: 1 },
    ]);
  });
});
