import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { runImport } from "../../src/imports/consume.ts";
import { booksCsv, worksCsv } from "../support/books.ts";
import { change } from "../support/change.ts";
import { API, call } from "../support/client.ts";
import { operations } from "../support/contract.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { importFile, rejectsOf, storeImport, uploadFile } from "../support/imports.ts";
import { repeatUntil } from "../support/pages.ts";
import { newProduct, newShop, sellOne, type Shop } from "../support/shops.ts";

const example = z.object({ value: z.string() });
const examples = z.object({ sales: example, products: example });

const unitsOf = (thousandths: unknown) =>
  typeof thousandths === "number" ? thousandths / 1000 : thousandths;

const productsOf = async (shop: Shop): Promise<Record<string, unknown>[]> =>
  (await rowsOf("SELECT * FROM products WHERE tenant_id = ? ORDER BY sku", shop.tenant.id)).map((row) => ({
    ...row,
    stock: unitsOf(row["stock"]),
    low_stock_threshold: unitsOf(row["low_stock_threshold"]),
  }));

const movesOf = (shop: Shop) =>
  rowsOf(
    `SELECT p.sku, m.delta / 1000.0 AS delta, m.reason, m.reference FROM stock_moves m
      JOIN products p ON p.tenant_id = m.tenant_id AND p.id = m.product_id WHERE m.tenant_id = ? ORDER BY m.id`,
    shop.tenant.id,
  );

/** The number of products whose stock differs from the sum of their moves. */
const countUnbalanced = (shop: Shop) =>
  count(
    `SELECT count(*) n FROM products p WHERE tenant_id = ? AND coalesce(stock, 0) <> (SELECT coalesce(sum(delta), 0)
      FROM stock_moves m WHERE m.tenant_id = p.tenant_id AND m.product_id = p.id)`,
    shop.tenant.id,
  );

const importProducts = (shop: Shop, file: string) => importFile(shop, file, "products");

const reasonsOf = async (shop: Shop, id: string): Promise<string[]> =>
  (await rejectsOf(shop.admin.token, id))
    .trim()
    .split("\r\n")
    .slice(1)
    .map((line) => /^(\d+,"(?:[^"]|"")*")/.exec(line)?.[1]?.replaceAll('""', '"') ?? line);

