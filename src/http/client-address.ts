import type { Context } from "hono";

/** The client's IP address. Cloudflare sets this header itself; addresses that a client forwards are never trusted. */
export const clientAddress = (c: Context): string => c.req.header("cf-connecting-ip") ?? "unknown";
