// The sums of a sales file, computed independently of the application.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { z } from "zod";

const FILE = join(import.meta.dirname, "../../../shared/data/online-retail-10k.csv");

/** The first 10,000 lines of Online Retail if the file lies beside the repository, otherwise generated lines of the same layout. */
export const readLines = (): string => (existsSync(FILE) ? readFileSync(FILE, "latin1") : generatedLines());

function generatedLines(): string {
  const lines = ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"];
  for (let at = 0; at < 10_000; at += 1) {
    const invoice = Math.floor(at / 20);
    const isRefund = invoice % 11 === 10;
    const product = (at * 7919) % 900;
    const price = product % 50 === 0 ? "0.075" : ((product + 5) / 100).toFixed(2);
    const [quantity, day] = [(isRefund ? -1 : 1) * (1 + (at % 12)), 1 + (invoice % 7)];
    lines.push(
      `${isRefund ? "C" : ""}${5000 + invoice},${10_000 + product},PRODUCT ${product},${quantity},2010-12-0${day} 10:30:00,${price},${1 + (invoice % 43)},Spain`,
    );
  }
  return `${lines.join("\n")}\n`;
}

const fields = z.object({
  InvoiceNo: z.string(),
  StockCode: z.string(),
  Quantity: z.coerce.bigint(),
  InvoiceDate: z.string(),
  UnitPrice: z.string(),
});

/** Pence of `quantity` times a price with up to ten decimals, half away from zero. */
function pence(quantity: bigint, price: string): bigint {
  const [whole = "0", decimals = ""] = price.replace("-", "").split(".");
  const sign = price.startsWith("-") ? -1n : 1n;
  const exact = sign * quantity * BigInt(whole + decimals.padEnd(10, "0"));
  const size = exact < 0n ? -exact : exact;
  const rounded = (size + 50_000_000n) / 100_000_000n;
  return exact < 0n ? -rounded : rounded;
}

type Seller = { sku: string; units: bigint; pence: bigint };

/** The sums of all lines, and the products of the first month by units sold. */
export function truthOf(csv: string) {
  const lines = z.array(fields).parse(parse(csv, { columns: true }));
  const [first] = lines;
  const month = first?.InvoiceDate.slice(0, 7) ?? "";
  const sellers = new Map<string, Seller>();
  const sum = { lines: lines.length, units: 0n, pence: 0n };
  for (const { StockCode: sku, Quantity: units, UnitPrice, InvoiceDate } of lines) {
    const subtotal = pence(units, UnitPrice);
    sum.units += units;
    sum.pence += subtotal;
    if (!InvoiceDate.startsWith(month)) continue;
    const seller = sellers.get(sku) ?? { sku, units: 0n, pence: 0n };
    sellers.set(sku, { sku, units: seller.units + units, pence: seller.pence + subtotal });
  }
  return {
    ...sum,
    sales: new Set(lines.map((line) => line.InvoiceNo)).size,
    days: [...new Set(lines.map((line) => line.InvoiceDate.slice(0, 10)))].toSorted(),
    month,
    sellers: [...sellers.values()].toSorted((a, b) =>
      a.units === b.units ? (a.sku < b.sku ? -1 : 1) : Number(b.units - a.units),
    ),
  };
}
