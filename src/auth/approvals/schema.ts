import { z } from "@hono/zod-openapi";
import { Id } from "../../values/ids.ts";

const Pin = z
  .string()
  .regex(/^\d{4,8}$/, "must have 4 to 8 digits")
  .openapi({
    type: "string",
    format: "password",
    pattern: String.raw`^\d{4,8}$`,
    description: "4 to 8 digits",
    example: "4821",
  });

export const PinBody = z.strictObject({ pin: Pin }).openapi("PinBody");

/** An ADMIN confirms, with their PIN, what the rules of the shop do not allow an EMPLOYEE. */
export const Approval = z
  .strictObject({
    user_id: Id.openapi({ description: "The ADMIN who approves" }),
    pin: Pin.openapi({ description: "Their PIN", format: "password", example: "4821" }),
  })
  .openapi("Approval");

export const ApproverList = z
  .object({
    data: z.array(
      z.object({
        id: Id,
        first_name: z.string().openapi({ example: "Inés" }),
        last_name: z.string().openapi({ example: "Valcárcel" }),
      }),
    ),
  })
  .openapi("ApproverList");
