// Composes the mails about orders.
import type { Block } from "../../mail/message.ts";
import type { Composers, MailToCompose } from "../../mail/send.ts";
import { type Order, readOrder } from "./order.ts";
import { texts } from "./words.ts";

const numberOf = ({ receipt }: Order): string => receipt.number ?? "";

/** How to pay a pending order, and until when. */
function paymentOf(mail: MailToCompose, order: Order): Block[] {
  const words = texts[mail.language];
  const {
    status,
    payment_provider: provider,
    payment_method: method,
    hold_expires_at: until,
    amount,
  } = order;
  if (status !== "pending" || order.receipt.total === 0) return [];
  const payable = payableBy();
  return [until === null ? payable : `${payable}\n${words.hold(order.time(until))}`];

  function payableBy(): string {
    if (provider === "stripe") return order.has_link ? words.payByLink(amount) : words.payOnline(amount);
    if (method === "transfer") return words.payByTransfer(amount, numberOf(order));
    return method === "cash" ? words.payInCash(amount) : words.payOtherwise(amount, order.method ?? "");
  }
}

const addressOf = ({ language }: MailToCompose, { address }: Order): Block[] =>
  address === null ? [] : [`${texts[language].shipTo}\n${address}`];

const linkOf = async ({ language }: MailToCompose, order: Order) => ({
  label: texts[language].link,
  url: await order.url(),
});

export const composers = {
  "order.placed": async (ctx, mail) => {
    const order = await readOrder(ctx, mail, mail.subjectId);
    // Of an order that was cancelled meanwhile, only the cancellation is worth a mail.
    if (!order || order.status === "cancelled") return null;
    const words = texts[mail.language];
    return {
      subject: words.placed(mail.shop.name, numberOf(order)),
      paragraphs: [
        words.thanks(mail.shop.name, numberOf(order)),
        ...order.blocks,
        ...paymentOf(mail, order),
        ...addressOf(mail, order),
      ],
      link: await linkOf(mail, order),
    };
  },
  "order.paid": async (ctx, mail) => {
    const order = await readOrder(ctx, mail, mail.subjectId);
    if (order?.status !== "completed") return null;
    const words = texts[mail.language];
    const { shop } = mail;
    return {
      subject: words.paid(shop.name, numberOf(order)),
      paragraphs: [
        words.received(shop.name, numberOf(order), order.amount, order.method ?? ""),
        ...order.blocks,
        ...addressOf(mail, order),
      ],
      link: await linkOf(mail, order),
    };
  },
  "order.cancelled": async (ctx, mail) => {
    const order = await readOrder(ctx, mail, mail.subjectId);
    if (order?.status !== "cancelled") return null;
    const words = texts[mail.language];
    const { shop, storedAt } = mail;
    const until = order.hold_expires_at;
    const isExpired = until !== null && storedAt.toISOString() >= until;
    return {
      subject: words.cancelled(shop.name, numberOf(order)),
      paragraphs: [
        isExpired
          ? words.expired(shop.name, numberOf(order), order.time(until))
          : words.wasCancelled(shop.name, numberOf(order)),
        ...order.blocks,
        words.lateMoney,
      ],
      link: await linkOf(mail, order),
    };
  },
  "order.refunded": async (ctx, mail) => {
    // The mail is about the order, and the refund is its cause.
    const refund = await readOrder(ctx, mail, mail.causeId);
    if (!refund) return null;
    const words = texts[mail.language];
    const number = refund.receipt.refund_of?.number ?? "";
    return {
      subject: words.refunded(mail.shop.name, number),
      paragraphs: [
        words.refund(mail.shop.name, number, refund.amountBack),
        ...refund.blocks,
        refund.payments,
        ...(refund.receipt.reason === null ? [] : [words.reason(refund.receipt.reason)]),
      ],
      link: await linkOf(mail, refund),
    };
  },
} satisfies Partial<Composers>;
