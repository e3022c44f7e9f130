// Shops with something to export, and exports as rows.
import { parse } from "csv-parse/sync";
import { exports } from "cloudflare:workers";
import { expect } from "vitest";
import { z } from "zod";
import { API, call, ORIGIN } from "./client.ts";
import { shopWith } from "./commerce.ts";
import { waitForImport } from "./imports.ts";
import { newPerson, type Person, type Shop } from "./shops.ts";

export type Dialect = {
  decimal?: "point" | "comma";
  delimiter?: "comma" | "semicolon" | "tab";
  bom?: "true" | "false";
};

export const queryOf = (dialect: Dialect): string =>
  Object.entries(dialect)
    .map(([name, value]) => `&${name}=${value}`)
    .join("");

/** The bytes of an export; `path` already has a query. */
export async function bytesOf(token: string, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await exports.default.fetch(new Request(`${ORIGIN}${API}${path}`, { headers }));
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (answer.status !== 200) throw new Error(new TextDecoder().decode(bytes));
  return bytes;
}

/** The first cells of an export below its header; no more are read than some above `most`, in case that it never ends. */
export async function firstCellsOf(token: string, path: string, most: number): Promise<string[]> {
  const headers = { authorization: `Bearer ${token}` };
  const { body } = await exports.default.fetch(new Request(`${ORIGIN}${API}${path}`, { headers }));
  const decoder = new TextDecoder();
  let text = "";
  let lines: string[] = [];
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    lines = text.split("\r\n").slice(1, -1);
    if (lines.length > most) break;
  }
  return lines.map((line) => line.slice(0, line.indexOf(",")).replaceAll('"', ""));
}

const DELIMITERS = { comma: ",", semicolon: ";", tab: "\t" };

/** The rows of an export by column. */
export function rowsOf(bytes: Uint8Array, { decimal, delimiter }: Dialect): Record<string, string>[] {
  const separator = DELIMITERS[delimiter ?? (decimal === "comma" ? "semicolon" : "comma")];
  const parsed: unknown = parse(Buffer.from(bytes), { delimiter: separator, bom: true, columns: true });
  return z.array(z.record(z.string(), z.string())).parse(parsed);
}

/** The rows without these columns. */
export const without = (rows: Record<string, string>[], ...columns: string[]) =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !columns.includes(name))));

/** Imports an export and expects that no row is refused. If the file asks for its decimal separator, it gets it. */
export async function importWhole(
  shop: Shop,
  kind: "sales" | "products",
  raw: Uint8Array<ArrayBuffer>,
  { decimal = "point" }: Dialect,
): Promise<void> {
  const send = (query = "") =>
    call("POST", `${API}/imports?kind=${kind}${query}`, {
      token: shop.admin.token,
      raw,
      headers: { "content-type": "text/csv" },
    });
  let started = await send();
  if (started.status === 422 && started.body.parameter === "decimal")
    started = await send(`&decimal=${decimal}`);
  if (started.status !== 202) throw new Error(started.text);
  const done = await waitForImport(shop.admin.token, started.body.id);
  const { text } = await call("GET", `${API}/imports/${done.id}/rejects`, { token: shop.admin.token });
  expect(text).toBe("row,reason,text\r\n");
  expect(done).toMatchObject({ status: "done", rows_rejected: 0, rows_skipped: 0, rows_known: 0 });
}

type Settings = Parameters<typeof shopWith>[0];

export const RATES = [
  { name: "IVA 21 %", rate: 21_000, is_default: true },
  { name: "=IVA; -4 %", rate: 4000 },
  { name: "IVA 5,2 %", rate: 5200 },
  { name: "Exempt", rate: 0 },
];

/** A shop with tax rates and one EMPLOYEE with this e-mail. */
export async function shopToExport(
  settings: Settings,
  email: string,
): Promise<{ shop: Shop; seller: Person; rates: string[] }> {
  const shop = await shopWith(settings);
  const rates: string[] = [];
  for (const json of RATES)
    rates.push((await call("POST", `${API}/tax-rates`, { token: shop.admin.token, json })).body.id);
  return { shop, seller: await newPerson(shop.tenant, "EMPLOYEE", email), rates };
}
