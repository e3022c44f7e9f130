import { env } from "cloudflare:workers";

/** Runs one statement behind the API's back. */
export const change = async (query: string, ...values: unknown[]): Promise<void> => {
  await env.DB.prepare(query)
    .bind(...values)
    .run();
};
