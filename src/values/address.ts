// Postal addresses.
import { z } from "@hono/zod-openapi";
import { CountryCode } from "./countries.ts";
import { label } from "./text.ts";

/** The fields that every postal address has. */
export const postalAddress = {
  lines: z.array(label(200, "Calle Mayor 1, 2.º B")).min(1).max(4),
  city: label(100, "Madrid"),
  region: label(100, "Madrid").optional(),
  postal_code: label(20, "28013"),
  country: CountryCode,
};

/** Where to deliver, and to whom. */
export const Address = z
  .strictObject({ name: label(200, "Elena Robledo"), ...postalAddress })
  .openapi("Address");

/** An address, or none. In the OpenAPI document, `Address.nullable()` would refer to a schema that excludes null. */
export const AddressOrNull = z.union([Address, z.null()]);
