import { env } from "cloudflare:workers";

/** Runs one statement directly on D1. */
export const change = async (query: string, ...values: unknown[]): Promise<void> => {
  await env.DB.prepare(query)
    .bind(...values)
    .run();
};
