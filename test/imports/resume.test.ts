// A consumer may be killed anywhere, come twice, or meet another one: each row is stored once, and none is missing.
import { describe, expect, it } from "vitest";
import type { ActorCtx } from "../../src/platform/context.ts";
import { runImport } from "../../src/imports/consume.ts";
import { API, call } from "../support/client.ts";
import { between, count, failureOf, rowsOf } from "../support/d1.ts";
import { ended, fileOf, importFile, stored } from "../support/imports.ts";
import { newShop, type Shop } from "../support/shops.ts";

const ROWS = 3000;

// Long lines make three pieces of it. Each invoice has three lines that stand far from each other, every tenth row is refused.
const rows = Array.from({ length: ROWS }, (_, index) => ({
  invoice: String(index % (ROWS / 3)),
  sku: `S${index % 50}`,
  description: "x".repeat(440),
  quantity: index % 10 === 9 ? 0 : 1 + (index % 3),
  price: `${index % 7}.335`,
  customer: String(index % 40),
  country: ["Spain", "France"][index % 2] ?? "",
  date: `2026-0${1 + (index % 3)}-1${index % 10} 10:00`,
}));
const file = fileOf(rows);

/** Everything that an import leaves. */
async function resultOf(shop: Shop) {
  const of = (query: string) => rowsOf(query, shop.tenant.id);
  return {
    state: await of(
      "SELECT status, bytes_read = bytes_total AS whole, rows_read, rows_accepted, rows_rejected FROM imports WHERE tenant_id = ?",
    ),
    sales: await of(
      "SELECT external_ref, total, units, lines, day, customer_ref FROM sales WHERE tenant_id = ? ORDER BY external_ref",
    ),
    lines: await of(`SELECT s.external_ref, l.line_no, l.sku, l.quantity, l.subtotal FROM sale_lines l
      JOIN sales s ON s.tenant_id = l.tenant_id AND s.id = l.sale_id WHERE l.tenant_id = ? ORDER BY 1, 2`),
    rejects: await of("SELECT row, reason FROM import_rejects WHERE tenant_id = ? ORDER BY row"),
    days: await of(
      "SELECT day, sales, lines, units, revenue FROM daily_sales WHERE tenant_id = ? ORDER BY day",
    ),
    dirty: await of("SELECT day FROM dirty_days WHERE tenant_id = ?"),
  };
}

let expected: ReturnType<typeof resultOf> | undefined;

/** What an import that nothing disturbs leaves. */
function undisturbed() {
  expected ??= (async () => {
    const shop = await newShop();
    await importFile(shop, file);
    return resultOf(shop);
  })();
  return expected;
}

/** A consumer that dies at its n-th piece, before or after the piece is committed. */
const dying = (ctx: ActorCtx, piece: number, when: "before" | "after") =>
  between(ctx, {
    [when]: (nth: number) => {
      // Each piece is looked up in one batch and written in the next.
      if (nth === 2 * piece) throw new Error("killed");
    },
  });

