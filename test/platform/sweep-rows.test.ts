import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { sweepRows } from "../../src/platform/sweep-rows.ts";
import { base } from "../support/shops.ts";

it("expired rows are deleted by pages of the primary key, to the last", async () => {
  await env.DB.exec(
    "CREATE TABLE test_rows (a TEXT, b INTEGER, age INTEGER, PRIMARY KEY (a, b)) STRICT, WITHOUT ROWID",
  );
  const keys = ["a1", "a2", "a10", "b1", "b2", "c1", "c2"];
  await env.DB.batch(
    keys.map((key) =>
      env.DB.prepare("INSERT INTO test_rows VALUES (?, ?, ?)").bind(
        key[0],
        Number(key.slice(1)),
        key === "a2" ? 0 : 9,
      ),
    ),
  );
  const page = async (after: string): Promise<[string | null, string]> => {
    const next = await sweepRows(base(), after, "test_rows", ["a", "b"], sql`age > 5`, 3);
    const { results } = await env.DB.prepare("SELECT a || b AS name FROM test_rows ORDER BY a, b").all();
    return [next, results.map(({ name }) => name).join(" ")];
  };
  expect(await page("")).toEqual(['["a",10]', "a2 b1 b2 c1 c2"]);
  expect(await page('["a",10]')).toEqual(['["c",1]', "a2 c2"]);
  expect(await page('["c",1]')).toEqual([null, "a2"]);
  await env.DB.exec("INSERT INTO test_rows VALUES ('a', 0, 9)");
  expect(await page("")).toEqual([null, "a2"]);
});
