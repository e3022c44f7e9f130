// The twin of a person, or of another row: one of the same shop with the same values, and with rows of the same values. A statement that
// names rows without their person or their id finds those of the twin too.
import { env } from "cloudflare:workers";
import { z } from "zod";
import type { Tenant } from "../../src/platform/context.ts";
import { newId } from "../../src/values/ids.ts";
import { rowsOf } from "./d1.ts";
import { type Row, rowsOfShops, SEQUENCES } from "./tables.ts";
import { withoutTriggers } from "./twins.ts";

type Rows = { table: string; row: Row }[];

// The columns of a row that say whose it is.
const OWNERS = "id user_id customer_id customer_key actor actor_id seller_id cart_id".split(" ");

const isOwn = (row: Row, ids: Map<string, string>): boolean =>
  OWNERS.some((column) => ids.has(String(row[column])));

const readRows = async ({ id }: Tenant): Promise<Rows> =>
  Object.entries(await rowsOfShops([id])).flatMap(([table, rows]) => rows.map((row) => ({ table, row })));

/** The rows of what `ids` names, and those that name one of these by its id. Adds the id of each to `ids`, with a new one. */
function ownRows(rows: Rows, ids: Map<string, string>): Rows {
  const found = new Set<Rows[number]>();
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const each of rows) {
      const { row } = each;
      const isChild = Object.entries(row).some(
        ([column, value]) => column !== "id" && column.endsWith("_id") && ids.has(String(value)),
      );
      if (found.has(each) || !(isChild || isOwn(row, ids))) continue;
      found.add(each);
      for (const column of ["id", "family"])
        if (typeof row[column] === "string" && !ids.has(row[column])) ids.set(row[column], newId());
    }
  }
  return [...found];
}

const declared = z.array(z.object({ tbl: z.string(), sql: z.string() }));

/** The columns of each primary key and unique index, by table. */
async function readUniqueColumns(): Promise<Map<string, string[][]>> {
  const rows = declared.parse(
    await rowsOf(
      "SELECT tbl_name tbl, sql FROM sqlite_schema WHERE type IN ('table', 'index') AND sql IS NOT NULL",
    ),
  );
  const unique = rows.flatMap(({ tbl, sql }) =>
    [...sql.matchAll(/(?:PRIMARY KEY|UNIQUE|UNIQUE INDEX \S+ ON \S+)\s*\(([^)]*)\)/gi)].map(
      ({ 1: columns = "" }) => ({
        tbl,
        columns: columns.replaceAll(/[`"\s]/g, "").split(","),
      }),
    ),
  );
  return new Map(
    [...Map.groupBy(unique, ({ tbl }) => tbl)].map(([table, all]) => [
      table,
      all.map(({ columns }) => columns),
    ]),
  );
}

const another = (value: unknown): unknown =>
  typeof value === "number" ? value + 1_000_000 : `twin-${String(value)}`;

function copyOf(row: Row, ids: Map<string, string>, unique: string[][]): Row {
  const copy: Row = Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      if (typeof value !== "string") return [column, Array.isArray(value) ? new Uint8Array(value) : value];
      return [column, [...ids].reduce((text, [id, twin]) => text.replaceAll(id, twin), value)];
    }),
  );
  for (const columns of unique) {
    const last = columns.at(-1) ?? "";
    const isSame = columns.every((column) => copy[column] === row[column] && row[column] !== null);
    if (isSame) copy[last] = another(copy[last]);
  }
  return copy;
}

/** Copies a person or another row, with its rows, to a twin. Returns a function that reads the rows that name the twin. */
export async function addTwinOf(tenant: Tenant, id: string): Promise<() => Promise<Rows>> {
  const ids = new Map([[id, newId()]]);
  const unique = await readUniqueColumns();
  const rows = ownRows(await readRows(tenant), ids);
  await withoutTriggers(
    "insert",
    rows.map(({ table }) => table),
    rows.map(({ table, row }) => {
      const copy = copyOf(row, ids, unique.get(table) ?? []);
      const columns = Object.keys(copy).filter((column) => !SEQUENCES.has(column));
      return env.DB.prepare(
        `INSERT INTO ${table} (${columns.map((column) => `"${column}"`).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
      ).bind(...columns.map((column) => copy[column]));
    }),
  );
  const twins = [...ids.values()];
  return async () =>
    (await readRows(tenant)).filter(({ row }) =>
      Object.values(row).some((value) => typeof value === "string" && twins.some((id) => value.includes(id))),
    );
}
