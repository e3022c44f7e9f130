import type { NewCustomer, NewTaxRate, ShopPatch, StaffRole } from "../../sdk/src/index.ts";
import shop from "./shop.json" with { type: "json" };

type Person = { email: string; password: string; first_name: string; last_name: string };

/** The shop as POST /tenants takes it, without its first ADMIN. */
export const demoShop = () => ({
  slug: shop.slug,
  name: shop.name,
  currency: shop.currency,
  timezone: shop.timezone,
});

/** The rest of the shop's profile, as PATCH /shop takes it. */
export const demoProfile = (): ShopPatch => ({
  ...shop.profile,
  scale_codes: shop.profile.scale_codes.map((code) => ({ ...code, value: "weight" })),
});

/** The tax rates, as POST /tax-rates takes them. */
export const demoTaxRates = (): NewTaxRate[] => shop.tax_rates;

/** The payment methods that the shop adds, as PUT /payment-methods takes them. */
export const demoPaymentMethods = () => ({ methods: shop.payment_methods });

/** The PIN with which the ADMIN approves. */
export const demoPin = () => ({ pin: shop.pin });

/** The staff, the ADMIN first. */
export const demoStaff = (): (Person & { role: StaffRole })[] =>
  shop.staff.map(({ role, ...person }) => ({
    ...person,
    role: role === "ADMIN" ? role : "EMPLOYEE",
    password: shop.password,
  }));

/** Customers without an account, as POST /customers takes them. */
export const demoRecords = (): NewCustomer[] =>
  shop.records.map(({ language, ...record }) => ({ ...record, ...(language === "es" && { language }) }));

/** The customers who have an account. */
export const demoCustomers = (): Person[] =>
  shop.customers.map((person) => ({ ...person, password: shop.password }));
