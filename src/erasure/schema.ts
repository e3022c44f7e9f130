import { z } from "@hono/zod-openapi";

export const Erasure = z
  .strictObject({ password: z.string().max(256).openapi({ example: "correct horse battery" }) })
  .openapi("Erasure");

const part = z.array(z.record(z.string(), z.unknown()));

export const PersonalDataExport = z
  .looseObject({
    exported_at: z.iso.datetime(),
    shop: z.object({ name: z.string(), slug: z.string(), currency: z.string() }),
    account: part,
    sessions: part,
    customer: part,
    favorites: part,
    wishlist: part,
    cart: part,
    sales: part.openapi({ description: "amounts in minor units of the currency of the shop" }),
    online_payments: part,
    order_notes: part,
    mails: part,
    actions: part.openapi({ description: "entries of the audit log: what I did" }),
    changes_of_me: part.openapi({
      description: "entries of the audit log: changes of my account and my record",
    }),
  })
  .openapi("PersonalDataExport", { description: "One array of objects for each kind of data." });
