// DuckDB over a pulled lake: a view for each dataset, over exactly the files of its manifest.
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

const DATASETS = ["purchases", "daily_summary", "products", "events"];

const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

/** The integer of minor units of a decimal column, under the name that the small datasets have it by. */
const minor = (name, scale) => `CAST(${name} * ${10 ** scale} AS BIGINT) AS ${name}_minor`;

async function addPurchases(connection, source) {
  const described = await connection.runAndReadAll(`DESCRIBE SELECT subtotal FROM ${source}`);
  const [, scale] = /DECIMAL\(18,(\d)\)/.exec(described.getRows()[0][1]) ?? [];
  await connection.run(
    `CREATE VIEW purchases AS SELECT *, ${minor("unit_price", Number(scale))}, ${minor("subtotal", Number(scale))} FROM ${source}`,
  );
}

/** A connection with the views of the datasets that have files. */
export async function openLake(folder, { files }) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  for (const dataset of DATASETS) {
    const paths = files
      .filter((file) => file.dataset === dataset)
      .map(({ path }) => quoted(join(folder, path)));
    if (paths.length === 0) continue;
    const source = `read_parquet([${paths.join(", ")}], hive_partitioning = true)`;
    if (dataset === "purchases") await addPurchases(connection, source);
    else await connection.run(`CREATE VIEW ${dataset} AS SELECT * FROM ${source}`);
  }
  return connection;
}

/** Runs a query; answers the names of its columns, and its rows as text that people read. */
export async function query(connection, text) {
  const result = await connection.runAndReadAll(text);
  const rows = result.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
  return { names: result.columnNames(), rows };
}
