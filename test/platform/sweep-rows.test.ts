import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import { sweepRows } from "../../src/platform/sweep-rows.ts";
import { base } from "../support/shops.ts";

it("expired rows are deleted by pages of the primary key; each run continues after the last and starts again at the end", async () => {
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
  const run = async (): Promise<string> => {
    await sweepRows(base(), "test_rows", ["a", "b"], sql`age > 5`, { pages: 2, rows: 2 });
    const { results } = await env.DB.prepare("SELECT a || b AS name FROM test_rows ORDER BY a, b").all();
    return results.map(({ name }) => name).join(" ");
  };
  expect(await run()).toBe("a2 b2 c1 c2");
  expect(await run()).toBe("a2");
  await env.DB.exec("INSERT INTO test_rows VALUES ('a', 0, 9)");
  expect(await run()).toBe("a2");
});
