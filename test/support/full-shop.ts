// A shop of which each list of the API has an item.
import { z } from "zod";
import { storePin } from "./approvals.ts";
import { newSecretKey } from "./api-keys.ts";
import { busyShop } from "./busy-shop.ts";
import { change } from "./change.ts";
import { API, call } from "./client.ts";
import { rowsOf } from "./d1.ts";
import { mailsTo } from "./mails.ts";
import { buyOne } from "./purchases.ts";
import { newProduct, type Shop } from "./shops.ts";

async function send({ admin }: Shop, method: string, path: string, json: unknown): Promise<void> {
  const { status, text } = await call(method, `${API}${path}`, { token: admin.token, json });
  if (status >= 300) throw new Error(`${method} ${path}: ${text}`);
}

async function addDeskRows(shop: Shop): Promise<void> {
  const [tenant, now] = [shop.tenant.id, new Date().toISOString()];
  const [shift] = await rowsOf("SELECT id FROM shifts WHERE tenant_id = ? AND end_at IS NULL", tenant);
  await send(shop, "POST", "/shifts/current/cash", { kind: "paid_in", amount: 500, reason: "change" });
  await send(shop, "POST", "/shifts/current/activity", {
    events: [{ at: new Date().toISOString(), platform: "phone", kind: "call" }],
  });
  await change(
    "INSERT INTO alerts (tenant_id, id, kind, shift_id, user_id, opened_at) VALUES (?, 'alert', 'idle', ?, ?, ?)",
    tenant,
    shift?.["id"],
    shop.admin.id,
    now,
  );
}

const IDS = z.array(z.object({ shift: z.string(), customer: z.string(), product: z.string() })).length(1);

/** The open shift, a customer and a product of a busy shop that have rows in lists of their own. */
export async function listedIds({
  tenant,
}: Shop): Promise<{ shift: string; customer: string; product: string }> {
  const rows = await rowsOf(
    `SELECT (SELECT shift_id FROM cash_moves WHERE tenant_id = ?1) AS shift,
      (SELECT customer_id FROM sales WHERE tenant_id = ?1 AND customer_id IS NOT NULL AND channel = 'counter' LIMIT 1) AS customer,
      (SELECT product_id FROM sale_lines WHERE tenant_id = ?1 ORDER BY sale_id LIMIT 1) AS product`,
    tenant.id,
  );
  const [ids] = IDS.parse(rows);
  if (!ids) throw new Error("The shop is not full.");
  return ids;
}

/** A busy shop with what only some shops have: an invitation, a PIN, an API key, a mapping, cash moves, alerts, purchases and so on. */
export async function fullShop(): Promise<Shop> {
  const shop = await busyShop();
  const [tenant, now] = [shop.tenant.id, new Date().toISOString()];
  await storePin(shop.tenant, shop.admin);
  await newSecretKey(shop, "sales:read");
  await send(shop, "POST", "/users/invitations", {
    email: "luz@example.com",
    role: "EMPLOYEE",
    first_name: "Luz",
    last_name: "Mar",
  });
  await mailsTo(shop, "");
  await send(shop, "PUT", "/import-mappings", {
    name: "till",
    kind: "sales",
    mapping: { columns: { InvoiceNo: "Bon" }, dates: "dmy" },
  });
  await addDeskRows(shop);
  const product = await newProduct(shop, { stock: 9 });
  await buyOne(shop.admin.token, product.id);
  await change(
    `INSERT INTO stock_discrepancies (tenant_id, id, product_id, sale_id, missing, created_at)
      SELECT tenant_id, 'missing', ?, id, 1000, ? FROM sales WHERE tenant_id = ? LIMIT 1`,
    product.id,
    now,
    tenant,
  );
  await change(
    `INSERT INTO dead_letters (tenant_id, id, message_id, event_id, queue, body, created_at)
      SELECT tenant_id, 'letter', 'message', id, 'events', '{}', ? FROM events WHERE tenant_id = ? LIMIT 1`,
    now,
    tenant,
  );
  return shop;
}
