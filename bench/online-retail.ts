// The public Online Retail file if it lies beside the repository, otherwise generated lines of the same layout and size.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { ROOT } from "./runtime.ts";

const FILE = join(ROOT, "../shared/data/online-retail.csv.gz");
const SMALL_LINES = 10_000;

/** Both files gzipped: all lines, and the first 10,000. */
export function onlineRetailFiles(): Record<"all" | "small", Buffer<ArrayBuffer>> {
  const exists = existsSync(FILE);
  if (!exists) console.log("The Online Retail file is missing: the lines are generated.");
  const all = exists ? readFileSync(FILE) : gzipSync(generateLines());
  const lines = gunzipSync(all)
    .toString("latin1")
    .split("\n", SMALL_LINES + 1);
  return { all, small: gzipSync(Buffer.from(`${lines.join("\n")}\n`, "latin1")) };
}

const COUNTRIES = [
  "United Kingdom",
  "Germany",
  "France",
  "Spain",
  "Netherlands",
  "Belgium",
  "Norway",
  "Portugal",
];

/** 305 days, 1,777 lines a day and 21 lines an invoice, like the real file; the same in each run. */
function generateLines(): string {
  const lines = ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"];
  for (let at = 0; at < 541_909; at += 1) {
    const invoice = Math.floor(at / 21);
    const day = new Date(Date.UTC(2010, 11, 1 + Math.floor(at / 1777))).toISOString().slice(0, 10);
    const product = (at * 7919) % 4000;
    const price = ((product % 900) + 50) / 100;
    const country = COUNTRIES[invoice % 97 < 90 ? 0 : invoice % COUNTRIES.length];
    lines.push(
      `${536_365 + invoice},${10_000 + product},PRODUCT ${product},${1 + (at % 12)},${day} 10:30:00,${price},${12_346 + (invoice % 4300)},${country}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