describe("a file of products", () => {
  it("may repeat the barcodes of its products, and not use those of others", async () => {
    const shop = await newShop();
    const code = "4006381333931";
    await newProduct(shop, { sku: "A", barcodes: [code] });
    await newProduct(shop, { sku: "B" });
    const { id } = await importProducts(
      shop,
      `sku,title,price,barcodes\nA,A,1.00,${code}\nC,C,1.00,${code}\n`,
    );
    expect(await reasonsOf(shop, id)).toEqual([`3,"barcode ${code} belongs to sku A"`]);
    expect((await productsOf(shop)).map(({ sku, price }) => [sku, price])).toEqual([
      ["A", 100],
      ["B", 1000],
    ]);
  });

  it("of another program has products whose only variant adds nothing to their name", async () => {
    const shop = await newShop();
    await importProducts(
      shop,
      [
        "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price",
        "mug,Mug,Title,Default Title,M,5.00",
        "shirt,Shirt,Size,Small,S,9.00",
        "",
      ].join("\n"),
    );
    expect((await productsOf(shop)).map(({ sku, title }) => [sku, title])).toEqual([
      ["M", "Mug"],
      ["S", "Shirt - Small"],
    ]);
  });

  it("of another program has no product without a name, and no name of the product before it", async () => {
    const shop = await newShop();
    const done = await importProducts(
      shop,
      "Handle,Title,Variant SKU,Variant Price\nmug,Mug,M,5.00\nmug,,M-2,5.50\nplate,,P,6.00\n,,Q,7.00\n",
    );
    expect(done).toMatchObject({ rows_accepted: 2, rows_rejected: 2 });
    expect((await productsOf(shop)).map(({ sku, title }) => [sku, title])).toEqual([
      ["M", "Mug"],
      ["M-2", "Mug"],
    ]);
  });

  it("creates a product from each row, like POST /products", async () => {
    const shop = await newShop();
    const done = await importProducts(
      shop,
      `SKU,Title,PRICE,stock,description,category,isbn,author,publisher,language,pages,publication_year,cover_image_url,rating,series,low_stock_threshold,shelf,barcodes,cost
B-1,"Cien  a\u00f1os
de soledad",12.95,7,"Line one
Line two",Novel,84-376-0494-X,Gabriel Garc\u00eda M\u00e1rquez,C\u00e1tedra,spa,550,1967,https://example.com/1.jpg,4.6,Macondo,3,A3,4006381333931 96385074,7.80
B-2,Soft\u00adhyphen,0,,,,,,,,,,,,,,,,
`,
    );
    expect(done).toMatchObject({ kind: "products", status: "done", rows_accepted: 2, rows_rejected: 0 });
    expect(done.ignored_columns).toEqual(["shelf"]);
    const { body } = await call("GET", `${API}/products?sort=-price`, { token: shop.admin.token });
    expect(body.data).toMatchObject([
      {
        sku: "B-1",
        title: "Cien  a\u00f1os de soledad",
        price: 1295,
        stock: 7,
        description: "Line one\nLine two",
        category: "Novel",
        isbn: "9788437604947",
        author: "Gabriel Garc\u00eda M\u00e1rquez",
        publisher: "C\u00e1tedra",
        language: "es",
        pages: 550,
        publication_year: 1967,
        cover_image_url: "https://example.com/1.jpg",
        rating: 4.6,
        series: "Macondo",
        low_stock_threshold: 3,
        barcodes: ["4006381333931", "96385074"],
        cost: 780,
        version: 1,
      },
      {
        sku: "B-2",
        title: "Softhyphen",
        price: 0,
        cost: null,
        stock: null,
        isbn: null,
        language: null,
        series: null,
        low_stock_threshold: null,
      },
    ]);
    expect(await movesOf(shop)).toEqual([{ sku: "B-1", delta: 7, reason: "count", reference: done.id }]);
  });

  it("updates products by SKU: a missing column changes nothing, an empty cell clears the field, and stock is a count", async () => {
    const shop = await newShop();
    const [one, two] = [
      await newProduct(shop, { sku: "1", stock: 5, category: "Novel", author: "Ana" }),
      await newProduct(shop, { sku: "2", stock: 5, category: "Novel" }),
    ];
    await call("DELETE", `${API}/products/${two.id}`, { token: shop.admin.token });
    const done = await importProducts(
      shop,
      "price,sku,title,stock,category\n3.50,1,New title,2,\n4,2,Other,,Essay\n5,3,Third,0,\n",
    );
    expect(done).toMatchObject({ rows_accepted: 3 });
    expect(await productsOf(shop)).toMatchObject([
      { id: one.id, title: "New title", price: 350, stock: 2, category: null, author: "Ana", version: 2 },
      { id: two.id, title: "Other", price: 400, stock: 5, category: "Essay", is_active: 0, version: 3 },
      { sku: "3", title: "Third", price: 500, stock: 0, version: 1 },
    ]);
    expect(await movesOf(shop)).toMatchObject([
      { sku: "1", delta: 5, reason: "received" },
      { sku: "2", delta: 5, reason: "received" },
      { sku: "1", delta: -3, reason: "count", reference: done.id },
    ]);
    expect(await countUnbalanced(shop)).toBe(0);
  });

  it("can be imported again without stock moves, because the counts are the same", async () => {
    const shop = await newShop();
    const file = "sku,title,price,stock\n1,A,1,5\n2,B,2,0\n3,C,3,\n";
    await importProducts(shop, file);
    expect(await importProducts(shop, file)).toMatchObject({ rows_accepted: 3, rows_rejected: 0 });
    expect(await movesOf(shop)).toMatchObject([{ sku: "1", delta: 5 }]);
    expect(await productsOf(shop)).toMatchObject([{ version: 2 }, { version: 2 }, { version: 2 }]);
  });

  it("counts the stock against its current value, including sales made since the chunk was read", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { sku: "1", stock: 9 });
    const file = await storeImport(shop.admin.ctx(), "sku,title,price,stock\n1,A,1,5\n", "products");
    const late = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth === 1) expect((await sellOne(shop.admin.token, id, 2)).status).toBe(201);
      },
    });
    expect(await runImport(late, shop.tenant, file)).toBe("ended");
    const moves = (await movesOf(shop)).map(({ delta, reason }) => `${String(reason)} ${Number(delta)}`);
    expect(moves.toSorted()).toEqual(["count -2", "received 9", "sale -2"]);
    expect(await productsOf(shop)).toMatchObject([{ stock: 5 }]);
    expect(await countUnbalanced(shop)).toBe(0);
  });

  it("accepts prices with the decimals of the shop's currency, and rejects more", async () => {
    const cases: [string, string[], number[]][] = [
      ["EUR", ["12.9", "12.950", "12.955", "0.001"], [1290, 1295]],
      ["JPY", ["1500", "1500.0", "1500.5"], [1500, 1500]],
      ["KWD", ["1.234", "1.2345"], [1234]],
    ];
    for (const [currency, prices, accepted] of cases) {
      const shop = await newShop({ currency });
      const lines = prices.map((price, at) => `${at},A,${price}`).join("\n");
      const done = await importProducts(shop, `sku,title,price\n${lines}\n`);
      expect((await productsOf(shop)).map((product) => product["price"])).toEqual(accepted);
      for (const reason of await reasonsOf(shop, done.id))
        expect(reason).toContain("price has more decimals than the currency");
    }
  });

  it("sets the low-stock threshold, and rejects one that is not a number", async () => {
    const shop = await newShop();
    await newProduct(shop, { sku: "1", low_stock_threshold: 9 });
    const done = await importProducts(
      shop,
      "sku,title,price,low_stock_threshold\n1,A,1,\n2,B,1,4\n3,C,1,few\n",
    );
    expect(await productsOf(shop)).toMatchObject([
      { sku: "1", low_stock_threshold: null },
      { sku: "2", low_stock_threshold: 4 },
    ]);
    expect(await reasonsOf(shop, done.id)).toEqual(['4,"low_stock_threshold is not a number: few"']);
  });

  it("without a required column, or with a repeated one, is rejected immediately", async () => {
    const shop = await newShop();
    const response = await uploadFile(shop.admin.token, "sku,label,price\n1,A,1\n", {}, "products");
    expect(response.status).toBe(422);
    expect(response.body.type).toBe("/problems/missing-columns");
    expect(response.body.errors).toEqual([{ pointer: "#", detail: "the column title is missing" }]);
    const repeated = await uploadFile(shop.admin.token, "sku,title,price,Price\n", {}, "products");
    expect(repeated.body.detail).toContain("price appears more than once");
  });

  it("is a different request than the same file as sales under the same key", async () => {
    const shop = await newShop();
    const both =
      "sku,title,price,InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
    const key = { "idempotency-key": "k" };
    const first = await uploadFile(shop.admin.token, both, key, "products");
    const again = await uploadFile(shop.admin.token, both, key, "products");
    expect([again.body.id, again.headers.get("idempotent-replayed")]).toEqual([first.body.id, "true"]);
    const other = await uploadFile(shop.admin.token, both, key, "sales");
    expect(other.body.type).toBe("/problems/idempotency-mismatch");
  });
});

