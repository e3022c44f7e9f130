// Splits Online Retail: each customer's last sale is held out, to be predicted from the rest.
import { gunzipSync, gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { onlineRetailFiles } from "./online-retail.ts";

const INVOICE = 0;
const SKU = 1;
const QUANTITY = 3;
const DATE = 4;
const CUSTOMER = 6;

/** `file`: the other sales, gzipped. By customer, `lastSales` are the SKUs of the held-out sale and `bought` those of the sales before it. */
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
  const heldOut = new Set<string>();
  const lastSales = new Map<string, Set<string>>();
  const bought = new Map<string, Set<string>>();
  for (const [customer, lines] of Map.groupBy(sales, (row) => row[CUSTOMER] ?? "")) {
    const [last, ...before] = [...Map.groupBy(lines, (row) => row[INVOICE] ?? "")].toSorted(
      ([a, [x = []]], [b, [y = []]]) => ((y[DATE] ?? "") + b < (x[DATE] ?? "") + a ? -1 : 1),
    );
    if (!last || before.length === 0) continue;
    heldOut.add(last[0]);
    lastSales.set(customer, skusOf(last[1]));
    bought.set(customer, skusOf(before.flatMap(([, rows]) => rows)));
  }
  const remaining = [header, ...rows.filter((row) => !heldOut.has(row[INVOICE] ?? ""))];
  const csv = remaining
    .map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(","))
    .join("\n");
  return { file: gzipSync(Buffer.from(`${csv}\n`, "latin1")), lastSales, bought };
}
