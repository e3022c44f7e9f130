// The terms on which the demo shop sells: its profile with the rules of the counter, tax rates, payment methods, and the ADMIN's PIN.
import { bodyOf, get, listAt, patch, post, put, textAt, type Caller } from "./api.ts";
import { demoPaymentMethods, demoPin, demoProfile, demoTaxRates } from "./people.ts";

/** Sets the terms; running it again changes nothing. Returns the ids of the tax rates by name. */
export async function setTerms(admin: Caller): Promise<Map<string, string>> {
  bodyOf("The profile", await patch(admin, "/shop", demoProfile()), 200);
  bodyOf("The payment methods", await put(admin, "/payment-methods", demoPaymentMethods()), 200);
  bodyOf("The PIN", await put(admin, "/users/me/pin", demoPin()), 204);
  for (const rate of demoTaxRates())
    bodyOf(rate.name, await post(admin, "/tax-rates", `demo-tax-${rate.rate}`, rate), 201, 409);
  const rates = bodyOf("The tax rates", await get(admin, "/tax-rates?limit=100&is_active=true"), 200);
  return new Map(listAt(rates, "data").map((rate) => [textAt(rate, "name"), textAt(rate, "id")]));
}