describe("the examples in the OpenAPI document", () => {
  const { value } = z
    .object({ requestBody: z.object({ content: z.object({ "text/csv": z.object({ examples }) }) }) })
    .transform(({ requestBody }) => ({ value: requestBody.content["text/csv"].examples }))
    .parse(operations.find(({ operationId }) => operationId === "startImport"));

  it.each(["sales", "products"] as const)("of %s is imported completely", async (kind) => {
    const done = await importFile(await newShop(), value[kind].value, kind);
    expect(done).toMatchObject({ status: "done", rows_accepted: 1, rows_rejected: 0 });
  });
});

describe("a product row is rejected with its reason while the rest are imported", () => {
  it.each([
    ["sku is empty", " ,A,1,,,,,,"],
    ["title is empty", "1,\u200b,1,,,,,,"],
    ["price is empty", "1,A,,,,,,,"],
    ["price is negative: -0.01", "1,A,-0.01,,,,,,"],
    ["price is not a number: 1,5,0", '1,A,"1,5,0",,,,,,'],
    ["price is in GBP, and the shop's currency is EUR: £2", "1,A,£2,,,,,,"],
    ["price is not a number: free", "1,A,free,,,,,,"],
    ["price: Too big: expected int to be <=9007199254740991", "1,A,999999999999999.99,,,,,,"],
    ["stock must be whole, because the product is counted in pieces", "1,A,1,1.5,,,,,"],
    ["stock: Too small: expected number to be >=0", "1,A,1,-1,,,,,"],
    ["isbn: must be an ISBN-10 or ISBN-13 with a correct check digit", "1,A,1,,9788437604940,,,,"],
    [
      "isbn is in scientific notation, which has lost its digits: 9.78844E+12. Format the column as text and export the file again",
      "1,A,1,,9.78844E+12,,,,",
    ],
    [
      "sku is in scientific notation, which has lost its digits: 9.78E+12. Format the column as text and export the file again",
      "9.78E+12,A,1,,,,,,",
    ],
    ["language: must be a BCP 47 language tag, such as es or es-MX", "1,A,1,,,spanish,,,"],
    ["publication_year: must not be after next year", "1,A,1,,,,2999,,"],
    ["publication_year is not a whole number: 1967.5", "1,A,1,,,,1967.5,,"],
    ["rating: Too big: expected number to be <=5", "1,A,1,,,,,5.1,"],
    ["rating is not a number: many", "1,A,1,,,,,many,"],
    ["cover_image_url: Invalid URL", "1,A,1,,,,,,javascript:alert(1)"],
    ["title: Too big: expected string to have <=1000 characters", `1,${"x".repeat(1001)},1,,,,,,`],
    ["sku: must not contain control or invisible characters", "1\u200b,a,1,,,,,,"],
    ["title: must not contain control or invisible characters", "1,a\u0000b,1,,,,,,"],
    ["price is empty", "1,A"],
    ["10 fields instead of 9", "1,A,1,,,,,,,more"],
  ])("%s", async (reason, line) => {
    const shop = await newShop();
    const header = "sku,title,price,stock,isbn,language,publication_year,rating,cover_image_url";
    const done = await importProducts(shop, `${header}\n${line}\nfine,Fine,1,,,,,,\n`);
    expect(done).toMatchObject({ status: "done", rows_accepted: 1, rows_rejected: 1 });
    expect(await reasonsOf(shop, done.id)).toEqual([`2,"${reason}"`]);
    expect(await productsOf(shop)).toMatchObject([{ sku: "fine" }]);
  });
});

