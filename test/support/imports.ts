// Files of sales, and imports that run over HTTP or step by step.
import { env } from "cloudflare:workers";
import { z } from "zod";
import type { ActorCtx } from "../../src/platform/context.ts";
import { startImport } from "../../src/imports/start.ts";
import { API, call } from "./client.ts";
import { rowsOf } from "./d1.ts";
import { recording } from "./queues.ts";
import type { Shop } from "./shops.ts";

export const COLUMNS = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

type Row = Partial<
  Record<"invoice" | "sku" | "description" | "date" | "price" | "customer" | "country" | "seller", string>
> & {
  quantity?: number | string;
};

/** A line of the file in the order of COLUMNS, with the seller as a ninth field if given. */
export function lineOf(row: Row): string {
  const {
    invoice = "1",
    sku = "A",
    description = "A thing",
    quantity = 1,
    date = "2026-03-02 10:00:00",
    price = "1.00",
  } = row;
  const fields = [
    invoice,
    sku,
    description,
    String(quantity),
    date,
    price,
    row.customer ?? "",
    row.country ?? "",
  ];
  return [...fields, ...(row.seller === undefined ? [] : [row.seller])].join(",");
}

/** A complete file of these rows, with a Seller column if the first row has a seller. */
export const fileOf = (rows: Row[]): string =>
  [rows[0]?.seller === undefined ? COLUMNS : `${COLUMNS},Seller`, ...rows.map(lineOf), ""].join("\n");

type Kind = "sales" | "products";

/** Uploads a file. */
export const uploadFile = (
  token: string,
  raw: BodyInit,
  headers: Record<string, string> = {},
  kind: Kind = "sales",
  query = "",
) =>
  call("POST", `${API}/imports?kind=${kind}${query}`, {
    token,
    raw,
    headers: { "content-type": "text/csv", ...headers },
  });

/** Waits for an import to end and returns it. */
export async function waitForImport(token: string, id: string, seconds = 25) {
  for (let waited = 0; waited < seconds * 20; waited += 1) {
    const { body } = await call("GET", `${API}/imports/${id}`, { token });
    if (body.finished_at !== null) return body;
    await scheduler.wait(50);
  }
  throw new Error(`import ${id} did not end`);
}

/** Imports a file through the real queue and waits for it to end. */
export async function importFile(shop: Shop, raw: BodyInit, kind: Kind = "sales") {
  const started = await uploadFile(shop.admin.token, raw, {}, kind);
  if (started.status !== 202) throw new Error(started.text);
  return waitForImport(shop.admin.token, started.body.id);
}

/** Waits until the figures of the shop's days and months are built, which follows an import. */
export async function waitForFigures(shop: Shop): Promise<void> {
  const unbuilt = `SELECT 1 FROM dirty_days WHERE tenant_id = ?1 UNION ALL SELECT 1 FROM unbuilt_months WHERE tenant_id = ?1 AND month < date('now', '-1 day', 'start of month')
    UNION ALL SELECT 1 FROM dirty_product_days WHERE tenant_id = ?1 AND is_built = 0`;
  for (let waited = 0; waited < 600; waited += 1) {
    if ((await rowsOf(unbuilt, shop.tenant.id)).length === 0) return;
    await scheduler.wait(50);
  }
  throw new Error("the figures were not built");
}

/** The rejected rows as CSV. */
export const rejectsOf = async (token: string, id: string): Promise<string> =>
  (await call("GET", `${API}/imports/${id}/rejects`, { token })).text;

/** Starts an import without sending its message, so that the test can run it. Returns its id. */
export async function storeImport(ctx: ActorCtx, file: string, kind: Kind = "sales"): Promise<string> {
  const body = new Blob([file]).stream();
  const { value } = await startImport(recording(ctx, "IMPORTS").ctx, kind, body, undefined);
  return value.id;
}

export const gzip = (text: string): Promise<ArrayBuffer> =>
  new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();

/** The keys of the shop's files in the bucket. */
export const filesOf = async (shop: Shop): Promise<string[]> =>
  (await env.FILES.list({ prefix: `imports/${shop.tenant.id}/` })).objects.map((object) => object.key);

const Totals = z.looseObject({
  lines: z.number(),
  invoices: z.number(),
  customers: z.number(),
  products_case_folded: z.number(),
  countries: z.number(),
  units: z.number(),
  revenue_lines_rounded_to_pence: z.string(),
});

const CountryRow = z.looseObject({
  country: z.string(),
  customers: z.number(),
  units: z.number(),
  revenue: z.string(),
});

const Truth = z.looseObject({
  all_rows: z.looseObject({
    totals: Totals,
    monthly: z.looseObject({
      rows: z.array(z.looseObject({ month: z.string(), units: z.number(), revenue: z.string() })),
    }),
    countries_by_revenue_top10: z.looseObject({ rows: z.array(CountryRow) }),
  }),
  dirty: z.looseObject({ cancelled_C_invoices: z.number() }),
  first_10k_rows: z.looseObject({
    all_rows: z.looseObject({
      totals: Totals,
      countries_all: z.looseObject({ rows: z.array(CountryRow) }),
      daily_all: z.looseObject({
        rows: z.array(z.tuple([z.string(), z.number(), z.number(), z.number(), z.string()])),
      }),
    }),
  }),
});

const text = (bytes: ArrayBuffer): string => new TextDecoder().decode(bytes);

/** The known totals of the Online Retail data set. */
export const retailTruth = (bytes: ArrayBuffer) => Truth.parse(JSON.parse(text(bytes)));

/** Pounds with three decimals as pence, rounded half up: `-12.345` is -1235. */
export const pence = (pounds: string): number => {
  const thousandths = Number(pounds.replace(".", ""));
  return Math.sign(thousandths) * Math.round(Math.abs(thousandths) / 10);
};
