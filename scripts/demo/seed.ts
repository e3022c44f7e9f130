// Fills the demo shop through the public API: `node scripts/demo/seed.ts http://localhost:8787`. The import of the sales comes last, so a
// shop whose import is done is complete. An interrupted seed can be run again, because each POST has an idempotency key.
import { at, bodyOf, get, listAt, numberAt, post, postCsv, textAt, type Caller } from "./api.ts";
import { addProducts, demoProducts } from "./catalogue.ts";
import { sellToday } from "./counter.ts";
import { takeOrders } from "./orders.ts";
import { demoCustomers, demoRecords, demoShop, demoStaff } from "./people.ts";
import { demoSalesCsv } from "./sales.ts";
import { setTerms } from "./terms.ts";

const IMPORT_TIMEOUT_MS = 180_000;

const log = (text: string) => console.log(`demo: ${text}`);

async function signIn(url: string, email: string, password: string): Promise<Caller | null> {
  const login = await post({ url, token: null }, "/auth/login", "login", {
    tenant: demoShop().slug,
    email,
    password,
  });
  if (login.status === 401) return null;
  return { url, token: textAt(bodyOf("Signing in", login, 200), "access_token") };
}

async function openShop(url: string): Promise<Caller> {
  const [first] = demoStaff();
  if (!first) throw new Error("The demo shop has no staff.");
  const { role: _, ...admin } = first;
  const existing = await signIn(url, admin.email, admin.password);
  if (existing) return existing;
  const opened = await post({ url, token: null }, "/tenants", "demo-shop", { ...demoShop(), admin });
  if (opened.status === 409)
    throw new Error(
      `There is already a shop with the slug ${demoShop().slug}, whose ADMIN has another password. Nothing was changed.`,
    );
  bodyOf("The shop", opened, 201);
  const caller = await signIn(url, admin.email, admin.password);
  if (!caller) throw new Error("The ADMIN of the new shop cannot sign in.");
  log(`opened the shop ${demoShop().name}`);
  return caller;
}

/** Adds the staff and the customers; existing accounts are not changed. */
async function addPeople(admin: Caller): Promise<void> {
  const { slug } = demoShop();
  for (const person of demoStaff().slice(1))
    bodyOf("An employee", await post(admin, "/users", `demo-${person.email}`, person), 201, 409);
  const visitor = { url: admin.url, token: null };
  for (const person of demoCustomers())
    bodyOf(
      "A customer",
      await post(visitor, "/auth/register", `demo-${person.email}`, { tenant: slug, ...person }),
      201,
      409,
    );
  log(`${demoStaff().length} staff, ${demoCustomers().length} customers with an account`);
}

/** Adds customers without an account; those that exist are not changed. */
async function addCustomers(admin: Caller): Promise<void> {
  for (const customer of demoRecords())
    bodyOf("A customer", await post(admin, "/customers", `demo-${customer.email}`, customer), 201, 409);
  log(`${demoRecords().length} customers without an account`);
}

async function sellToCustomers(url: string, ids: Map<string, string>): Promise<void> {
  const sellers: Caller[] = [];
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
async function findImport(admin: Caller): Promise<{ current: unknown; count: number }> {
  const imports = listAt(bodyOf("The imports", await get(admin, "/imports?limit=100"), 200), "data");
  const notFailed = imports.filter((each) => at(each, "status") !== "failed");
  const current = notFailed.find((each) => at(each, "status") === "done") ?? notFailed[0];
  return { current, count: imports.length };
}

async function importSales(admin: Caller): Promise<void> {
  const { current, count } = await findImport(admin);
  // A new key for each attempt: with the old one the response would be the failed import.
  const start = () =>
    postCsv(admin, "/imports?kind=sales", `demo-sales-${count + 1}`, demoSalesCsv(yesterday()));
  const id = textAt(current ?? bodyOf("The sales", await start(), 202), "id");
  log(
    current
      ? "waiting for an interrupted import, which resumes within two minutes"
      : "importing 90 days of sales",
  );
  const deadline = Date.now() + IMPORT_TIMEOUT_MS;
  for (;;) {
    const state = bodyOf("The import", await get(admin, `/imports/${id}`), 200);
    const status = textAt(state, "status");
    if (status === "failed")
      throw new Error(`The import failed: ${textAt(state, "error")} Run the seed again to retry.`);
    if (status === "done")
      return log(
        `${numberAt(state, "rows_accepted")} lines of sales imported, ${numberAt(state, "rows_rejected")} rejected`,
      );
    if (Date.now() > deadline) throw new Error(`The import does not finish: see /api/v1/imports/${id}.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function seed(url: string): Promise<void> {
  // The password of this shop is public.
  if (!["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname))
    throw new Error("The demo shop can only be created on a local server.");
  const admin = await openShop(url);
  if (at((await findImport(admin)).current, "status") === "done") return log("the shop is complete");
  const taxRates = await setTerms(admin);
  await addPeople(admin);
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
