// Fills the demo shop through the public API: `node scripts/demo/seed.ts http://localhost:8787`. The import of the sales
// comes last, so where it is done everything is. A seed that was stopped half-way is run again: each POST has a key.
import { at, expected, get, listAt, numberAt, patch, post, postCsv, textAt, type Caller } from "./api.ts";
import { demoBooks } from "./books.ts";
import { sellToday } from "./counter.ts";
import { demoCustomers, demoProfile, demoShop, demoStaff } from "./people.ts";
import { demoSalesCsv } from "./sales.ts";

const AT_ONCE = 6;
const PATIENCE_MS = 180_000;

const say = (text: string) => console.log(`demo: ${text}`);

async function signIn(url: string, email: string, password: string): Promise<Caller | null> {
  const login = await post({ url, token: null }, "/auth/login", "login", {
    tenant: demoShop().slug,
    email,
    password,
  });
  if (login.status === 401) return null;
  return { url, token: textAt(expected("Signing in", login, 200), "access_token") };
}

async function openShop(url: string): Promise<Caller> {
  const [first] = demoStaff();
  if (!first) throw new Error("the demo shop has no staff");
  const { role: _, ...admin } = first;
  const known = await signIn(url, admin.email, admin.password);
  if (known) return known;
  const opened = await post({ url, token: null }, "/tenants", "demo-shop", { ...demoShop(), admin });
  if (opened.status === 409)
    throw new Error(
      `A shop with the slug ${demoShop().slug} is there already, and its ADMIN has another password: it is left as it is.`,
    );
  expected("The shop", opened, 201);
  const caller = await signIn(url, admin.email, admin.password);
  if (!caller) throw new Error("The ADMIN of the new shop cannot sign in.");
  say(`opened the shop ${demoShop().name}`);
  return caller;
}

/** A person who is there already stays as they are. */
async function addPeople(admin: Caller): Promise<void> {
  const { slug } = demoShop();
  for (const person of demoStaff().slice(1))
    expected("An employee", await post(admin, "/users", `demo-${person.email}`, person), 201, 409);
  const visitor = { url: admin.url, token: null };
  for (const person of demoCustomers())
    expected(
      "A customer",
      await post(visitor, "/auth/register", `demo-${person.email}`, { tenant: slug, ...person }),
      201,
      409,
    );
  say(`${demoStaff().length} staff, ${demoCustomers().length} customers with an account`);
}

/** Adds the books that the shop lacks; answers the ids in the order of the catalogue. */
async function addBooks(admin: Caller): Promise<string[]> {
  const ids = new Map<string, string>();
  for (let cursor: unknown = ""; typeof cursor === "string";) {
    const after = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page = expected("The catalogue", await get(admin, `/products?limit=100${after}`), 200);
    for (const product of listAt(page, "data")) ids.set(textAt(product, "sku"), textAt(product, "id"));
    cursor = at(page, "next_cursor");
  }
  const books = demoBooks();
  const missing = books.filter((book) => !ids.has(book.sku));
  const add = async () => {
    for (let book = missing.pop(); book; book = missing.pop()) {
      const answer = await post(admin, "/products", `demo-book-${book.sku}`, book);
      ids.set(book.sku, textAt(expected(`The book ${book.sku}`, answer, 201), "id"));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, add));
  say(`${books.length} books`);
  return books.flatMap((book) => ids.get(book.sku) ?? []);
}

async function sellOverTheCounter(url: string, ids: string[]): Promise<void> {
  const sellers: Caller[] = [];
  for (const { email, password } of demoStaff().slice(1)) {
    const seller = await signIn(url, email, password);
    if (!seller)
      throw new Error(`${email} cannot sign in: the account is disabled, or has another password.`);
    sellers.push(seller);
  }
  await sellToday(sellers, ids);
  say("counter sales of today, one of them refunded");
}

/** The day before today in the shop's time zone. */
function yesterday(): string {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: demoShop().timezone }).format(new Date());
  return new Date(Date.parse(`${today}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

/** The state of the import that counts: one that is done or still at work, not one that failed. */
async function findImport(admin: Caller): Promise<{ found: unknown; count: number }> {
  const imports = listAt(expected("The imports", await get(admin, "/imports?limit=100"), 200), "data");
  const live = imports.filter((each) => at(each, "status") !== "failed");
  const found = live.find((each) => at(each, "status") === "done") ?? live[0];
  return { found, count: imports.length };
}

async function importSales(admin: Caller): Promise<void> {
  const { found, count } = await findImport(admin);
  // The key names the attempt: one that failed must not be answered again.
  const start = () =>
    postCsv(admin, "/imports?kind=sales", `demo-sales-${count + 1}`, demoSalesCsv(yesterday()));
  const id = textAt(found ?? expected("The sales", await start(), 202), "id");
  say(
    found
      ? "waiting for an import that was interrupted; it goes on within two minutes"
      : "90 days of sales are being imported",
  );
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const state = expected("The import", await get(admin, `/imports/${id}`), 200);
    const status = textAt(state, "status");
    if (status === "failed")
      throw new Error(`The import failed: ${textAt(state, "error")} Start again to try once more.`);
    if (status === "done")
      return say(
        `${numberAt(state, "rows_accepted")} lines of sales, ${numberAt(state, "rows_rejected")} refused`,
      );
    if (Date.now() > deadline) throw new Error(`The import does not end: see /api/v1/imports/${id}.`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function seed(url: string): Promise<void> {
  // The password of this shop is known to everybody.
  if (!["localhost", "127.0.0.1", "[::1]"].includes(new URL(url).hostname))
    throw new Error("The demo shop is for a server on this machine only.");
  const admin = await openShop(url);
  if (at((await findImport(admin)).found, "status") === "done") return say("the shop is complete");
  expected("The profile", await patch(admin, "/shop", demoProfile()), 200);
  await addPeople(admin);
  await sellOverTheCounter(url, await addBooks(admin));
  await importSales(admin);
}

try {
  await seed((process.argv[2] ?? "http://localhost:8787").replace(/\/$/, ""));
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
