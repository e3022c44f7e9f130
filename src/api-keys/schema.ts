import { z } from "@hono/zod-openapi";
import { listOf, PageQuery } from "../http/pagination.ts";
import { SCOPES, STOREFRONT_SCOPES } from "../platform/scopes.ts";
import { isSupportedInstant } from "../values/days.ts";
import { Id } from "../values/ids.ts";
import { isNetwork } from "../values/network.ts";
import { label } from "../values/text.ts";

const Kind = z.enum(["secret", "publishable"]).openapi("ApiKeyKind").openapi({
  description:
    "secret: for servers and scripts, allowed what its scopes name; publishable: for pages of a storefront, allowed public reads, carts and the checkout of guests",
});

const Scope = z.enum(SCOPES).openapi("ApiKeyScope").openapi({ example: "sales:write" });

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/;

/** Whether a text is an origin as browsers send it. */
const isOrigin = (text: string): boolean =>
  URL.canParse(text) && new URL(text).origin === text && (text.startsWith("https://") || LOOPBACK.test(text));

const Origin = z
  .string()
  .max(300)
  .refine(isOrigin, "must be an origin, such as https://shop.example.com; http:// only for localhost");

const Network = z
  .string()
  .max(50)
  .refine(isNetwork, "must be an IP address or a network, such as 192.0.2.0/24 or 2001:db8::/32");

const scopes = z.array(Scope).max(SCOPES.length);
const allowedIps = z
  .array(Network)
  .max(50)
  .openapi({ example: ["192.0.2.0/24"] });
const origins = z
  .array(Origin)
  .max(20)
  .openapi({ example: ["https://shop.example.com"] });
const expiresAt = z.iso.datetime({ offset: true }).refine(isSupportedInstant, "is out of range");

/** The lists of a key. */
export const LISTS = ["scopes", "allowed_ips", "origins"] as const;

/** The kinds of keys that may have this list. */
export function kindsWith(list: (typeof LISTS)[number], values: readonly string[]): z.infer<typeof Kind>[] {
  if (values.length === 0) return ["secret", "publishable"];
  if (list === "origins") return ["publishable"];
  const isOfStorefront =
    list === "scopes" && values.every((scope) => STOREFRONT_SCOPES.some((each) => each === scope));
  return isOfStorefront ? ["secret", "publishable"] : ["secret"];
}

const name = label(100, "web shop").openapi({
  description: "What the key is for. It stays in the audit log for good: do not put personal data in it",
});

export const NewApiKey = z
  .strictObject({
    name,
    kind: Kind,
    scopes: scopes.optional().openapi({
      description: `Required for a secret key. Of a publishable key, some of ${STOREFRONT_SCOPES.join(", ")}; all of them by default`,
    }),
    expires_at: expiresAt.optional().openapi({ description: "From then on the key is refused" }),
    allowed_ips: allowedIps.optional().openapi({
      description: "The addresses and networks that may use a secret key; any by default",
    }),
    origins: origins.optional().openapi({
      description: "The origins of the pages that may use a publishable key; no page may until it has some",
    }),
  })
  .superRefine(({ kind, ...lists }, context) => {
    if (kind === "secret" && (lists.scopes ?? []).length === 0)
      context.addIssue({ code: "custom", path: ["scopes"], message: "is required for a secret key" });
    for (const list of LISTS)
      if (!kindsWith(list, lists[list] ?? []).includes(kind))
        context.addIssue({ code: "custom", path: [list], message: `is not for a ${kind} key` });
  })
  .openapi("NewApiKey");

export const ApiKeyPatch = z
  .strictObject({
    name: name.optional(),
    scopes: scopes.min(1).optional().openapi({ description: "As of a new key" }),
    expires_at: expiresAt.nullable().optional().openapi({ description: "null: the key does not expire" }),
    allowed_ips: allowedIps
      .optional()
      .openapi({ description: "Of a secret key only; empty: any address may use it" }),
    origins: origins.min(1).optional().openapi({ description: "Of a publishable key only" }),
  })
  .openapi("ApiKeyPatch");

export const ApiKey = z
  .object({
    id: Id,
    name: z.string(),
    kind: Kind,
    last_four: z.string().openapi({ description: "The last characters of the key", example: "x7Qa" }),
    scopes: z.array(z.string()),
    allowed_ips: z.array(z.string()),
    origins: z.array(z.string()),
    expires_at: z.iso.datetime().nullable(),
    created_by: Id.openapi({ description: "The ADMIN who created it" }),
    created_at: z.iso.datetime(),
    last_used_at: z.iso
      .datetime()
      .nullable()
      .openapi({ description: "Accurate to the hour; null if the key was never used" }),
    revoked_at: z.iso.datetime().nullable(),
  })
  .openapi("ApiKey");

const key = z.string().openapi({
  example: "mk_live_AZobLD1OfmCKGyw9Tl9gcQGaGyw9Tn9gihssPU5fYHGrZ0mB7y3cVtXW1nKqS5oJ8eHfLd4uRiPzAbC2gDx7Qa",
  description: "The key, returned only here",
});

export const CreatedApiKey = ApiKey.extend({ key }).openapi("CreatedApiKey");

export const ApiKeyList = listOf(ApiKey).openapi("ApiKeyList");

export const ApiKeyQuery = z.strictObject(PageQuery);

const MAX_GRACE_S = 7 * 86_400;

export const Rotation = z
  .strictObject({
    grace_seconds: z.int().min(0).max(MAX_GRACE_S).openapi({
      example: 86_400,
      description: "How long earlier secrets of the key still work. 0 ends them at once, for a leaked key",
    }),
  })
  .openapi("ApiKeyRotation");

export const RotatedApiKey = z
  .object({
    key,
    last_four: ApiKey.shape.last_four,
    old_until: z.iso.datetime().openapi({ description: "The time until which earlier secrets work" }),
  })
  .openapi("RotatedApiKey");
