// An invoice is imported whole or not at all, however far apart its rows are in the file.
import { describe, expect, it } from "vitest";
import { runImport } from "../../src/imports/consume.ts";
import { rebuildDirtyDays } from "../../src/rollups/rebuild.ts";
import { API, call } from "../support/client.ts";
import { between, count, rowsOf } from "../support/d1.ts";
import {
  COLUMNS,
  fileOf,
  importFile,
  lineOf,
  rejectsOf,
  storeImport,
  waitForImport,
} from "../support/imports.ts";
import { repeatUntil } from "../support/pages.ts";
import { newShop, type Shop } from "../support/shops.ts";

const salesOf = (shop: Shop) =>
  rowsOf(
    "SELECT external_ref, total, lines, day FROM sales WHERE tenant_id = ? ORDER BY external_ref",
    shop.tenant.id,
  );

const rejectRows = async (shop: Shop, id: string): Promise<[number, string][]> =>
  (await rejectsOf(shop.admin.token, id))
    .trim()
    .split("\r\n")
    .slice(1)
    .map((line) => [Number(/^\d+/.exec(line)?.[0]), /^\d+,"(.*?)","/.exec(line)?.[1] ?? ""]);

const importOf = async (shop: Shop, id: string) =>
  (await call("GET", `${API}/imports/${id}`, { token: shop.admin.token })).body;

describe("a bad row", () => {
  it("holds back its invoice and no other, and the mended file completes it", async () => {
    const shop = await newShop();
    const rows = [
      { invoice: "1", sku: "A" },
      { invoice: "2", sku: "A" },
      { invoice: "1", sku: "B", quantity: 0 },
      { invoice: "1", sku: "C" },
    ];
    const done = await importFile(shop, fileOf(rows));
    expect(done).toMatchObject({ rows_read: 4, rows_accepted: 1, rows_rejected: 3, rows_known: 0 });
    expect(await rejectRows(shop, done.id)).toEqual([
      [2, "held: row 4 of invoice 1 was rejected"],
      [4, "Quantity is 0"],
      [5, "held: row 4 of invoice 1 was rejected"],
    ]);
    expect(await salesOf(shop)).toMatchObject([{ external_ref: "2", lines: 1 }]);
    const mended = rows.map((row) => ({ ...row, quantity: 1 }));
    expect(await importFile(shop, fileOf(mended))).toMatchObject({
      rows_accepted: 3,
      rows_known: 1,
      rows_rejected: 0,
    });
    expect(await salesOf(shop)).toMatchObject([
      { external_ref: "1", lines: 3, total: 300 },
      { external_ref: "2", lines: 1, total: 100 },
    ]);
  });

  it("of an unknown seller holds back its invoice", async () => {
    const shop = await newShop();
    const done = await importFile(
      shop,
      fileOf([
        { invoice: "1", seller: shop.admin.email },
        { invoice: "1", seller: "nobody@example.com" },
      ]),
    );
    expect(await rejectRows(shop, done.id)).toEqual([
      [2, "held: row 3 of invoice 1 was rejected"],
      [3, "no employee has the e-mail nobody@example.com"],
    ]);
    expect(await salesOf(shop)).toEqual([]);
  });

  it.each([
    ["day", { date: "2026-03-03 10:00" }, "the day 2026-03-02 in another row, and 2026-03-03"],
    ["customer", { customer: "8" }, "the customer 7 in another row, and 8"],
    ["country", { country: "France" }, "the country Spain in another row, and France"],
  ])("of another %s contradicts its invoice", async (_what, other, reason) => {
    const shop = await newShop();
    const row = { invoice: "1", customer: "7", country: "Spain" };
    const done = await importFile(shop, fileOf([row, { ...row, ...other }]));
    expect(await rejectRows(shop, done.id)).toEqual([
      [2, "held: row 3 of invoice 1 was rejected"],
      [3, `invoice 1 has ${reason} in this one`],
    ]);
    expect(await salesOf(shop)).toEqual([]);
  });
});

describe("an export that overlaps an earlier one", () => {
  const first = [
    { invoice: "1", sku: "A", price: "1.00" },
    { invoice: "1", sku: "A", price: "1.00" },
    { invoice: "2", sku: "B", price: "2.00", customer: "7" },
  ];

  it("adds what is new and counts what is known, in any order", async () => {
    const shop = await newShop();
    await importFile(shop, fileOf(first));
    const rows = [{ invoice: "3", sku: "A" }, ...first.toReversed()];
    expect(await importFile(shop, fileOf(rows))).toMatchObject({
      rows_accepted: 1,
      rows_known: 3,
      rows_rejected: 0,
    });
    expect((await salesOf(shop)).map(({ external_ref, lines }) => [external_ref, lines])).toEqual([
      ["1", 2],
      ["2", 1],
      ["3", 1],
    ]);
  });

  it("lists what differs and changes nothing of it", async () => {
    const shop = await newShop();
    await importFile(shop, fileOf(first));
    const before = await salesOf(shop);
    const differing = [
      ...first.slice(0, 2),
      { invoice: "1", sku: "A", price: "1.00" },
      { invoice: "2", sku: "B", price: "2.50", customer: "7" },
      { invoice: "2", sku: "B", price: "2.00", customer: "8" },
      { invoice: "2", sku: "B", price: "2.00", customer: "7", date: "2026-03-04 10:00" },
    ];
    const done = await importFile(shop, fileOf(differing));
    expect(done).toMatchObject({ rows_accepted: 0, rows_known: 2, rows_rejected: 4 });
    expect(await rejectRows(shop, done.id)).toEqual([
      [4, "invoice 1 already exists without this line"],
      [5, "invoice 2 already exists without this line"],
      [6, "invoice 2 already exists with another customer or country"],
      [7, "invoice 2 already exists with another day (2026-03-02)"],
    ]);
    expect(await salesOf(shop)).toEqual(before);
  });
});

describe("an invoice whose bad row is chunks after its first rows", () => {
  // Long rows make several chunks.
  const description = "x".repeat(440);
  const filler = (from: number) =>
    Array.from({ length: 1_500 }, (_, index) => ({ invoice: `F${from + index}`, description, sku: "F" }));
  const far = { invoice: "1", description, sku: "A" };
  const rows = [far, ...filler(0), far, ...filler(2_000), { ...far, quantity: 0 }, ...filler(4_000), far];
  const file = fileOf(rows);
  const reason = "held: row 3004 of invoice 1 was rejected";

  async function check(shop: Shop, id: string) {
    expect(await importOf(shop, id)).toMatchObject({
      status: "done",
      rows_read: 4_504,
      rows_accepted: 4_500,
      rows_rejected: 4,
    });
    expect(await rejectRows(shop, id)).toEqual([
      [2, reason],
      [1503, reason],
      [3004, "Quantity is 0"],
      [4505, reason],
    ]);
    const sales = await salesOf(shop);
    expect([sales.length, sales.some(({ external_ref }) => external_ref === "1")]).toEqual([4_500, false]);
    expect(await count("SELECT count(*) n FROM sale_lines WHERE tenant_id = ?", shop.tenant.id)).toBe(4_500);
    const days = await rowsOf("SELECT sales, revenue FROM daily_sales WHERE tenant_id = ?", shop.tenant.id);
    expect(days).toEqual([{ sales: 4_500, revenue: 450_000 }]);
    expect(
      await rowsOf("SELECT * FROM import_held WHERE tenant_id = ? AND import_id = ?", shop.tenant.id, id),
    ).toEqual([]);
  }

  it("is removed again, and all its rows are rejected with their text", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), file);
    expect(await runImport(shop.admin.ctx(), shop.tenant, id, 1)).toBe("more");
    await rebuildDirtyDays(shop.admin.ctx(), shop.tenant.id);
    await repeatUntil(async () => (await runImport(shop.admin.ctx(), shop.tenant, id, 1)) !== "more");
    await check(shop, id);
    expect(await rejectsOf(shop.admin.token, id)).toContain(`2,"${reason}","1,A,${description},1,`);
  });

  it.each(["before", "after"] as const)("survives crashes %s its batches", async (when) => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), file);
    let batches = 0;
    const crashing = between(shop.admin.ctx(), {
      [when]: () => {
        if ((batches += 1) % 4 === 1) throw new Error("killed");
      },
    });
    for (let runs = 0; runs < 60; runs += 1)
      if ((await runImport(crashing, shop.tenant, id).catch(() => "killed")) === "ended") break;
    await check(shop, id);
  });

  it("is removed once by two consumers", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), file);
    await Promise.all([1, 2].map(() => runImport(shop.admin.ctx(), shop.tenant, id)));
    await check(shop, id);
  });
});

