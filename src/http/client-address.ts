import type { Context } from "hono";

/** The client's IP address, or null without one. Cloudflare sets this header itself; addresses that a client forwards are never trusted. */
export const knownAddress = (c: Context): string | null => c.req.header("cf-connecting-ip") ?? null;

/** The client's IP address, by which requests are counted. */
export const clientAddress = (c: Context): string => knownAddress(c) ?? "unknown";
