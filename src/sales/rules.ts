// What an EMPLOYEE may do without an approval, by the rules of the shop.
import { approvalRequired } from "../auth/approvals/approve.ts";
import { isUnrestricted, type ActorCtx } from "../platform/context.ts";
import { exceededLimit, type RuledLine, type Rules } from "./limits.ts";

/** Checks what an EMPLOYEE sells against the rules of the shop. @throws Problem approval-required */
export function requireWithinRules(
  ctx: ActorCtx,
  lines: RuledLine[],
  rules: Rules,
  hasSaleDiscount: boolean,
): void {
  const limit = isUnrestricted(ctx) ? null : exceededLimit(lines, rules, hasSaleDiscount);
  if (limit === "price")
    throw approvalRequired("Another price than that of the product needs the approval of an ADMIN.");
  if (limit === "discount")
    throw approvalRequired(
      `A discount of more than ${rules.max_discount_percent / 1000} % needs the approval of an ADMIN.`,
    );
}
