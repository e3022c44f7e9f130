// drizzle-kit cannot write STRICT and WITHOUT ROWID: this adds them to the migrations that it has just generated.
// Without a rowid a row with a composite key is one write, not two. products keeps its rowid, for full-text search.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

for (const name of readdirSync("migrations").filter((file) => file.endsWith(".sql"))) {
  const path = `migrations/${name}`;
  const text = readFileSync(path, "utf8");
  const strict = text.replace(
    /CREATE TABLE `(\w+)` \(([\s\S]*?)\n\);/g,
    (_, table, body) =>
      `CREATE TABLE \`${table}\` (${body}\n) STRICT${table.endsWith("products") ? "" : ", WITHOUT ROWID"};`,
  );
  if (strict !== text) writeFileSync(path, strict);
}
