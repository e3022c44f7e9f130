// The terms on which the demo shop sells: its profile with the rules of the counter, tax rates, payment methods, and the ADMIN's PIN.
import type { Mostrador } from "../../sdk/src/index.ts";
import { unlessDone } from "./again.ts";
import { demoPaymentMethods, demoPin, demoProfile, demoTaxRates } from "./people.ts";

/** Sets the terms; running it again changes nothing. Returns the ids of the tax rates by name. */
export async function setTerms(admin: Mostrador): Promise<Map<string, string>> {
  await admin.updateShop(demoProfile());
  await admin.replacePaymentMethods(demoPaymentMethods());
  await admin.setPin(demoPin());
  for (const rate of demoTaxRates())
    await unlessDone(admin.createTaxRate(rate, { idempotencyKey: `demo-tax-${rate.rate}` }));
  const rates = await admin.pages.listTaxRates({ is_active: true }).all();
  return new Map(rates.map(({ name, id }) => [name, id]));
}
