// A server with SQL injections, as a positive control: that sqlmap finds nothing in the API counts only if it finds these.
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { runSqlmap, type Target } from "./sqlmap.ts";

const login = z.object({ email: z.string(), password: z.string() });

// A query parameter, and a JSON field where only the status of the response can reveal the injection, as in the login.
const injectable: Target[] = [
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

/** Answers a request, and inserts its texts into SQL unescaped. */
function answer(db: DatabaseSync, url: string, body: string): { status: number; json: unknown } {
  try {
    const { pathname, searchParams } = new URL(url, "http://control.invalid");
    if (pathname === "/books") {
      const title = searchParams.get("title") ?? "";
      return { status: 200, json: db.prepare(`SELECT title FROM books WHERE title LIKE '%${title}%'`).all() };
    }
    const { email, password } = login.parse(JSON.parse(body));
    const user = db.prepare(`SELECT email FROM users WHERE email = '${email}' AND password = ?`);
    return user.get(password) ? { status: 200, json: { ok: true } } : { status: 401, json: { ok: false } };
  } catch {
    // Like the API, without the SQL error.
    return { status: 500, json: { title: "internal" } };
  }
}

/** Returns what sqlmap found in the control; throws if it missed an injection. @throws MissingToolError */
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
    for (const [index, target] of injectable.entries()) {
      const { text } = await runSqlmap(url, target, "Bearer none", join(folder, `control-${index}`));
      if (!FOUND.test(text))
        throw new Error(`sqlmap missed the injection of the control in ${target.path}\n${text.slice(-3000)}`);
    }
  } finally {
    server.close();
    server.closeAllConnections();
    db.close();
  }
  return `control: the injections in ${injectable.map(({ path }) => path).join(" and ")} were found`;
}