describe("a SKU that appears more than once in a file", () => {
  const filler = (from: number, rows: number) =>
    Array.from({ length: rows }, (_, at) => `F${from + at},Filler ${"x".repeat(480)},1,1\n`).join("");
  // The file is two chunks. SKU 1 is in both, and twice in the first.
  const file = `sku,title,price,stock\n1,First,1,1\n1,Second,2,2\n${filler(0, 1500)}1,Third,3,3\n2,Last,4,4\n`;

  const expectFirst = async (shop: Shop, id: string) => {
    const { body } = await call("GET", `${API}/imports/${id}`, { token: shop.admin.token });
    expect(body).toMatchObject({ status: "done", rows_read: 1504, rows_accepted: 1502, rows_rejected: 2 });
    expect(await reasonsOf(shop, id)).toEqual([
      '3,"sku 1 appears more than once"',
      '1504,"sku 1 appears more than once"',
    ]);
    const [first, second] = (await productsOf(shop)).filter(({ sku }) => sku === "1" || sku === "2");
    expect([first, second]).toMatchObject([
      { title: "First", price: 100, stock: 1, version: 1 },
      { title: "Last", stock: 4 },
    ]);
    expect(await countUnbalanced(shop)).toBe(0);
    expect(await count("SELECT count(*) n FROM stock_moves WHERE tenant_id = ?", shop.tenant.id)).toBe(1502);
  };

  it("is imported from its first row, even if the others are in a later chunk", async () => {
    const shop = await newShop();
    const { id } = await importProducts(shop, file);
    await expectFirst(shop, id);
  });

  it.each([
    [1, "before"],
    [1, "after"],
    [2, "before"],
    [2, "after"],
  ] as const)(
    "is imported from its first row after a crash at chunk %i %s its commit",
    async (chunk, when) => {
      const shop = await newShop();
      const id = await storeImport(shop.admin.ctx(), file, "products");
      const crashing = between(shop.admin.ctx(), {
        [when]: (nth: number) => {
          if (nth === chunk) throw new Error("killed");
        },
      });
      expect(await failureOf(runImport(crashing, shop.tenant, id))).toMatchObject({ message: "killed" });
      expect(await runImport(shop.admin.ctx(), shop.tenant, id)).toBe("ended");
      await expectFirst(shop, id);
    },
  );

  it("is not its other spelling if the shop had a product of each before and has renamed one", async () => {
    const shop = await newShop();
    const { id } = await newProduct(shop, { sku: "pen" });
    // The key of the migration for the newer of two such products.
    await change("UPDATE products SET sku_key = 'pen' || char(31) || id WHERE id = ?", id);
    const rows = "sku,title,price\npen,A,1\nPEN,B,1\nPen,C,1\n";
    expect(await importFile(shop, rows, "products")).toMatchObject({ rows_accepted: 2, rows_rejected: 1 });
    expect(
      await rowsOf("SELECT sku, title FROM products WHERE tenant_id = ? ORDER BY title", shop.tenant.id),
    ).toEqual([
      { sku: "pen", title: "A" },
      { sku: "PEN", title: "B" },
    ]);
  });

  it("is imported from its first row even if two consumers read the file at once", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), file, "products");
    await Promise.all([1, 2].map(() => runImport(shop.admin.ctx(), shop.tenant, id)));
    await expectFirst(shop, id);
  });
});

