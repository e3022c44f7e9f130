// Online Retail without each customer's last sale: what is left is imported, and the last sales are what recommendations
// should have known.
import { gunzipSync, gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { onlineRetailFiles } from "./online-retail.ts";

const INVOICE = 0;
const SKU = 1;
const QUANTITY = 3;
const DATE = 4;
const CUSTOMER = 6;

/** `lastSales`: the SKUs of each held-out sale, by customer; `bought`: those of his sales before it. */
export type HeldOut = {
  file: Buffer<ArrayBuffer>;
  lastSales: Map<string, Set<string>>;
  bought: Map<string, Set<string>>;
};

const skusOf = (rows: string[][]): Set<string> => new Set(rows.map((row) => row[SKU] ?? ""));

/** Holds out the last sale of each customer who has two or more; refunds stay. */
export function holdOut(): HeldOut {
  const text = gunzipSync(onlineRetailFiles().all).toString("latin1");
  const [header = [], ...rows] = z.array(z.array(z.string())).parse(parse(text));
  const sales = rows.filter(
    (row) => row[CUSTOMER] !== "" && row[INVOICE]?.startsWith("C") === false && Number(row[QUANTITY]) > 0,
  );
  const held = new Set<string>();
  const lastSales = new Map<string, Set<string>>();
  const bought = new Map<string, Set<string>>();
  for (const [customer, his] of Map.groupBy(sales, (row) => row[CUSTOMER] ?? "")) {
    const [last, ...before] = [...Map.groupBy(his, (row) => row[INVOICE] ?? "")].toSorted(
      ([a, [x = []]], [b, [y = []]]) => ((y[DATE] ?? "") + b < (x[DATE] ?? "") + a ? -1 : 1),
    );
    if (!last || before.length === 0) continue;
    held.add(last[0]);
    lastSales.set(customer, skusOf(last[1]));
    bought.set(customer, skusOf(before.flatMap(([, rows]) => rows)));
  }
  const kept = [header, ...rows.filter((row) => !held.has(row[INVOICE] ?? ""))];
  const csv = kept.map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(",")).join("\n");
  return { file: gzipSync(Buffer.from(`${csv}\n`, "latin1")), lastSales, bought };
}
