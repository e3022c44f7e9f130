import { describe, expect, it } from "vitest";
import { checkDigitOf } from "../../../src/catalog/products/barcode.ts";
import { itemsOf } from "../../../src/catalog/products/scale-code.ts";
import { API, call, costOf } from "../../support/client.ts";
import { newPerson, newProduct, newShop, type Shop } from "../../support/shops.ts";

/** The code of these twelve digits, which may be written in groups. */
const ean = (text: string): string => {
  const digits = text.replaceAll(" ", "");
  return `${digits}${checkDigitOf(digits)}`;
};

const kilograms = { prefix: "21", item_digits: 5, value: "weight", decimals: 3 };
const euros = { prefix: "22", item_digits: 5, value: "price", decimals: 2 };

async function shopWithScale(layouts: unknown[], currency = "EUR"): Promise<Shop> {
  const shop = await newShop({ currency });
  const { token } = shop.admin;
  const answer = await call("PATCH", `${API}/shop`, { token, json: { scale_codes: layouts } });
  expect(answer.status).toBe(200);
  return shop;
}

const lookUp = (shop: Shop, code: string, token = shop.admin.token) =>
  call("GET", `${API}/products/lookup?code=${encodeURIComponent(code)}`, { token });

const unknownCode = "/problems/unknown-code";

