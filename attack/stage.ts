// Starts a Worker with two shops for an attack. One has data for every operation; both are deleted afterwards.
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { z } from "zod";
import type { Workspace } from "../bench/workspace.ts";
import { createAccounts, tokenOf, type Account } from "../bench/accounts.ts";
import { migrate, appWorker, type Runtime, type Worker } from "../bench/runtime.ts";
import { actorOf, importFile, PASSWORD, signUp, type Shop } from "../bench/client.ts";
import type { Role } from "../src/platform/context.ts";
import { newId } from "../src/values/ids.ts";
import { image } from "../test/support/images.ts";

/** Ids by the path before the id: those under `/api/v1/sales` are valid in `/api/v1/sales/{id}`. */
export type Pools = Map<string, string[]>;

export type Stage = {
  runtime: Runtime;
  worker: Worker;
  url: string;
  shop: Shop;
  tenant: string;
  people: Record<Role, Account>;
  /** An ADMIN of the other shop. */
  stranger: Account;
  pools: Pools;
};

const created = z.looseObject({ id: z.string() });
const list = z.object({
  data: z.array(z.looseObject({ id: z.string().optional(), key: z.string().optional() })),
});

// More than there are operations on one kind of resource, so that each operation can use a resource that no other one changes.
const PER_KIND = 12;
const LOGINS = 2;

/** Pools of values that have no path: refresh tokens, and URLs that receive webhooks. */
export const REFRESH_TOKENS = "refresh tokens";
export const RECEIVER = "receiver";

export const SALES_CSV = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536366,22633,HAND WARMER,6,2010-12-02 08:28:00,1.85,17850,France
C536379,22633,HAND WARMER,-1,2010-12-03 09:41:00,1.85,17850,France
`;

/** Sends a request as this user and returns the JSON of its response; throws if the request is refused. */
export async function requestAs(
  stage: Stage,
  account: Account,
  method: string,
  path: string,
  json?: unknown,
): Promise<unknown> {
  const headers: Record<string, string> = { authorization: `Bearer ${await tokenOf(stage.worker, account)}` };
  if (json !== undefined) headers["content-type"] = "application/json";
  if (method === "POST") headers["idempotency-key"] = crypto.randomUUID();
  const body = json === undefined ? null : JSON.stringify(json);
  const response = await fetch(`${stage.url}/api/v1${path}`, { method, headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}

/** Adds an id to the pool of a path. */
export function addToPool({ pools }: Stage, path: string, id: string): void {
  const pool = pools.get(path);
  if (pool) pool.push(id);
  else pools.set(path, [id]);
}

/** Creates a user of the shop; returns it with its Authorization header. */
export async function createUser({ runtime, worker, tenant }: Stage, role: Role) {
  const [person] = await createAccounts(runtime, tenant, role, 1);
  if (!person) throw new Error("no account was created");
  return { person, authorization: `Bearer ${await tokenOf(worker, person)}` };
}

async function create(
  stage: Stage,
  account: Account,
  path: string,
  json: unknown,
  pool = path,
): Promise<string> {
  const { id } = created.parse(await requestAs(stage, account, "POST", path, json));
  addToPool(stage, `/api/v1${pool}`, id);
  return id;
}

/** Creates through the API: products, sales, purchases, payments, webhooks and staff. */
async function createResources(stage: Stage): Promise<void> {
  const { ADMIN, CUSTOMER } = stage.people;
  // One customer at one address buys more than people do.
  await requestAs(stage, ADMIN, "PATCH", "/settings", {
    pending_orders_per_customer: 1_000_000,
    pending_units_per_customer: 1_000_000,
    pending_orders_per_address: 1_000_000,
    pending_units_per_address: 1_000_000,
  });
  for (let count = 0; count < PER_KIND; count += 1) {
    const product = {
      sku: `A-${count}`,
      title: `The book ${count}`,
      price: 1500,
      stock: 1_000_000,
      category: "Novel",
      author: "Eva Mar",
      language: "es",
    };
    const product_id = await create(stage, ADMIN, "/products", product);
    const items = [{ product_id, quantity: 2 }];
    await create(stage, ADMIN, "/sales", { items });
    for (let purchase = 0; purchase < 3; purchase += 1) {
      await requestAs(stage, CUSTOMER, "POST", "/cart/items", { product_id, quantity: 1 });
      await create(stage, CUSTOMER, "/purchases/checkout", { payment_method: "card" }, "/purchases");
    }
    const paid = stage.pools.get("/api/v1/purchases")?.pop();
    await requestAs(stage, ADMIN, "POST", `/purchases/${paid}/confirm`);
    await create(stage, ADMIN, "/webhooks", { url: stage.pools.get(RECEIVER)?.[0], event_types: ["*"] });
    const email = `staff-${count}@example.com`;
    await create(stage, ADMIN, "/users", {
      email,
      role: "EMPLOYEE",
      password: PASSWORD,
      first_name: "Eva",
      last_name: "Mar",
    });
  }
  const payments = list.parse(await requestAs(stage, ADMIN, "GET", "/payments?limit=100"));
  for (const { id } of payments.data) if (id) addToPool(stage, "/api/v1/payments", id);
}

/** Signs the first ADMIN in for refresh tokens, each of which works once. */
async function createRefreshTokens(stage: Stage): Promise<void> {
  const body = JSON.stringify({ tenant: "attack", email: "ana@example.com", password: PASSWORD });
  for (let count = 0; count < LOGINS; count += 1) {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${stage.url}/api/v1/auth/login`, { method: "POST", headers, body });
    const { refresh_token } = z.object({ refresh_token: z.string() }).parse(await response.json());
    addToPool(stage, REFRESH_TOKENS, refresh_token);
  }
}

