// The bytes of a sale's event in D1: in the table WITHOUT ROWID that events had before 0032_events_rowid, in the table of today, with
// the payload emptied, and after its deletion. 100,000 counter sales of three lines in 20 shops, in a database of node:sqlite.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { newId } from "../src/values/ids.ts";

const SALES = 100_000;
const SHOPS = 20;
const ROWID = "0032_events_rowid.sql";

const hex = (text: string): string => Buffer.from(text).toString("hex").slice(0, 12);

/** The payload of a counter sale as src/sales/record.ts writes it. */
function payload(id: string, sale: number): string {
  const at = new Date(Date.UTC(2026, 10, 1) + sale * 1000).toISOString();
  const line = (no: number) => ({
    line_no: no,
    product_id: newId(),
    sku: `SKU-${hex(String(sale * no)).padEnd(12, "0")}`,
    description: "White hanging heart T-light holder",
    quantity: 2,
    unit: "piece",
    list_price: 1000,
    unit_price: 1000,
    exact_price: null,
    discount: 0,
    discount_reason: null,
    tax_rate_id: null,
    tax_rate: null,
    net: 2000,
    tax: 0,
    subtotal: 2000,
    refunded: 0,
  });
  return JSON.stringify({
    id,
    kind: "sale",
    channel: "counter",
    status: "completed",
    refund_of: null,
    reason: null,
    seller_id: newId(),
    shift_id: newId(),
    customer_id: null,
    customer_ref: null,
    country: null,
    payment_method: "card",
    external_ref: null,
    net: 6000,
    tax: 0,
    total: 6000,
    discount: 0,
    discount_reason: null,
    rounding: 0,
    approved_by: null,
    units: 6,
    lines: 3,
    placed_at: at,
    day: at.slice(0, 10),
    created_at: at,
    number: `C-${String(sale).padStart(6, "0")}`,
    client_id: null,
    offline: false,
    is_void: false,
    restocked: false,
    payment_provider: null,
    hold_expires_at: null,
    shipping_address: null,
    currency: "EUR",
    items: [line(1), line(2), line(3)],
    payments: [{ method: "card", amount: 6000, tendered: null }],
    change: 0,
  });
}

const migrations = readdirSync("migrations").filter((name) => name.endsWith(".sql"));

function open(path: string, isApplied: (name: string) => boolean): DatabaseSync {
  rmSync(path, { force: true });
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
  for (const name of migrations.filter((each) => isApplied(each)))
    db.exec(readFileSync(join("migrations", name), "utf8").replaceAll("--> statement-breakpoint", ""));
  return db;
}

function fill(db: DatabaseSync): void {
  const shops = Array.from({ length: SHOPS }, newId);
  const insert = db.prepare(
    "INSERT INTO events (tenant_id, id, type, payload, created_at) VALUES (?, ?, 'sale.completed', ?, ?)",
  );
  db.exec("BEGIN");
  for (let sale = 0; sale < SALES; sale += 1) {
    const id = newId();
    insert.run(shops[sale % SHOPS] ?? "", id, payload(id, sale), new Date().toISOString());
  }
  db.exec("COMMIT");
  db.exec("UPDATE events SET batch_id = id");
  db.exec("UPDATE events SET exported_at = created_at");
}

/** The bytes per sale of the pages of `events` and its indexes. */
const bytes = (db: DatabaseSync): number =>
  Number(
    db
      .prepare(
        "SELECT sum(pgsize) AS n FROM dbstat WHERE name IN (SELECT name FROM sqlite_schema WHERE tbl_name = 'events')",
      )
      .get()?.["n"],
  ) / SALES;

const path = join(tmpdir(), `event-bytes-${process.pid}.db`);
const report = (what: string, db: DatabaseSync): void =>
  console.log(`${what.padEnd(44)} ${bytes(db).toFixed(0).padStart(6)} bytes a sale`);

const before = open(path, (name) => name < ROWID);
fill(before);
report("table WITHOUT ROWID", before);
let longest = 0;
before.exec("BEGIN");
for (const statement of readFileSync(join("migrations", ROWID), "utf8").split("--> statement-breakpoint")) {
  const begin = performance.now();
  before.exec(statement);
  longest = Math.max(longest, performance.now() - begin);
}
before.exec("COMMIT");
console.log(
  `longest statement of ${ROWID}: ${(longest / 1000).toFixed(1)} s for ${SALES.toLocaleString("en")} events`,
);
report("the same rows, migrated", before);
before.close();
const db = open(path, () => true);
fill(db);
report("table with a rowid", db);
db.exec("UPDATE events SET payload = ''; VACUUM");
report("payload emptied", db);
db.exec("DELETE FROM events");
report("row deleted", db);
db.close();
rmSync(path);
