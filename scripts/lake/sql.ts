// DuckDB over a pulled lake: a view for each dataset, over exactly the files of its manifest.
import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import type { Manifest } from "./pull.ts";

const BY_DAY = "{ year: INTEGER, month: INTEGER, day: INTEGER }";

// The types of the partition columns of each dataset.
const DATASETS = {
  purchases: BY_DAY,
  daily_summary: "{ year: INTEGER }",
  products: BY_DAY,
  events: BY_DAY,
};

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A connection with the views of the datasets that have files. */
export async function openLake(folder: string, { files }: Manifest): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  for (const [dataset, folders] of Object.entries(DATASETS)) {
    const paths = files
      .filter((file) => file.dataset === dataset)
      .map(({ path }) => quoted(join(folder, path)));
    if (paths.length > 0)
      await connection.run(
        `CREATE VIEW ${dataset} AS SELECT * FROM read_parquet([${paths.join(", ")}], hive_types = ${folders}, union_by_name = true)`,
      );
  }
  return connection;
}

/** Runs a query; returns the names of its columns, and its rows as text. */
export async function query(
  connection: DuckDBConnection,
  text: string,
): Promise<{ names: string[]; rows: (string | null)[][] }> {
  const result = await connection.runAndReadAll(text);
  const rows = result.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
  return { names: result.columnNames(), rows };
}
