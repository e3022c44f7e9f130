// The Worker of the app, which on request responds with what its D1 has answered instead of with the response.
import worker from "../../workers/index.ts";
import { observeSession, replaceMethods } from "../observed-d1.ts";
import { readBody } from "./read-body.ts";

export * from "../../workers/index.ts";

const isCounted = (request: Request): boolean => request.headers.has("x-count-d1");

export default {
  ...worker,
  fetch: async (request, env, ctx) => {
    if (!isCounted(request)) return worker.fetch(request, env, ctx);
    let rows = 0;
    let bytes = 0;
    const largest = { rows: 0, bytes: 0 };
    const received = (results: D1Result[]): void => {
      const rowsOf = results.reduce((sum, { meta }) => sum + meta.rows_read, 0);
      const bytesOf = results.reduce((sum, { results: found }) => sum + JSON.stringify(found).length, 0);
      rows += rowsOf;
      bytes += bytesOf;
      largest.rows = Math.max(largest.rows, rowsOf);
      largest.bytes = Math.max(largest.bytes, bytesOf);
    };
    const DB = replaceMethods(env.DB, {
      withSession: (constraint: string) => observeSession(env.DB.withSession(constraint), { received }),
    });
    const response = await worker.fetch(request, { ...env, DB }, ctx);
    // A streamed body reads while it is sent.
    await readBody(response);
    return Response.json({ status: response.status, all: { rows, bytes }, largest });
  },
} satisfies ExportedHandler<Env>;
