// A client of the API for benchmarks and attacks.
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ShopFacts } from "../src/auth/shop-facts.ts";

export const API = "/api/v1";

/** The time zone of the shops that sign up. */
export const TIMEZONE = "Europe/London";

export const PASSWORD = "correct horse battery";

/** A shop and its ADMIN's token, as request headers. */
export type Shop = { url: string; slug: string; headers: Record<string, string> };

export async function request(url: string, path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`${url}${API}${path}`, init);
  if (!response.ok)
    throw new Error(`${init.method ?? "GET"} ${path}: ${response.status} ${await response.text()}`);
  return response;
}

const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { ...headers, "content-type": "application/json" },
  body: JSON.stringify(body),
});

export async function signUp(url: string, slug: string): Promise<Shop> {
  const admin = { email: "ana@example.com", password: PASSWORD, first_name: "Ana", last_name: "Sol" };
  await request(url, "/tenants", json({ slug, name: slug, currency: "GBP", timezone: TIMEZONE, admin }));
  return signIn(url, slug);
}

/** Signs in. A token lives ten minutes: sign in again before a long run. */
export async function signIn(url: string, slug: string): Promise<Shop> {
  const response = await request(
    url,
    "/auth/login",
    json({ tenant: slug, email: "ana@example.com", password: PASSWORD }),
  );
  const { access_token } = z.object({ access_token: z.string() }).parse(await response.json());
  return { url, slug, headers: { authorization: `Bearer ${access_token}` } };
}

const claims = z.object({ sub: z.string(), tenant: z.string(), sid: z.string(), shop: ShopFacts });

/** User, shop, login and facts of the shop of the token. */
export function actorOf(shop: Shop): z.infer<typeof claims> {
  const payload = shop.headers["authorization"]?.split(".")[1] ?? "";
  return claims.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
}

/** Adds a product with more stock than any run sells. Returns its id. */
export async function addProduct(shop: Shop, sku = "BENCH"): Promise<string> {
  const body = { sku, title: "A book that sells", price: 1999, stock: 1_000_000_000 };
  const response = await request(shop.url, "/products", json(body, shop.headers));
  return z.object({ id: z.string() }).parse(await response.json()).id;
}

const importState = z.object({
  id: z.string(),
  status: z.enum(["queued", "running", "done", "failed"]),
  rows_read: z.number(),
  rows_accepted: z.number(),
  rows_rejected: z.number(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
});

/** Uploads the gzipped file and waits until it is imported; `seconds` count from the first byte. */
export async function importFile(shop: Shop, kind: "sales" | "products", file: Buffer<ArrayBuffer>) {
  const begin = performance.now();
  const headers = { ...shop.headers, "content-type": "text/csv", "content-encoding": "gzip" };
  const response = await request(shop.url, `/imports?kind=${kind}`, { method: "POST", headers, body: file });
  let state = importState.parse(await response.json());
  while (state.status === "queued" || state.status === "running") {
    await sleep(200);
    const now = await request(shop.url, `/imports/${state.id}`, { headers: shop.headers });
    state = importState.parse(await now.json());
  }
  if (state.status === "failed") throw new Error("the import failed");
  return { ...state, seconds: (performance.now() - begin) / 1000 };
}

/** A request to the API; the path begins after /api/v1. */
export type Sample = { path: string; init: RequestInit };

/** Sells one piece. */
export const saleOf = (shop: Shop, productId: string): RequestInit =>
  json(
    { items: [{ product_id: productId, quantity: 1 }] },
    { ...shop.headers, "idempotency-key": crypto.randomUUID() },
  );
