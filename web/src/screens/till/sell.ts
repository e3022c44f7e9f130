// Makes a sale of a cart and its payments.
import type { Approval, Me } from "@mostrador/sdk";
import { accountNow, lastSent, recordSale } from "../../offline/outbox.ts";
import { bodyOf } from "./cart.ts";
import { changeOf, type Payment } from "./payments.ts";
import { setTill, till, withoutStoredCart, type Done, type Till } from "./till-state.ts";

// A sale that was stored gets its number and its receipt while it is still shown.
lastSent.subscribe(() => {
  const sale = lastSent.get();
  const { done } = till();
  if (sale && done?.sale === null && done.client_id === sale.client_id) setTill({ done: { ...done, sale } });
});

/**
 * Sells the cart. Without a connection it is stored on this device and sent later. `total` is what the payments add up to.
 * @throws Problem if the API refuses it: nothing was sold
 */
export async function sell(
  me: Me,
  {
    cart,
    payments,
    total,
    approval,
  }: Pick<Till, "cart"> & {
    payments: Payment[];
    total: number;
    approval: Approval | undefined;
  },
): Promise<Done> {
  const client_id = crypto.randomUUID();
  const sold_at = new Date().toISOString();
  const outcome = await withoutStoredCart(() =>
    recordSale(
      {
        client_id,
        account: accountNow() ?? "",
        seller: `${me.first_name} ${me.last_name}`.trim(),
        sold_at,
        currency: me.shop.currency,
        total,
        titles: cart.lines.map(({ title }) => title),
        body: { ...bodyOf(cart, true), payments },
      },
      { ...bodyOf(cart, false), ...(approval && { approval }) },
    ),
  );
  const sale = outcome.kind === "sold" ? outcome.sale : null;
  return { client_id, sold_at, cart, payments, total, change: changeOf(payments), sale };
}
