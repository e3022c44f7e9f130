// The Worker with two shops that have everything: what is attacked is thrown away afterwards.
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

/** Ids by the path under which they are used: what `/api/v1/sales` made can be read under `/api/v1/sales/{id}`. */
export type Pools = Map<string, string[]>;

export type Stage = {
  runtime: Runtime;
  worker: Worker;
  url: string;
  shop: Shop;
  tenant: string;
  people: Record<Role, Account>;
  /** Account of the other shop. */
  stranger: Account;
  pools: Pools;
};

const made = z.looseObject({ id: z.string() });
const list = z.object({
  data: z.array(z.looseObject({ id: z.string().optional(), key: z.string().optional() })),
});

// More than there are operations on one kind of thing.
const EACH = 12;
const LOGINS = 2;

/** Pools of what has no path: refresh tokens, and addresses that answer webhooks. */
export const REFRESH_TOKENS = "refresh tokens";
export const RECEIVER = "receiver";

export const SALES_CSV = `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536366,22633,HAND WARMER,6,2010-12-02 08:28:00,1.85,17850,France
C536379,22633,HAND WARMER,-1,2010-12-03 09:41:00,1.85,17850,France
`;

/** Sends as somebody; throws where it is refused. */
export async function requestAs(
  stage: Stage,
  who: Account,
  method: string,
  path: string,
  json?: unknown,
): Promise<unknown> {
  const headers: Record<string, string> = { authorization: `Bearer ${await tokenOf(stage.worker, who)}` };
  if (json !== undefined) headers["content-type"] = "application/json";
  if (method === "POST") headers["idempotency-key"] = crypto.randomUUID();
  const body = json === undefined ? null : JSON.stringify(json);
  const response = await fetch(`${stage.url}/api/v1${path}`, { method, headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}

/** Notes an id, for the requests that need one. */
export function keep({ pools }: Stage, path: string, id: string): void {
  const pool = pools.get(path);
  if (pool) pool.push(id);
  else pools.set(path, [id]);
}

/** Account new of the shop, and what he signs his requests with. */
export async function newcomer({ runtime, worker, tenant }: Stage, role: Role) {
  const [person] = await createAccounts(runtime, tenant, role, 1);
  if (!person) throw new Error("nobody was made");
  return { person, authorization: `Bearer ${await tokenOf(worker, person)}` };
}

async function make(stage: Stage, who: Account, path: string, json: unknown, pool = path): Promise<string> {
  const { id } = made.parse(await requestAs(stage, who, "POST", path, json));
  keep(stage, `/api/v1${pool}`, id);
  return id;
}

/** What the API makes of a shop's day: products with covers, sales, purchases, payments, webhooks. */
async function fill(stage: Stage): Promise<void> {
  const { ADMIN, CUSTOMER } = stage.people;
  for (let count = 0; count < EACH; count += 1) {
    const product = {
      sku: `A-${count}`,
      title: `The book ${count}`,
      price: 1500,
      stock: 1_000_000,
      category: "Novel",
      author: "Eva Mar",
      language: "es",
    };
    const product_id = await make(stage, ADMIN, "/products", product);
    const items = [{ product_id, quantity: 2 }];
    await make(stage, ADMIN, "/sales", { items });
    for (let purchase = 0; purchase < 3; purchase += 1) {
      await requestAs(stage, CUSTOMER, "POST", "/cart/items", { product_id, quantity: 1 });
      await make(stage, CUSTOMER, "/purchases/checkout", { payment_method: "card" }, "/purchases");
    }
    const paid = stage.pools.get("/api/v1/purchases")?.pop();
    await requestAs(stage, ADMIN, "POST", `/purchases/${paid}/confirm`);
    await make(stage, ADMIN, "/webhooks", { url: stage.pools.get(RECEIVER)?.[0], event_types: ["*"] });
    const email = `staff-${count}@example.com`;
    await make(stage, ADMIN, "/users", {
      email,
      role: "EMPLOYEE",
      password: PASSWORD,
      first_name: "Eva",
      last_name: "Mar",
    });
  }
  const payments = list.parse(await requestAs(stage, ADMIN, "GET", "/payments?limit=100"));
  for (const { id } of payments.data) if (id) keep(stage, "/api/v1/payments", id);
}

/** Logins of the first ADMIN: each refresh token works once. */
async function fillLogins(stage: Stage): Promise<void> {
  const body = JSON.stringify({ tenant: "attack", email: "ana@example.com", password: PASSWORD });
  for (let count = 0; count < LOGINS; count += 1) {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${stage.url}/api/v1/auth/login`, { method: "POST", headers, body });
    const { refresh_token } = z.object({ refresh_token: z.string() }).parse(await response.json());
    keep(stage, REFRESH_TOKENS, refresh_token);
  }
}

/** What came from elsewhere: an import, and the lake's files of it. */
async function fillLake(stage: Stage): Promise<void> {
  const { ADMIN } = stage.people;
  const { id } = await importFile(stage.shop, "sales", Buffer.from(gzipSync(SALES_CSV)));
  keep(stage, "/api/v1/imports", id);
  await requestAs(stage, ADMIN, "POST", "/lake/run");
  for (;;) {
    const files = list.parse(
      await requestAs(stage, ADMIN, "GET", "/lake/files?dataset=purchases&to=2010-12-31"),
    );
    if (files.data.length >= 3) {
      for (const { key } of files.data) if (key) keep(stage, "/api/v1/lake/files", key);
      return;
    }
    await sleep(200);
  }
}

const past = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

/** What the API makes only in time, or after a failure: forgotten shifts, dead letters; and a cover. */
async function fillByHand(stage: Stage): Promise<void> {
  const db = await stage.runtime.miniflare.getD1Database("DB");
  const { tenant, people } = stage;
  for (let count = 0; count < EACH; count += 1) {
    const [person] = await createAccounts(stage.runtime, tenant, "EMPLOYEE", 1);
    const [status, end] = count % 2 === 1 ? ["CLOSED", past(1)] : ["OPEN", null];
    const [shift, letter, event] = [newId(), newId(), newId()];
    await db.batch([
      db
        .prepare(
          `INSERT INTO shifts (tenant_id, id, user_id, status, start_at, day, end_at, opening_cash, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)`,
        )
        .bind(tenant, shift, person?.id, status, past(5), past(5).slice(0, 10), end, past(5)),
      db
        .prepare(
          `INSERT INTO dead_letters (tenant_id, id, message_id, event_id, queue, body, created_at)
            VALUES (?, ?, ?, ?, 'events', ?, ?)`,
        )
        .bind(tenant, letter, letter, event, JSON.stringify({ tenant_id: tenant, event_id: event }), past(1)),
    ]);
    keep(stage, "/api/v1/shifts", shift);
    keep(stage, "/api/v1/events/dead-letters", letter);
  }
  for (let count = 0; count < EACH; count += 1) {
    const session = newId();
    await db
      .prepare(
        `INSERT INTO auth_sessions (tenant_id, family, generation, user_id, token_hash, created_at, expires_at)
          VALUES (?, ?, 1, ?, '', ?, '9999-12-31T00:00:00.000Z')`,
      )
      .bind(tenant, session, people.ADMIN.id, past(1))
      .run();
    keep(stage, "/api/v1/auth/sessions", session);
  }
  // As money that came too late.
  await db.prepare("UPDATE payments SET status = 'refund_due'").run();
  const product = stage.pools.get("/api/v1/products")?.at(-1);
  const token = await tokenOf(stage.worker, people.ADMIN);
  const headers = { authorization: `Bearer ${token}`, "content-type": "image/png" };
  const cover = await fetch(`${stage.url}/api/v1/products/${product}/cover`, {
    method: "PUT",
    headers,
    body: image("png"),
  });
  if (!cover.ok) throw new Error(`the cover: ${cover.status} ${await cover.text()}`);
  const { cover_image_url } = z.object({ cover_image_url: z.string() }).parse(await cover.json());
  const [file = "", owner = ""] = cover_image_url.split("/").toReversed();
  keep(stage, "/api/v1/covers", owner);
  keep(stage, "file", file);
  for (const endpoint of stage.pools.get("/api/v1/webhooks") ?? []) {
    const log = list.parse(
      await requestAs(stage, people.ADMIN, "GET", `/webhooks/${endpoint}/deliveries?limit=1`),
    );
    keep(stage, "/deliveries", log.data[0]?.id ?? "");
  }
}

/** Listens on this machine, for as long as the process has other work; answers everything with 200. */
async function startReceiver(): Promise<string> {
  const server = createServer((request, response) => void request.resume().on("end", () => response.end()));
  await once(server.listen(0, "127.0.0.1").unref(), "listening");
  return `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}/`;
}

/** Starts the Worker and fills its shops. */
export async function setStage({ folder, startWorker }: Workspace, name: string): Promise<Stage> {
  const bundled = appWorker(join(folder, `${name}-bundle`));
  // Stripe is told of as configured, so that its door is open; nothing is paid there.
  const stripe = { STRIPE_SECRET_KEY: "sk_test_attack", STRIPE_WEBHOOK_SECRET: "whsec_attack" };
  const worker = { ...bundled, bindings: { ...bundled.bindings, ...stripe } };
  const runtime = await startWorker(name, worker);
  await migrate(runtime);
  const shop = await signUp(runtime.url, "attack");
  const { tenant } = actorOf(shop);
  const other = actorOf(await signUp(runtime.url, "other"));
  const one = async (of: string, role: Role): Promise<Account> => {
    const [person] = await createAccounts(runtime, of, role, 1);
    if (!person) throw new Error("nobody was made");
    return person;
  };
  const people = {
    ADMIN: await one(tenant, "ADMIN"),
    EMPLOYEE: await one(tenant, "EMPLOYEE"),
    CUSTOMER: await one(tenant, "CUSTOMER"),
  };
  const stranger = await one(other.tenant, "ADMIN");
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
  await fill(stage);
  await fillLogins(stage);
  await fillLake(stage);
  await fillByHand(stage);
  return stage;
}
