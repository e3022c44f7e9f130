// Which provider takes the money of a sale. It is written into the sale, so a change of configuration strands nobody.
import type { z } from "zod";
import type { PaymentMethod } from "../../sales/schema.ts";
import { manual } from "./manual.ts";
import type { PaymentProvider, ProviderName } from "./provider.ts";
import { stripe } from "./stripe.ts";

const providers: Record<ProviderName, PaymentProvider> = { manual, stripe };

export const providerNamed = (name: ProviderName): PaymentProvider => providers[name];

/** Who takes the money, if there is any to take and he can name the sum: the variable PAYMENT_PROVIDER for cards, staff for the rest. */
export const providerFor = (env: Env, method: z.infer<typeof PaymentMethod>): ProviderName =>
  env.PAYMENT_PROVIDER === "stripe" && method === "card" ? "stripe" : "manual";
