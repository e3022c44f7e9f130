import { z } from "@hono/zod-openapi";
import { failsAs } from "../../values/faults.ts";
import { label } from "../../values/text.ts";

/** The code of a payment method, built in or of the shop. Whether the shop has it is another question: `isMethod`. */
export const PaymentMethodCode = z
  .string()
  .regex(/^[a-z0-9_-]{1,30}$/, "must be 1 to 30 lower-case letters, digits, hyphens and underscores")
  .openapi({ example: "bizum" });

const RESERVED = ["cash", "card", "transfer", "other", "unknown"];

const customMethod = z.strictObject({
  method: PaymentMethodCode.refine(
    (code) => !RESERVED.includes(code),
    `must not be ${RESERVED.slice(0, -1).join(", ")} or ${RESERVED.at(-1)}`,
  ),
  name: label(60, "Bizum"),
});

export type CustomMethod = { method: string; name: string };

/** The methods as they are stored. */
export const CustomMethodList = z.array(z.object({ method: z.string(), name: z.string() }));

export const PaymentMethodsBody = z
  .strictObject({
    methods: z
      .array(customMethod)
      .max(20)
      .refine(
        (methods) => new Set(methods.map(({ method }) => method)).size === methods.length,
        failsAs("must have each method once", "duplicate"),
      ),
  })
  .openapi("PaymentMethodsBody");

export const PaymentMethodList = z
  .object({
    data: z.array(
      z.object({
        method: PaymentMethodCode,
        name: z.string().openapi({ example: "Bizum" }),
        is_builtin: z.boolean(),
      }),
    ),
  })
  .openapi("PaymentMethodList");
