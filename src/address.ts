// Where a request comes from. Behind Cloudflare this header is Cloudflare's own; nothing that a client forwards is believed.
import type { Context } from "hono";

/** The address as it was named. */
export const addressOf = (c: Context): string => c.req.header("cf-connecting-ip") ?? "unknown";

/** Whoever has one IPv6 address has its whole /64: it counts as one. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [left = "", right = ""] = address.split("::");
  const head = left.split(":").filter(Boolean);
  const tail = right.split(":").filter(Boolean);
  const zeros = address.includes("::")
    ? Array.from({ length: 8 - head.length - tail.length }, () => "0")
    : [];
  return [...head, ...zeros, ...tail].slice(0, 4).join(":");
}
