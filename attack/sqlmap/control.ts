// A server that is wide open, in front of a SQLite of its own: that sqlmap finds nothing counts only if it finds this.
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { runSqlmap, type Target } from "./program.ts";

const login = z.object({ email: z.string(), password: z.string() });

// A parameter of a query, and a field of JSON whose answer has no more than a status, as of the login.
const doors: Target[] = [
  { path: "/books?title=book", parameters: ["title"] },
  {
    path: "/login",
    parameters: ["email"],
    json: { email: "ana@example.com", password: "secret" },
    more: ["--technique=B"],
  },
];

const FOUND = /identified the following injection point/;

function openShop(): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  db.exec(`CREATE TABLE books (title TEXT);
    INSERT INTO books VALUES ('the book'), ('another book'), ('a pen');
    CREATE TABLE users (email TEXT, password TEXT);
    INSERT INTO users VALUES ('ana@example.com', 'secret')`);
  return db;
}

/** What is answered to this; every text becomes SQL. */
function answer(db: DatabaseSync, url: string, body: string): { status: number; json: unknown } {
  try {
    const { pathname, searchParams } = new URL(url, "http://control.invalid");
    if (pathname === "/books") {
      const title = searchParams.get("title") ?? "";
      return { status: 200, json: db.prepare(`SELECT title FROM books WHERE title LIKE '%${title}%'`).all() };
    }
    const { email, password } = login.parse(JSON.parse(body));
    const found = db.prepare(`SELECT email FROM users WHERE email = '${email}' AND password = ?`);
    return found.get(password) ? { status: 200, json: { ok: true } } : { status: 401, json: { ok: false } };
  } catch {
    // As the API answers its own failures: without a word of SQL.
    return { status: 500, json: { title: "internal" } };
  }
}

/** Answers what sqlmap found in the open server; throws where it missed one of its doors. @throws Missing */
export async function findControl(folder: string): Promise<string> {
  const db = openShop();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { status, json } = answer(db, request.url ?? "/", Buffer.concat(chunks).toString());
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`;
  try {
    for (const [at, door] of doors.entries()) {
      const { text } = await runSqlmap(url, door, "Bearer none", join(folder, `control-${at}`));
      if (!FOUND.test(text))
        throw new Error(
          `sqlmap misses the injection that the control has in ${door.path}\n${text.slice(-3000)}`,
        );
    }
  } finally {
    server.close();
    server.closeAllConnections();
    db.close();
  }
  return `the control: ${doors.map(({ path }) => path).join(" and ")} are found`;
}
