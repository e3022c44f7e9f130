import { beforeAll, describe, expect, it } from "vitest";
import { API, call } from "../../support/client.ts";
import { newProduct, newShop, type Shop } from "../../support/shops.ts";

let shop: Shop;

const skusOf = async (q: string): Promise<string[]> => {
  const path = `${API}/products/search?q=${encodeURIComponent(q)}`;
  const { body } = await call("GET", path, { token: shop.admin.token });
  return body.data.map(({ sku }: { sku: string }) => sku);
};

beforeAll(async () => {
  shop = await newShop();
  await newProduct(shop, {
    sku: "LAMP-BLUE-01",
    title: "Desk light",
    barcodes: ["4006381333931", "96385074"],
  });
  await newProduct(shop, { sku: "LAMP-RED-01", title: "Desk light", barcodes: ["036000291452"] });
  await newProduct(shop, { sku: "X-1", title: "Lampshade", isbn: "9780306406157" });
});

describe("a code in a search", () => {
  it.each(["4006381333931", "96385074", "lamp-blue-01", "LAMP BLUE 01"])(
    "%j finds its product",
    async (q) => {
      expect(await skusOf(q)).toEqual(["LAMP-BLUE-01"]);
    },
  );

  it.each(["036000291452", "0036000291452"])("of a UPC-A is also %j", async (q) => {
    expect(await skusOf(q)).toEqual(["LAMP-RED-01"]);
  });

  it("finds the products whose code starts with it, those with the word in the title first", async () => {
    expect(await skusOf("lamp-b")).toEqual(["LAMP-BLUE-01"]);
    expect((await skusOf("lamp-")).toSorted()).toEqual(["LAMP-BLUE-01", "LAMP-RED-01", "X-1"]);
    expect((await skusOf("lamp"))[0]).toBe("X-1");
    expect(await skusOf("40063813")).toEqual(["LAMP-BLUE-01"]);
    expect(await skusOf("978-0-306")).toEqual(["X-1"]);
  });

  it("finds a SKU by each of its parts, and products with the word in the title before them", async () => {
    expect(await skusOf("blue")).toEqual(["LAMP-BLUE-01"]);
    expect(await skusOf("red-0")).toEqual(["LAMP-RED-01"]);
    const { sku } = await newProduct(shop, { sku: "X-2", title: "Red chair" });
    expect(await skusOf("red")).toEqual([sku, "LAMP-RED-01"]);
  });

  it("is found among other words from eight characters", async () => {
    expect(await skusOf("lamp 96385074")).toContain("LAMP-BLUE-01");
  });

  it("finds nothing by fewer than 3 characters, or by the end of a code", async () => {
    expect(await skusOf("40")).toEqual([]);
    expect(await skusOf("333931")).toEqual([]);
  });

  it("follows the barcodes as they are replaced", async () => {
    const { id } = await newProduct(shop, { sku: "Y-1", title: "Chair", barcodes: ["73513537"] });
    await call("PUT", `${API}/products/${id}/barcodes`, {
      token: shop.admin.token,
      json: { barcodes: ["40170725"] },
    });
    expect(await skusOf("73513537")).toEqual([]);
    expect(await skusOf("40170725")).toEqual(["Y-1"]);
  });
});