/** Imports sales and builds the lake from them. */
async function createImportAndLake(stage: Stage): Promise<void> {
  const { ADMIN } = stage.people;
  const { id } = await importFile(stage.shop, "sales", Buffer.from(gzipSync(SALES_CSV)));
  addToPool(stage, "/api/v1/imports", id);
  await requestAs(stage, ADMIN, "POST", "/lake/run");
  for (;;) {
    const files = list.parse(
      await requestAs(stage, ADMIN, "GET", "/lake/files?dataset=purchases&to=2010-12-31"),
    );
    if (files.data.length >= 3) {
      for (const { key } of files.data) if (key) addToPool(stage, "/api/v1/lake/files", key);
      return;
    }
    await sleep(200);
  }
}

const hoursAgo = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

/** Inserts rows that the API creates only over time or after a failure: old shifts, dead letters, sessions and due refunds. Uploads a cover, too. */
async function insertRows(stage: Stage): Promise<void> {
  const db = await stage.runtime.miniflare.getD1Database("DB");
  const { tenant, people } = stage;
  for (let count = 0; count < PER_KIND; count += 1) {
    const [person] = await createAccounts(stage.runtime, tenant, "EMPLOYEE", 1);
    const [status, end] = count % 2 === 1 ? ["CLOSED", hoursAgo(1)] : ["OPEN", null];
    const [shift, letter, event] = [newId(), newId(), newId()];
    await db.batch([
      db
        .prepare(
          `INSERT INTO shifts (tenant_id, id, user_id, status, start_at, day, end_at, opening_cash, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)`,
        )
        .bind(tenant, shift, person?.id, status, hoursAgo(5), hoursAgo(5).slice(0, 10), end, hoursAgo(5)),
      db
        .prepare(
          `INSERT INTO dead_letters (tenant_id, id, message_id, event_id, queue, body, created_at)
            VALUES (?, ?, ?, ?, 'events', ?, ?)`,
        )
        .bind(
          tenant,
          letter,
          letter,
          event,
          JSON.stringify({ tenant_id: tenant, event_id: event }),
          hoursAgo(1),
        ),
    ]);
    addToPool(stage, "/api/v1/shifts", shift);
    addToPool(stage, "/api/v1/events/dead-letters", letter);
  }
  for (let count = 0; count < PER_KIND; count += 1) {
    const session = newId();
    await db
      .prepare(
        `INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, created_at, expires_at)
          VALUES (?, ?, 1, ?, '', ?, '9999-12-31T00:00:00.000Z')`,
      )
      .bind(tenant, session, people.ADMIN.id, hoursAgo(1))
      .run();
    addToPool(stage, "/api/v1/auth/sessions", session);
  }
  // As if the payments had succeeded after their purchases were cancelled.
  await db.prepare("UPDATE payments SET status = 'refund_due'").run();
  const product = stage.pools.get("/api/v1/products")?.at(-1);
  const token = await tokenOf(stage.worker, people.ADMIN);
  const headers = { authorization: `Bearer ${token}`, "content-type": "image/png" };
  const cover = await fetch(`${stage.url}/api/v1/products/${product}/cover`, {
    method: "PUT",
    headers,
    body: image("png"),
  });
  if (!cover.ok) throw new Error(`The cover was refused: ${cover.status} ${await cover.text()}`);
  const { cover_image_url } = z.object({ cover_image_url: z.string() }).parse(await cover.json());
  const [file = "", owner = ""] = cover_image_url.split("/").toReversed();
  addToPool(stage, "/api/v1/covers", owner);
  addToPool(stage, "file", file);
  for (const endpoint of stage.pools.get("/api/v1/webhooks") ?? []) {
    const log = list.parse(
      await requestAs(stage, people.ADMIN, "GET", `/webhooks/${endpoint}/deliveries?limit=1`),
    );
    addToPool(stage, "/deliveries", log.data[0]?.id ?? "");
  }
}

