// The provider of a sale is stored with it, so a change of configuration does not affect sales that exist.
import type { z } from "zod";
import type { PaymentMethod } from "../../sales/schema.ts";
import { manual } from "./manual.ts";
import type { PaymentProvider, ProviderName } from "./provider.ts";
import { stripe } from "./stripe.ts";

const providers: Record<ProviderName, PaymentProvider> = { manual, stripe };

export const providerNamed = (name: ProviderName): PaymentProvider => providers[name];

/** The provider of a payment method: that of the variable PAYMENT_PROVIDER for cards, staff for all others. */
export const providerFor = (env: Env, method: z.infer<typeof PaymentMethod>): ProviderName =>
  env.PAYMENT_PROVIDER === "stripe" && method === "card" ? "stripe" : "manual";
