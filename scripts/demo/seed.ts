// Fills the demo shop through the public API: `node scripts/demo/seed.ts http://localhost:8787`. The import of the sales comes last, so a
// shop whose import is done is complete. An interrupted seed can be run again, because each POST has an idempotency key.
import { setTimeout as wait } from "node:timers/promises";
import { isProblem, memoryStore, Mostrador, type Import } from "../../sdk/src/index.ts";
import { labelled } from "../session.ts";
import { unlessDone } from "./again.ts";
import { addProducts, demoProducts } from "./catalogue.ts";
import { sellToday } from "./counter.ts";
import { takeOrders } from "./orders.ts";
import { demoCustomers, demoRecords, demoShop, demoStaff } from "./people.ts";
import { demoSalesCsv } from "./sales.ts";
import { setTerms } from "./terms.ts";

const IMPORT_TIMEOUT_MS = 180_000;

const log = (text: string) => console.log(`demo: ${text}`);

// The demo shop takes more requests than the quota of a minute.
const LONGEST_DELAY_MS = 70_000;

/** A client that has signed in; null if the shop does not have this account. */
async function signIn(url: string, email: string, password: string): Promise<Mostrador | null> {
  const { slug } = demoShop();
  const mostrador = new Mostrador({
    url,
    tenant: slug,
    session: memoryStore(),
    longestDelay: LONGEST_DELAY_MS,
  });
  try {
    await mostrador.signIn({ email, password });
    return mostrador;
  } catch (error) {
    if (isProblem(error, "invalid-credentials")) return null;
    return labelled("Signing in", Promise.reject(error));
  }
}

async function openShop(url: string): Promise<Mostrador> {
  const [first] = demoStaff();
  if (!first) throw new Error("The demo shop has no staff.");
  const { role: _, ...admin } = first;
  const existing = await signIn(url, admin.email, admin.password);
  if (existing) return existing;
  const visitor = new Mostrador({ url });
  try {
    await visitor.createTenant({ ...demoShop(), admin }, { idempotencyKey: "demo-shop" });
  } catch (error) {
    if (!isProblem(error, "slug-taken")) throw error;
    throw new Error(
      `There is already a shop with the slug ${demoShop().slug}, whose ADMIN has another password. Nothing was changed.`,
      { cause: error },
    );
  }
  const mostrador = await signIn(url, admin.email, admin.password);
  if (!mostrador) throw new Error("The ADMIN of the new shop cannot sign in.");
  log(`opened the shop ${demoShop().name}`);
  return mostrador;
}

/** Adds the staff and the customers; existing accounts are not changed. */
async function addPeople(admin: Mostrador, url: string): Promise<void> {
  const { slug } = demoShop();
  for (const person of demoStaff().slice(1))
    await unlessDone(admin.createStaff(person, { idempotencyKey: `demo-${person.email}` }));
  const visitor = new Mostrador({ url });
  for (const person of demoCustomers()) {
    const options = { idempotencyKey: `demo-${person.email}` };
    await unlessDone(visitor.registerCustomer({ tenant: slug, ...person }, options));
  }
  log(`${demoStaff().length} staff, ${demoCustomers().length} customers with an account`);
}

/** Adds customers without an account; those that exist are not changed. */
async function addCustomers(admin: Mostrador): Promise<void> {
  for (const customer of demoRecords())
    await unlessDone(admin.createCustomer(customer, { idempotencyKey: `demo-${customer.email}` }));
  log(`${demoRecords().length} customers without an account`);
}

async function sellToCustomers(url: string, ids: Map<string, string>): Promise<void> {
  const sellers: Mostrador[] = [];
  for (const { email, password } of demoStaff().slice(1)) {
    const seller = await signIn(url, email, password);
    if (!seller) throw new Error(`${email} cannot sign in: the account is inactive or has another password.`);
    sellers.push(seller);
  }
  await sellToday(sellers, ids);
  log("today's counter sales, with a refund, a void and a Z report");
  const [seller] = sellers;
  if (seller) await takeOrders(seller, ids);
  log("two orders by telephone, which wait for payment");
}

/** The day before today in the shop's time zone. */
function yesterday(): string {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: demoShop().timezone }).format(new Date());
  return new Date(Date.parse(`${today}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

/** The import that is done or in progress, undefined if there is none, and the number of all imports. */
async function findImport(admin: Mostrador): Promise<{ current: Import | undefined; count: number }> {
  const imports = (await admin.listImports({ limit: 100 })).data;
  const notFailed = imports.filter(({ status }) => status !== "failed");
  return {
    current: notFailed.find(({ status }) => status === "done") ?? notFailed[0],
    count: imports.length,
  };
}

async function importSales(admin: Mostrador): Promise<void> {
  const { current, count } = await findImport(admin);
  // A new key for each attempt: with the old one the response would be the failed import.
  const options = { contentType: "text/csv", idempotencyKey: `demo-sales-${count + 1}` };
  const { id } = current ?? (await admin.startImport(demoSalesCsv(yesterday()), { kind: "sales" }, options));
  log(
    current
      ? "waiting for an interrupted import, which resumes within two minutes"
      : "importing 90 days of sales",
  );
  const deadline = Date.now() + IMPORT_TIMEOUT_MS;
  for (;;) {
    const { status, error, rows_accepted, rows_rejected } = await admin.getImport(id);
    if (status === "failed") throw new Error(`The import failed: ${error} Run the seed again to retry.`);
    if (status === "done") return log(`${rows_accepted} lines of sales imported, ${rows_rejected} rejected`);
    if (Date.now() > deadline) throw new Error(`The import does not finish: see /api/v1/imports/${id}.`);
    await wait(200);
  }
}

async function seed(url: string): Promise<void> {
  // The password of this shop is public.
  if (!["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname))
    throw new Error("The demo shop can only be created on a local server.");
  const admin = await openShop(url);
  if ((await findImport(admin)).current?.status === "done") return log("the shop is complete");
  const taxRates = await setTerms(admin);
  await addPeople(admin, url);
  await addCustomers(admin);
  const products = demoProducts();
  const ids = await addProducts(admin, products, taxRates);
  log(`${products.length} products, of which 300 books`);
  await sellToCustomers(url, ids);
  await importSales(admin);
}

try {
  await seed((process.argv[2] ?? "http://localhost:8787").replace(/\/$/, ""));
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
