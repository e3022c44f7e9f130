// Copies the rows of a source, one file per table.
import { z } from "zod";
import { showProgress } from "../terminal.mjs";
import { writeRowFile, type Checksum } from "./row-file.ts";
import { tableFile } from "./manifest.ts";
import { readPages } from "./read-pages.ts";
import { quoted, type Read, type Table } from "./schema.ts";

async function* counting(
  pages: AsyncIterable<string[]>,
  onRows: (rows: number) => void,
): AsyncGenerator<string[]> {
  for await (const page of pages) {
    onRows(page.length);
    yield page;
  }
}

const counted = z.array(z.object({ n: z.number() }));

async function countRows(read: Read, tables: Table[]): Promise<number> {
  let all = 0;
  for (const { name } of tables)
    all += counted.parse(await read(`SELECT count(*) AS n FROM ${quoted(name)}`))[0]?.n ?? 0;
  return all;
}

/** Copies each table into the folder; its sum goes into `sums`. */
export async function copyTables(
  read: Read,
  tables: Table[],
  folder: string,
  checksums: Map<string, Checksum>,
): Promise<void> {
  const show = showProgress();
  const all = await countRows(read, tables);
  let done = 0;
  for (const table of tables) {
    const onRows = (rows: number) => {
      done += rows;
      if (process.stdout.isTTY)
        show(Math.min(done / all, 0.99), `${table.name}, ${done.toLocaleString("en")} rows`);
    };
    checksums.set(
      table.name,
      await writeRowFile(tableFile(folder, table.name), counting(readPages(read, table), onRows)),
    );
  }
  show(1, `${tables.length} tables, ${done.toLocaleString("en")} rows`, true);
}
