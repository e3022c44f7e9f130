// The members that problems of a type have beside those of every problem (RFC 9457, section 3.2).
import { z } from "zod";
import { FaultCode } from "../values/faults.ts";
import type { Slug } from "./problem-types.ts";

/** A schema of a domain, by its name among the components of the OpenAPI document. */
const component = (name: string) => z.looseObject({}).meta({ $ref: `#/components/schemas/${name}` });

/** One invalid location in a request: a JSON pointer, such as `#/items/0/quantity`, and what is wrong with it. */
const Fault = z
  .object({
    pointer: z.string(),
    detail: z.string(),
    code: FaultCode.optional().meta({
      description:
        "The kind of the fault, to say it in another language; absent where only `detail` explains it",
    }),
    bound: z.number().optional().meta({
      description: "The least or greatest value, length or count that is allowed, where `code` is about one",
    }),
  })
  .meta({ id: "Fault" });

export type Fault = z.infer<typeof Fault>;

const errors = z.array(Fault).meta({ description: "The invalid locations, at most 20" });
const minorUnits = z.int().meta({ description: "In minor units" });

const Shortage = z
  .object({ product_id: z.uuid(), requested: z.number(), available: z.number() })
  .meta({ id: "Shortage" });

const RefundExcess = z
  .object({ product_id: z.uuid(), requested: z.number(), refundable: z.number() })
  .meta({ id: "RefundExcess" });

const UnavailableItem = z
  .object({
    product_id: z.uuid(),
    sku: z.string(),
    title: z.string(),
    requested: z.number(),
    available: z.number(),
  })
  .meta({ id: "UnavailableItem" });

const BarcodeOwner = z
  .object({ id: z.uuid(), sku: z.string(), title: z.string() })
  .meta({ id: "BarcodeOwner" });

const FormatSetting = z.enum(["dates", "decimal"]).meta({ id: "FormatSetting" });

const FormatChoice = z
  .object({ parameter: FormatSetting, value: z.string(), description: z.string() })
  .meta({ id: "FormatChoice" });

const QuotaPolicy = z.enum(["address", "tenant", "public", "user", "key"]).meta({ id: "QuotaPolicy" });

/** The members by problem type. A type that is missing here has none. */
export const membersOf = {
  invalid: { errors },
  "invalid-cursor": { errors },
  "unknown-tax-rate": { errors },
  "unknown-customer": { errors },
  "unknown-product": { errors },
  "amount-too-large": { errors },
  "quantity-too-large": { errors },
  "missing-columns": {
    errors,
    columns: z.array(z.string()).meta({ description: "The columns of the file" }),
    proposal: z
      .record(z.string(), z.string())
      .meta({ description: "The columns that were recognised, by field: a mapping to complete" }),
    sample: z.array(z.array(z.string())).meta({ description: "The first rows of the file" }),
  },
  "ambiguous-format": {
    parameter: FormatSetting.meta({ description: "The query parameter that settles it" }),
    choices: z.array(FormatChoice),
    examples: z.array(z.string()).meta({ description: "Cells that can be read in several formats" }),
  },
  "insufficient-scope": { scope: z.string().meta({ description: "The scope that the API key lacks" }) },
  "approval-required": {
    requires: z.literal("approval").meta({ description: "The field to send" }),
    amount: minorUnits.optional().meta({ description: "What would be paid out, in minor units" }),
    expected_cash: minorUnits.optional().meta({ description: "The cash in the drawer, in minor units" }),
  },
  "out-of-stock": { items: z.array(Shortage) },
  "refund-exceeds-sale": { items: z.array(RefundExcess) },
  "product-unavailable": { items: z.array(UnavailableItem) },
  "price-changed": { total: minorUnits.meta({ description: "The new total in minor units" }) },
  "payments-mismatch": {
    total: minorUnits.meta({ description: "The total in minor units" }),
    rounding: minorUnits.meta({ description: "What cash adds to the total by rounding, in minor units" }),
  },
  "not-refundable": {
    due: minorUnits
      .optional()
      .meta({ description: "What of the payment is due for a refund, in minor units" }),
  },
  "barcode-taken": {
    barcode: z.string().optional(),
    product: BarcodeOwner.optional().meta({ description: "The product that has the barcode" }),
  },
  "email-taken": { customer_id: z.uuid().optional().meta({ description: "The customer with this e-mail" }) },
  "reference-taken": { customer_id: z.uuid().meta({ description: "The customer with this reference" }) },
  "tax-rate-in-use": {
    products: z.int().meta({ description: "How many products have this rate" }),
    is_default: z.boolean().meta({ description: "Whether it is the default of the shop" }),
  },
  "shift-already-open": { shift: component("Shift") },
  "event-deleted": {
    stored_since: z.iso.date().meta({ description: "Events from this day on are still stored" }),
  },
  "quota-exceeded": { "violated-policies": z.array(QuotaPolicy) },
} as const satisfies Partial<Record<Slug, z.ZodRawShape>>;

type Members = typeof membersOf;

/** The members of a problem of this type. */
export type MembersOf<S extends Slug> = S extends keyof Members
  ? z.input<z.ZodObject<Members[S]>>
  : Record<string, never>;

/** The names of the members that every problem of this type has. */
export type RequiredMembersOf<S extends Slug> = S extends keyof Members
  ? { [Name in keyof Members[S]]: Members[S][Name] extends z.ZodOptional ? never : Name }[keyof Members[S]]
  : never;
