// npm run db:generate -- --name what_it_does: drizzle-kit cannot write STRICT and WITHOUT ROWID; this adds them to the
// migration that it has just generated. Without a rowid a row with a composite key is one write, not two. products keeps
// its rowid, by which full-text search finds it.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

execFileSync("drizzle-kit", ["generate", ...process.argv.slice(2)], { stdio: "inherit" });

for (const name of readdirSync("migrations").filter((file) => file.endsWith(".sql"))) {
  const path = `migrations/${name}`;
  const text = readFileSync(path, "utf8");
  const strict = text.replace(
    /CREATE TABLE `(\w+)` \(([\s\S]*?)\n\);/g,
    (_, table, body) =>
      `CREATE TABLE \`${table}\` (${body}\n) STRICT${table === "products" ? "" : ", WITHOUT ROWID"};`,
  );
  if (strict !== text) writeFileSync(path, strict);
}