describe("the second reading of a file", () => {
  // Rows of 60 KB, so that the ninth begins in one chunk and ends in the next.
  const notes = "x".repeat(60_000);
  const rows = Array.from({ length: 20 }, (_, at) => ({ invoice: `F${at}` })).map((row, at) =>
    at === 8 || at === 16 ? { invoice: "1" } : at === 17 ? { invoice: "1", quantity: 0 } : row,
  );
  const [header, ...lines] = fileOf(rows).trim().replaceAll(",", ";").split("\n");
  const file = `${header};Notes\n${lines.map((line) => `${line};${notes}\n`).join("")}`;
  // The 18th row is the first of its chunk.
  const expected = [
    [10, "held: row 19 of invoice 1 was rejected"],
    [18, "held: row 19 of invoice 1 was rejected"],
    [19, "Quantity is 0"],
  ];

  it("finds a row that begins in one chunk and ends in the next", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), file);
    expect(await runImport(shop.admin.ctx(), shop.tenant, id)).toBe("ended");
    expect(await importOf(shop, id)).toMatchObject({ status: "done", rows_accepted: 17, rows_rejected: 3 });
    expect(await rejectRows(shop, id)).toEqual(expected);
  });

  it("is left to another consumer that advances it meanwhile", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), file);
    for (let run = 0; run < 3; run += 1)
      expect(await runImport(shop.admin.ctx(), shop.tenant, id, 1)).toBe("more");
    const late = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth === 1) expect(await runImport(shop.admin.ctx(), shop.tenant, id)).toBe("ended");
      },
    });
    expect(await runImport(late, shop.tenant, id)).toBe("ended");
    expect(await importOf(shop, id)).toMatchObject({ status: "done", rows_accepted: 17, rows_rejected: 3 });
    expect(await rejectRows(shop, id)).toEqual(expected);
  });
});

