// Completed sales and refunds, inserted as rows so that a test decides every amount.
import { env } from "cloudflare:workers";
import { newId } from "../../src/values/ids.ts";
import { API, call } from "./client.ts";
import type { Shop } from "./shops.ts";

export type Rate = { id: string; rate: number };

/** A line of a sale: `quantity` is thousandths, `discount` minor units; without `rate` it has no tax. */
export type SoldLine = {
  description: string;
  quantity?: number;
  unit?: string;
  price: number;
  list?: number;
  discount?: number;
  discount_reason?: string;
  rate?: Rate | null;
};

type Sold = {
  lines: SoldLine[];
  includesTax?: boolean;
  payments?: { method: string; amount?: number; tendered?: number }[];
  fields?: Record<string, string | number | null>;
};

/** Rounds half away from zero. */
const round = (value: number): number => Math.sign(value) * Math.round(Math.abs(value));

const insert = (table: string, row: Record<string, string | number | null>) =>
  env.DB.prepare(
    `INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${Object.keys(row)
      .map(() => "?")
      .join(", ")})`,
  ).bind(...Object.values(row));

/** Changes columns of the shop. */
export async function changeShop(shop: Shop, fields: Record<string, string | number | null>): Promise<void> {
  const changes = Object.keys(fields).map((name) => `${name} = ?`);
  await env.DB.prepare(`UPDATE tenants SET ${changes.join(", ")} WHERE id = ?`)
    .bind(...Object.values(fields), shop.tenant.id)
    .run();
}

/** Adds a tax rate; `rate` is in hundred-thousandths. */
export async function newRate(shop: Shop, name: string, rate: number): Promise<Rate> {
  const id = newId();
  const created_at = "2026-01-01T00:00:00.000Z";
  await insert("tax_rates", { tenant_id: shop.tenant.id, id, name, rate, created_at }).run();
  return { id, rate };
}

const columnsOf = (line: SoldLine, includesTax: boolean) => {
  const { quantity = 1000, discount = 0, rate = null, price } = line;
  const amount = round((quantity * price) / 1000) - discount;
  if (rate === null) return { tax_rate_id: null, tax_rate: null, tax: 0, subtotal: amount };
  const tax = round((amount * rate.rate) / (includesTax ? 100_000 + rate.rate : 100_000));
  return { tax_rate_id: rate.id, tax_rate: rate.rate, tax, subtotal: includesTax ? amount : amount + tax };
};

/** Inserts a completed counter sale of 22 November 2026, paid in cash unless `payments` says otherwise; returns its id. */
export async function insertSale(
  shop: Shop,
  { lines, includesTax = true, payments = [{ method: "cash" }], fields = {} }: Sold,
): Promise<string> {
  const tenant_id = shop.tenant.id;
  const id = newId();
  const product_id = newId();
  const placed_at = "2026-11-22T11:34:00.000Z";
  const rows = lines.map((line, index) => ({
    line_no: index + 1,
    sku: `SKU-${index + 1}`,
    description: line.description,
    quantity: line.quantity ?? 1000,
    unit: line.unit ?? "piece",
    list_price: line.list ?? line.price,
    unit_price: line.price,
    discount: line.discount ?? 0,
    discount_reason: line.discount_reason ?? null,
    ...columnsOf(line, includesTax),
  }));
  const sum = (name: "subtotal" | "tax" | "discount" | "quantity") =>
    rows.reduce((total, row) => total + row[name], 0);
  const created = { created_at: placed_at, updated_at: placed_at };
  const rounding = Number(fields["rounding"] ?? 0);
  await env.DB.batch([
    insert("products", {
      tenant_id,
      id: product_id,
      sku: `P-${product_id}`,
      title: "A book",
      price: 1,
      ...created,
    }),
    insert("sales", {
      tenant_id,
      id,
      kind: "sale",
      channel: "counter",
      status: "completed",
      seller_id: shop.admin.id,
      total: sum("subtotal"),
      tax: sum("tax"),
      discount: sum("discount"),
      units: sum("quantity"),
      lines: rows.length,
      placed_at,
      day: "2026-11-22",
      created_at: placed_at,
      ...fields,
    }),
    ...rows.map((row) => insert("sale_lines", { tenant_id, sale_id: id, product_id, ...row })),
    ...payments.map(({ method, amount = sum("subtotal") + rounding, tendered }, index) =>
      insert("sale_payments", {
        tenant_id,
        sale_id: id,
        payment_no: index + 1,
        method,
        amount,
        tendered: tendered ?? null,
      }),
    ),
  ]);
  return id;
}

/** Requests a receipt, as the ADMIN unless a token is given. */
export const receiptOf = (shop: Shop, id: string, query = "", token = shop.admin.token) =>
  call("GET", `${API}/sales/${id}/receipt?${query}`, { token });
