// The Worker that the app is compared with: it sends the recorded calls of the app to D1 and KV, answers with the recorded response, and
// does nothing else. There is no token, no validation and no log.
import { uuidv7 } from "uuidv7";
import type { Recordings } from "./record.ts";

type Bindings = { DB: D1Database; CACHE: KVNamespace; RECORDINGS: string };

let recordings: Recordings | undefined;

export default {
  async fetch(request: Request, env: Bindings, ctx: ExecutionContext): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    recordings ??= JSON.parse(env.RECORDINGS);
    const recording = recordings?.[`${request.method} ${pathname}`];
    if (!recording) return new Response(null, { status: 404 });
    const { start, calls, status, body } = recording;
    const db = env.DB.withSession(start);
    const withValues = valuesFor(request.headers);
    let [queries, read, written] = [0, 0, 0];
    const respond = (text: string): Response => {
      const cost = `d1;desc="queries=${queries} read=${read} written=${written}"`;
      return new Response(text, {
        status,
        headers: { "content-type": "application/json", "server-timing": cost },
      });
    };
    for (const call of calls) {
      if ("get" in call) {
        const cached = await env.CACHE.get(call.get + search);
        if (cached !== null) return respond(cached);
      } else if ("put" in call) ctx.waitUntil(env.CACHE.put(call.put + search, body, call.options));
      else {
        const statements = call.statements.map(({ sql, params }) =>
          db.prepare(sql).bind(...params.map(withValues)),
        );
        const [first] = statements;
        const results = first && statements.length === 1 ? [await first.all()] : await db.batch(statements);
        queries += 1;
        for (const { meta } of results) {
          read += meta.rows_read;
          written += meta.rows_written;
        }
      }
    }
    return respond(body);
  },
};

/** Replaces the names in a parameter: by the current instant, by the header, else by a new id. */
function valuesFor(headers: Headers): (param: unknown) => unknown {
  const values = new Map([["{{now}}", new Date().toISOString()]]);
  const valueOf = (name: string): string => {
    const value = values.get(name) ?? headers.get(name.slice(2, -2)) ?? uuidv7();
    values.set(name, value);
    return value;
  };
  return (param) => (typeof param === "string" ? param.replaceAll(/\{\{[\w-]+\}\}/g, valueOf) : param);
}