describe("several invoices whose bad rows are in different chunks", () => {
  it("have each of their rows rejected once, by the first bad row of their own", async () => {
    const shop = await newShop();
    // Rows of 60 KB: the rows 10 and 18 are the first of their chunks.
    const notes = "x".repeat(60_000);
    const of = new Map([
      [2, { invoice: "1" }],
      [3, { invoice: "2" }],
      [10, { invoice: "1" }],
      [11, { invoice: "1", quantity: 0 }],
      [12, { invoice: "2" }],
      [18, { invoice: "2", quantity: 0 }],
    ]);
    const rows = Array.from({ length: 20 }, (_, at) => of.get(at + 2) ?? { invoice: `F${at}` });
    const [header, ...lines] = fileOf(rows).trim().split("\n");
    const file = `${header},Notes\n${lines.map((line) => `${line},${notes}\n`).join("")}`;
    const id = await storeImport(shop.admin.ctx(), file);
    expect(await runImport(shop.admin.ctx(), shop.tenant, id)).toBe("ended");
    expect(await importOf(shop, id)).toMatchObject({ status: "done", rows_accepted: 14, rows_rejected: 6 });
    expect(await rejectRows(shop, id)).toEqual([
      [2, "held: row 11 of invoice 1 was rejected"],
      [3, "held: row 18 of invoice 2 was rejected"],
      [10, "held: row 11 of invoice 1 was rejected"],
      [11, "Quantity is 0"],
      [12, "held: row 18 of invoice 2 was rejected"],
      [18, "Quantity is 0"],
    ]);
  });
});

describe("an invoice that was stored in part", () => {
  const description = "x".repeat(440);
  const filler = Array.from({ length: 1_500 }, (_, at) => ({ invoice: `F${at}`, description, sku: "F" }));
  const [first, bad] = [
    { invoice: "1", description, sku: "A" },
    { invoice: "1", description, sku: "A", quantity: 0 },
  ];

  it("and refunded meanwhile stays as it is, and only the bad row is rejected", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([first, ...filler, bad]));
    expect(await runImport(shop.admin.ctx(), shop.tenant, id, 1)).toBe("more");
    const [sale] = await rowsOf(
      `SELECT s.id, l.product_id FROM sales s JOIN sale_lines l ON l.tenant_id = s.tenant_id AND l.sale_id = s.id
        WHERE s.tenant_id = ? AND s.external_ref = '1'`,
      shop.tenant.id,
    );
    const refund = await call("POST", `${API}/sales/${String(sale?.["id"])}/refunds`, {
      token: shop.admin.token,
      json: {
        items: [{ product_id: sale?.["product_id"], quantity: 1 }],
        reason: "broken",
        payment_method: "card",
      },
    });
    expect(refund.status, refund.text).toBe(201);
    await repeatUntil(async () => (await runImport(shop.admin.ctx(), shop.tenant, id, 1)) !== "more");
    expect(await rejectRows(shop, id)).toEqual([[1503, "Quantity is 0"]]);
    expect(await rowsOf("SELECT id FROM sales WHERE id = ?", sale?.["id"])).toHaveLength(1);
  });

  it("is forgotten with the undo of its import, and a late message of this has no effect", async () => {
    const shop = await newShop();
    const id = await storeImport(shop.admin.ctx(), fileOf([first, ...filler, bad, ...filler]));
    for (let run = 0; run < 2; run += 1)
      expect(await runImport(shop.admin.ctx(), shop.tenant, id, 1)).toBe("more");
    const held = () => rowsOf("SELECT invoice FROM import_held WHERE tenant_id = ?", shop.tenant.id);
    expect(await held()).toEqual([{ invoice: "1" }]);
    await call("DELETE", `${API}/imports/${id}`, { token: shop.admin.token });
    const undone = await waitForImport(shop.admin.token, id);
    expect(await held()).toEqual([]);
    expect(undone.status).toBe("undone");
    expect(await runImport(shop.admin.ctx(), shop.tenant, id)).toBe("ended");
    expect(await waitForImport(shop.admin.token, id)).toEqual(undone);
  });
});