describe("a message of an import", () => {
  it("stops at its limit of statements, and later messages import and index the rest", async () => {
    const shop = await newShop();
    const description = "lorem ipsum dolor sit amet consectetur ".repeat(25);
    const lines = Array.from({ length: 1200 }, (_, at) => `D${at},Title ${at},1,"${description}${at}"\n`);
    const id = await storeImport(
      shop.admin.ctx(),
      `sku,title,price,description\n${lines.join("")}`,
      "products",
    );
    const sent: number[] = [];
    await repeatUntil(async () => {
      const ctx = shop.admin.ctx();
      const outcome = await runImport(ctx, shop.tenant, id, 1);
      sent.push(ctx.db.cost.statements);
      return outcome !== "more";
    });
    expect(sent.length).toBeGreaterThan(2);
    for (const statements of sent) expect(statements).toBeLessThan(60);
    const pending = "SELECT count(*) n FROM products WHERE tenant_id = ? AND indexed_version < text_version";
    expect(await count(pending, shop.tenant.id)).toBe(0);
  });
});

describe("the cost of a chunk", () => {
  it("does not depend on the number of products in the shop", async () => {
    const shop = await newShop();
    const read = async (file: string): Promise<number> => {
      const id = await storeImport(shop.admin.ctx(), file, "products");
      const ctx = shop.admin.ctx();
      await runImport(ctx, shop.tenant, id);
      return ctx.db.cost.read;
    };
    const line = (sku: string) => `${sku},Title,1,1\n`;
    const few = "sku,title,price,stock\n" + ["a", "b", "c"].map(line).join("");
    await read(few);
    const before = await read(few);
    await read("sku,title,price,stock\n" + Array.from({ length: 2000 }, (_, at) => line(`m${at}`)).join(""));
    // The full-text index may have grown by a page.
    expect(await read(few)).toBeLessThanOrEqual(before + 5);
  });
});

const text = (bytes: ArrayBuffer): string => new TextDecoder().decode(bytes);

describe("the files of real books", () => {
  const { BOOKS_GZ: books, BOOKS_ISBN13: isbns, BOOKS_ES: works } = env;
  if (!books || !isbns || !works) {
    it.skip("are missing: books.csv.gz, books-isbn13.csv or books-es-gutenberg.csv", () => {});
    return;
  }

  it("are imported completely", async () => {
    const shop = await newShop();
    const plain = new Blob([books]).stream().pipeThrough(new DecompressionStream("gzip"));
    const done = await importProducts(shop, booksCsv(await new Response(plain).text(), text(isbns)));
    expect(done).toMatchObject({ status: "done", rows_accepted: 10_000, rows_rejected: 0 });
    expect(await countUnbalanced(shop)).toBe(0);
    const stored = await rowsOf(
      "SELECT title, isbn, author, language, publication_year, series FROM products WHERE tenant_id = ? AND sku = '20'",
      shop.tenant.id,
    );
    expect(stored).toEqual([
      {
        title: "Mockingjay (The Hunger Games, #3)",
        isbn: "9780439023511",
        author: "Suzanne Collins",
        language: "en",
        publication_year: 2010,
        series: "The Hunger Games",
      },
    ]);
    const spanish = await newShop();
    const all = await importProducts(spanish, worksCsv(text(works)));
    expect(all).toMatchObject({ status: "done", rows_accepted: 913, rows_rejected: 0 });
  });
});
