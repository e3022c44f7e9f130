import { z } from "@hono/zod-openapi";
import { Id } from "../../values/ids.ts";

const UPWARDS = "01234567890123456789";
const DOWNWARDS = "98765432109876543210";

/** Whether the digits are all the same, a repeated group, or consecutive upwards or downwards, where 0 also follows 9. */
const isTrivial = (pin: string): boolean =>
  /^(\d+)\1+$/.test(pin) || UPWARDS.includes(pin) || DOWNWARDS.includes(pin);

const Pin = z.string().regex(/^\d{4,8}$/, { error: "must have 4 to 8 digits", abort: true });

export const PinBody = z
  .strictObject({
    pin: Pin.refine((pin) => !isTrivial(pin), "must not be a sequence or repeat the same digits").openapi({
      format: "password",
      description:
        "4 to 8 digits, but not one digit or group of digits repeated, nor a sequence such as 1234",
      example: "4821",
    }),
    password: z
      .string()
      .max(256)
      .openapi({ description: "The present password of the account", example: "correct horse battery" }),
  })
  .openapi("PinBody");

/** An ADMIN confirms, with their PIN, what the rules of the shop do not allow an EMPLOYEE. */
export const Approval = z
  .strictObject({
    user_id: Id.openapi({ description: "The ADMIN who approves" }),
    pin: Pin.openapi({ description: "Their PIN", format: "password", example: "4821" }),
  })
  .openapi("Approval");