describe("the rejected rows as a file", () => {
  const fileOfRejects = async (shop: Shop, id: string): Promise<string> =>
    (await call("GET", `${API}/imports/${id}/rejects?format=file`, { token: shop.admin.token })).text;

  it("have the columns of the original and the reason, and complete the invoices once corrected", async () => {
    const shop = await newShop();
    await storeImport(shop.admin.ctx(), fileOf([{ invoice: "an earlier one" }]));
    const header = "Ticket;Referencia;Descripcion;Cantidad;Fecha;Precio;Cliente;Pais";
    const rows = [
      "1;A;=Uno;2;13/03/2026 10:00;1,50;7;España",
      '1;B;"Dos; y medio";x;13/03/2026 10:00;2,50;7;España',
      "2;A;Uno;1;13/03/2026 11:00;1,50;;España",
      "R-3;A;Uno;-1;14/03/2026 11:00;x;;España",
    ];
    const done = await importFile(shop, `${[header, ...rows].join("\r\n")}\r\n`);
    expect(done).toMatchObject({ rows_accepted: 1, rows_rejected: 3 });
    const file = await fileOfRejects(shop, done.id);
    const lines = file.trim().split("\r\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe(
      `${header
        .split(";")
        .map((name) => `"${name}"`)
        .join(";")};"reason"`,
    );
    expect(lines[1]).toBe(
      '"1";"A";"\'=Uno";"2";"13/03/2026 10:00";"1,50";"7";"España";"held: row 3 of invoice 1 was rejected"',
    );
    expect(lines[3]).toMatch(/^"R-3";"A";"Uno";"-1";/);
    const corrected = file.replace('"x";"13', '"1";"13').replace('"x";"";', '"1,50";"";');
    expect(await importFile(shop, corrected)).toMatchObject({
      ignored_columns: ["reason"],
      rows_accepted: 3,
      rows_rejected: 0,
    });
    expect(await salesOf(shop)).toMatchObject([
      { external_ref: "1", total: 550, lines: 2 },
      { external_ref: "2", total: 150 },
      { external_ref: "R-3", total: -150 },
    ]);
    const lineRows = await rowsOf(
      "SELECT description FROM sale_lines WHERE tenant_id = ? AND description LIKE '=%'",
      shop.tenant.id,
    );
    expect(lineRows).toEqual([{ description: "=Uno" }]);
  });

  it("say which of them are cut", async () => {
    const shop = await newShop();
    const row = (length: number) => {
      const line = (description: string) => lineOf({ quantity: 0, description });
      return line("x".repeat(length - line("").length));
    };
    const id = await storeImport(shop.admin.ctx(), `${COLUMNS}\n${row(1999)}\n${row(2001)}\n`);
    await runImport(shop.admin.ctx(), shop.tenant, id);
    const reasons = (await fileOfRejects(shop, id)).trim().split("\r\n").slice(1);
    expect(reasons.map((line) => /"([^"]*)"$/.exec(line)?.[1])).toEqual([
      "Description has more than 500 characters",
      "Description has more than 500 characters; the row is cut after 2000 characters",
    ]);
  });

  it("can be rejected again, with one reason", async () => {
    const shop = await newShop();
    const done = await importFile(shop, fileOf([{ invoice: "1", quantity: 0 }]));
    const file = await fileOfRejects(shop, done.id);
    const again = await importFile(shop, file);
    expect(again).toMatchObject({ rows_rejected: 1 });
    expect(await rejectRows(shop, again.id)).toEqual([[2, "Quantity is 0"]]);
    expect(await fileOfRejects(shop, again.id)).toBe(file);
  });
});