describe("a code that a scale printed", () => {
  it("finds the product of its item number and contains its weight", async () => {
    const shop = await shopWithScale([kilograms, euros]);
    const { id } = await newProduct(shop, { sku: "00042" });
    const answer = await lookUp(shop, ean("21 00042 00335"));
    expect(answer.body).toMatchObject({ id, sku: "00042", matched: "scale", scale: { quantity: 0.335 } });
    expect(answer.headers.get("etag")).toMatch(/^"v1-[\w-]{22}"$/);
    const { body } = await lookUp(shop, ean("21 00042 12000"));
    expect(body.scale).toEqual({ quantity: 12 });
  });

  it("may contain a price, in minor units of the currency whatever decimals are printed", async () => {
    for (const [currency, decimals, price] of [
      ["EUR", 2, 1234],
      ["EUR", 1, 12_340],
      ["EUR", 3, 123],
      ["JPY", 0, 1234],
      ["KWD", 3, 1234],
    ] as const) {
      const shop = await shopWithScale([{ ...euros, decimals }], currency);
      await newProduct(shop, { sku: "42" });
      const { body } = await lookUp(shop, ean("22 00042 01234"));
      expect([body.matched, body.scale], `${currency} ${decimals}`).toEqual(["scale", { price }]);
    }
  });

  it.each([
    [4, "21 1234 001500", "1234", 1.5],
    [5, "21 12345 01500", "12345", 1.5],
    [6, "21 123456 1500", "123456", 1.5],
  ])("has an item number of %i digits", async (item_digits, digits, sku, quantity) => {
    const shop = await shopWithScale([{ ...kilograms, item_digits }]);
    await newProduct(shop, { sku });
    await newProduct(shop, { sku: "SOMETHING" });
    expect((await lookUp(shop, ean(digits))).body).toMatchObject({ sku, scale: { quantity } });
  });

  it("may have a check digit of its value, which is skipped", async () => {
    const shop = await shopWithScale([{ ...euros, value_check_digit: true }]);
    await newProduct(shop, { sku: "42" });
    expect((await lookUp(shop, ean("22 00042 9 0250"))).body.scale).toEqual({ price: 250 });
  });

  it("finds by the barcode with the value 0 first, then the SKU as printed, then without leading zeros", async () => {
    const shop = await shopWithScale([kilograms]);
    const skuOf = async () => (await lookUp(shop, ean("21 00042 00335"))).body.sku;
    await newProduct(shop, { sku: "42" });
    expect(await skuOf()).toBe("42");
    await newProduct(shop, { sku: "00042" });
    expect(await skuOf()).toBe("00042");
    await newProduct(shop, { sku: "CHEESE", barcodes: [ean("21 00042 00000")] });
    expect(await skuOf()).toBe("CHEESE");
  });

  it("is a barcode or SKU like any other if a product has it", async () => {
    const shop = await shopWithScale([kilograms]);
    const code = ean("21 00042 00335");
    await newProduct(shop, { sku: "42" });
    await newProduct(shop, { sku: code });
    expect((await lookUp(shop, code)).body).toMatchObject({ sku: code, matched: "sku" });
    await newProduct(shop, { sku: "JAR", barcodes: [code] });
    const { body } = await lookUp(shop, code);
    expect(body).toMatchObject({ sku: "JAR", matched: "barcode" });
    expect(body).not.toHaveProperty("scale");
  });

  it("is unknown with a wrong check digit, another length, another prefix, or an item number that no product has", async () => {
    const shop = await shopWithScale([kilograms]);
    await newProduct(shop, { sku: "42" });
    const code = ean("21 00042 00335");
    const wrongDigit = `${code.slice(0, 12)}${(Number(code[12]) + 1) % 10}`;
    for (const unknown of [
      wrongDigit,
      code.slice(0, 12),
      `${code}0`,
      ean("22 00042 00335"),
      ean("31 00042 00335"),
      ean("21 00043 00335"),
      ean("21 42000 00335"),
    ])
      expect((await lookUp(shop, unknown)).body.type, unknown).toBe(unknownCode);
    expect((await lookUp(shop, ` ${code} `)).status).toBe(200);
  });

  it("has an item number of as many digits as the layout of its prefix says, and no other product", async () => {
    const shop = await shopWithScale([kilograms]);
    const code = ean("21 00042 00335");
    for (const sku of ["0004", "4", "000420", "420"]) await newProduct(shop, { sku });
    await newProduct(shop, { sku: "other", barcodes: ["96385074"] });
    expect((await lookUp(shop, code)).body.type).toBe(unknownCode);
    await newProduct(shop, { sku: "42" });
    expect((await lookUp(shop, code)).body).toMatchObject({ sku: "42", scale: { quantity: 0.335 } });
    await newProduct(shop, { sku: "00042" });
    expect((await lookUp(shop, code)).body.sku).toBe("00042");
    await newProduct(shop, { sku: "labelled", barcodes: [ean("21 00042 00000")] });
    expect((await lookUp(shop, code)).body.sku).toBe("labelled");
  });

  it("is unknown in a shop that has set no layout", async () => {
    const shop = await newShop();
    await newProduct(shop, { sku: "42" });
    expect((await lookUp(shop, ean("21 00042 00335"))).body.type).toBe(unknownCode);
  });

  it("finds hidden products for staff only", async () => {
    const shop = await shopWithScale([kilograms]);
    const { id } = await newProduct(shop, { sku: "42" });
    await call("DELETE", `${API}/products/${id}`, { token: shop.admin.token });
    const code = ean("21 00042 00335");
    const customer = await newPerson(shop.tenant, "CUSTOMER");
    expect((await lookUp(shop, code)).body.matched).toBe("scale");
    expect((await lookUp(shop, code, customer.token)).body.type).toBe(unknownCode);
    const path = `${API}/products/lookup?code=${code}&tenant=${shop.tenant.slug}`;
    expect((await call("GET", path)).status).toBe(404);
    await call("PATCH", `${API}/products/${id}`, { token: shop.admin.token, json: { is_active: true } });
    expect((await call("GET", path)).body.scale).toEqual({ quantity: 0.335 });
  });

  it("is looked up in one round trip, and reads no more in a large shop", async () => {
    const shop = await shopWithScale([kilograms, euros]);
    await newProduct(shop, { sku: "42" });
    const cost = async () => costOf(await lookUp(shop, ean("21 00042 00335")));
    const { queries, read } = await cost();
    expect(queries).toBe(1);
    await Promise.all(Array.from({ length: 30 }, () => newProduct(shop)));
    expect((await cost()).read).toBe(read);
    expect(read).toBeLessThan(40);
  });
});

it("a code of a scale has thirteen digits, begins with 2 and has the correct check digit", () => {
  expect(itemsOf(ean("21 00042 00335"))).toEqual({
    prefix: "21",
    items: [
      { item_digits: 4, item: "0004", number: "4", barcode: ean("21 0004 000000") },
      { item_digits: 5, item: "00042", number: "42", barcode: ean("21 00042 00000") },
      { item_digits: 6, item: "000420", number: "420", barcode: ean("21 000420 0000") },
    ],
  });
  expect(itemsOf(ean("20 00000 00000"))?.prefix).toBe("20");
  expect(itemsOf(ean("29 99999 99999"))?.prefix).toBe("29");
  const others = [ean("21 00042"), ean("21 00042 0033"), ean("21 00042 003350"), ean("31 00042 00335")];
  for (const code of [...others, "2100042003350", " 2100042003356"]) expect(itemsOf(code), code).toBeNull();
});