describe("an import of several pieces", () => {
  it("adds up, with invoices that go on in later pieces", async () => {
    const { state, sales, lines, rejects, dirty } = await undisturbed();
    expect(state).toEqual([
      { status: "done", whole: 1, rows_read: ROWS, rows_accepted: 2700, rows_rejected: 300 },
    ]);
    expect(lines.length).toBe(2700);
    expect(rejects.map(({ row }) => row)).toEqual(Array.from({ length: 300 }, (_, index) => 11 + 10 * index));
    expect(dirty).toEqual([]);
    const byInvoice = Map.groupBy(lines, (line) => line.external_ref);
    expect(sales.length).toBe(byInvoice.size);
    for (const sale of sales) {
      const own = byInvoice.get(sale.external_ref) ?? [];
      expect(own.map((line) => line.line_no)).toEqual(own.map((_, index) => index + 1));
      expect(own.reduce((sum, line) => sum + Number(line.subtotal), 0)).toBe(sale.total);
      expect([own.length, own.reduce((sum, line) => sum + Number(line.quantity), 0)]).toEqual([
        sale.lines,
        sale.units,
      ]);
    }
    const units = rows.reduce((sum, row) => sum + row.quantity, 0);
    expect(sales.reduce((sum, sale) => sum + Number(sale.units), 0)).toBe(units);
  });

  it.each([
    [1, "before"],
    [2, "before"],
    [3, "before"],
    [1, "after"],
    [2, "after"],
    [3, "after"],
  ] as const)(
    "goes on as if nothing had been, killed at piece %i %s it was committed",
    async (piece, when) => {
      const shop = await newShop();
      const id = await stored(shop.admin.ctx(), file);
      expect(await failureOf(runImport(dying(shop.admin.ctx(), piece, when), shop.tenant, id))).toMatchObject(
        { message: "killed" },
      );
      expect(await runImport(shop.admin.ctx(), shop.tenant, id)).toBe("ended");
      expect(await resultOf(shop)).toEqual(await undisturbed());
    },
  );

  it("goes on where it was killed in the roll-up after its last piece", async () => {
    const shop = await newShop();
    const id = await stored(shop.admin.ctx(), file);
    expect(await failureOf(runImport(dying(shop.admin.ctx(), 3.5, "after"), shop.tenant, id))).toMatchObject({
      message: "killed",
    });
    expect(await runImport(shop.admin.ctx(), shop.tenant, id)).toBe("ended");
    expect(await resultOf(shop)).toEqual(await undisturbed());
  });

  it("asks for another message after as many statements as one may send, and ends the same", async () => {
    const shop = await newShop();
    const id = await stored(shop.admin.ctx(), file);
    const answers: string[] = [];
    while (answers.at(-1) !== "ended") answers.push(await runImport(shop.admin.ctx(), shop.tenant, id, 1));
    expect(answers).toEqual(["more", "more", "ended"]);
    expect(await resultOf(shop)).toEqual(await undisturbed());
  });

  it("read by two consumers at once is stored once", async () => {
    const shop = await newShop();
    const id = await stored(shop.admin.ctx(), file);
    const both = await Promise.allSettled([1, 2].map(() => runImport(shop.admin.ctx(), shop.tenant, id)));
    expect(both.map((each) => each.status)).toEqual(["fulfilled", "fulfilled"]);
    expect(await resultOf(shop)).toEqual(await undisturbed());
  });

  it("met by a second consumer between its read and its batch leaves the piece to that one", async () => {
    const shop = await newShop();
    const id = await stored(shop.admin.ctx(), file);
    const late = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth === 2) await runImport(shop.admin.ctx(), shop.tenant, id);
      },
    });
    expect(await runImport(late, shop.tenant, id)).toBe("ended");
    expect(await resultOf(shop)).toEqual(await undisturbed());
  });

  it("that has ended is not read again", async () => {
    const shop = await newShop();
    const done = await importFile(shop, fileOf([{ invoice: "1" }]));
    expect(await runImport(shop.admin.ctx(), shop.tenant, done.id)).toBe("ended");
    expect(await ended(shop.admin.token, done.id)).toEqual(done);
    expect(await count("SELECT count(*) n FROM sale_lines WHERE tenant_id = ?", shop.tenant.id)).toBe(1);
  });
});

describe("two imports with the same invoice at once", () => {
  it("give it to one; the other refuses its row when it tries again", async () => {
    const shop = await newShop();
    const [one, two] = [
      fileOf([{ invoice: "1", price: "1" }]),
      fileOf([
        { invoice: "1", price: "2" },
        { invoice: "2", price: "4" },
      ]),
    ];
    const [first, second] = [await stored(shop.admin.ctx(), one), await stored(shop.admin.ctx(), two)];
    const late = between(shop.admin.ctx(), {
      before: async (nth) => {
        if (nth === 2) await runImport(shop.admin.ctx(), shop.tenant, first);
      },
    });
    expect(await failureOf(runImport(late, shop.tenant, second))).toBeInstanceOf(Error);
    expect(await runImport(shop.admin.ctx(), shop.tenant, second)).toBe("ended");
    const { body } = await call("GET", `${API}/imports/${second}`, { token: shop.admin.token });
    expect(body).toMatchObject({ status: "done", rows_accepted: 1, rows_rejected: 1 });
    expect(await count("SELECT sum(total) n FROM sales WHERE tenant_id = ?", shop.tenant.id)).toBe(500);
  });
});
