// The customer of a guest's order: the record with the e-mail address, or a new one. Nothing of a record that exists is changed or
// shown, and what clients are told about the cost is the same for both, because a guest has not shown that the address is theirs.
import { sql, type SQL } from "drizzle-orm";
import type { z } from "zod";
import { customerByEmail } from "../customers/customers.ts";
import { insertCustomer } from "../customers/new-customer.ts";
import type { BuyerCtx } from "../platform/context.ts";
import { type Statement, undisclosed } from "../platform/d1.ts";
import { invalid } from "../platform/problem.ts";
import { newId } from "../values/ids.ts";
import type { Checkout } from "./schema.ts";

type CheckoutInput = z.infer<typeof Checkout>;

const CONTACT = ["email", "name", "phone", "language"] as const;

/** Checks that a guest, and nobody else, says who they are. @throws Problem invalid */
export function assertContact(ctx: BuyerCtx, input: CheckoutInput): void {
  if (ctx.actor === null && input.email === undefined)
    throw invalid([{ pointer: "#/email", detail: "is required for a guest" }]);
  const sent = ctx.actor === null ? [] : CONTACT.filter((field) => input[field] !== undefined);
  if (sent.length > 0)
    throw invalid(
      sent.map((field) => ({
        pointer: `#/${field}`,
        detail: "is for guests; an account has it already",
      })),
    );
}

/** The id of the customer of a checkout, as SQL for a guest, and the statements that store a new record first. */
export function customerOf(
  ctx: BuyerCtx,
  input: CheckoutInput,
): { customerId: string | SQL; statements: Statement[] } {
  if (ctx.actor !== null) return { customerId: ctx.actor.id, statements: [] };
  const { email = "", phone = null, language = null } = input;
  const name = input.name ?? input.shipping_address?.name ?? null;
  const known = customerByEmail(ctx.tenant.id, email);
  const customer = { id: newId(), name, email, phone, language };
  const isNew = sql`NOT EXISTS (${known})`;
  return {
    customerId: sql`(${known})`,
    statements: insertCustomer(ctx.now, ctx.tenant.id, customer, isNew).map((statement) =>
      undisclosed(statement),
    ),
  };
}