/** Starts a server that answers every request with 200 and does not keep the process alive; returns its URL. */
async function startReceiver(): Promise<string> {
  const server = createServer((request, response) => void request.resume().on("end", () => response.end()));
  await once(server.listen(0, "127.0.0.1").unref(), "listening");
  return `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}/`;
}

/** Starts the Worker and creates the shops and their data. */
export async function prepareStage({ folder, startWorker }: Workspace, name: string): Promise<Stage> {
  const bundled = appWorker(join(folder, `${name}-bundle`));
  // With Stripe configured its webhook is reachable; no request goes to Stripe.
  const stripe = { STRIPE_SECRET_KEY: "sk_test_attack", STRIPE_WEBHOOK_SECRET: "whsec_attack" };
  const worker = { ...bundled, bindings: { ...bundled.bindings, ...stripe } };
  const runtime = await startWorker(name, worker);
  await migrate(runtime);
  const shop = await signUp(runtime.url, "attack");
  const { tenant } = actorOf(shop);
  const other = actorOf(await signUp(runtime.url, "other"));
  const createAccount = async (tenantId: string, role: Role): Promise<Account> => {
    const [person] = await createAccounts(runtime, tenantId, role, 1);
    if (!person) throw new Error("no account was created");
    return person;
  };
  const people = {
    ADMIN: await createAccount(tenant, "ADMIN"),
    EMPLOYEE: await createAccount(tenant, "EMPLOYEE"),
    CUSTOMER: await createAccount(tenant, "CUSTOMER"),
  };
  const stranger = await createAccount(other.tenant, "ADMIN");
  const stage: Stage = {
    runtime,
    worker,
    url: runtime.url,
    shop,
    tenant,
    people,
    stranger,
    pools: new Map([[RECEIVER, [await startReceiver()]]]),
  };
  await createResources(stage);
  await createRefreshTokens(stage);
  await createImportAndLake(stage);
  await insertRows(stage);
  return stage;
}
