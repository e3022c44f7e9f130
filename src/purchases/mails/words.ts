// The texts of the mails about orders.
import type { Language } from "../../mail/words.ts";

type Texts = {
  placed: (shop: string, number: string) => string;
  thanks: (shop: string, number: string) => string;
  paid: (shop: string, number: string) => string;
  received: (shop: string, number: string, amount: string, method: string) => string;
  cancelled: (shop: string, number: string) => string;
  expired: (shop: string, number: string, time: string) => string;
  wasCancelled: (shop: string, number: string) => string;
  lateMoney: string;
  refunded: (shop: string, number: string) => string;
  refund: (shop: string, number: string, amount: string) => string;
  reason: (reason: string) => string;
  payByLink: (amount: string) => string;
  payOnline: (amount: string) => string;
  payByTransfer: (amount: string, number: string) => string;
  payInCash: (amount: string) => string;
  payOtherwise: (amount: string, method: string) => string;
  hold: (time: string) => string;
  shipTo: string;
  link: string;
};

export const texts: Record<Language, Texts> = {
  en: {
    placed: (shop, number) => `${shop}: your order ${number}`,
    thanks: (shop, number) => `Thank you for your order ${number} at ${shop}.`,
    paid: (shop, number) => `${shop}: order ${number} is paid`,
    received: (shop, number, amount, method) =>
      `${shop} has received your payment of ${amount} (${method}) for order ${number}. Thank you.`,
    cancelled: (shop, number) => `${shop}: order ${number} has been cancelled`,
    expired: (shop, number, time) =>
      `Your order ${number} at ${shop} has been cancelled, because it was not paid by ${time}.`,
    wasCancelled: (shop, number) => `Your order ${number} at ${shop} has been cancelled.`,
    lateMoney: "If you have already paid, the shop will refund your payment.",
    refunded: (shop, number) => `${shop}: refund for order ${number}`,
    refund: (shop, number, amount) => `${shop} has refunded ${amount} of your order ${number}:`,
    reason: (reason) => `Reason: ${reason}`,
    payByLink: (amount) => `To pay: ${amount} by card, on the page of the order.`,
    payOnline: (amount) => `To pay: ${amount} by card, on the page where you ordered.`,
    payByTransfer: (amount, number) =>
      `To pay: ${amount} by bank transfer, with the reference ${number}. If you do not have the bank details of the shop, reply to this email.`,
    payInCash: (amount) => `To pay: ${amount} in cash, when you receive or collect the order.`,
    payOtherwise: (amount, method) => `To pay: ${amount} (${method}). The shop confirms your payment.`,
    hold: (time) =>
      `The goods are reserved for you until ${time}. If you do not pay the order by then, it will be cancelled.`,
    shipTo: "Shipping address:",
    link: "See the order",
  },
  es: {
    placed: (shop, number) => `${shop}: tu pedido ${number}`,
    thanks: (shop, number) => `Gracias por tu pedido ${number} en ${shop}.`,
    paid: (shop, number) => `${shop}: el pedido ${number} está pagado`,
    received: (shop, number, amount, method) =>
      `${shop} ha recibido tu pago de ${amount} (${method}) por el pedido ${number}. Gracias.`,
    cancelled: (shop, number) => `${shop}: el pedido ${number} se ha cancelado`,
    expired: (shop, number, time) =>
      `Tu pedido ${number} en ${shop} se ha cancelado porque no se pagó antes del ${time}.`,
    wasCancelled: (shop, number) => `Tu pedido ${number} en ${shop} se ha cancelado.`,
    lateMoney: "Si ya lo habías pagado, la tienda te devolverá el dinero.",
    refunded: (shop, number) => `${shop}: devolución del pedido ${number}`,
    refund: (shop, number, amount) => `${shop} te ha devuelto ${amount} de tu pedido ${number}:`,
    reason: (reason) => `Motivo: ${reason}`,
    payByLink: (amount) => `Por pagar: ${amount} con tarjeta, en la página del pedido.`,
    payOnline: (amount) => `Por pagar: ${amount} con tarjeta, en la página donde hiciste el pedido.`,
    payByTransfer: (amount, number) =>
      `Por pagar: ${amount} por transferencia, con la referencia ${number}. Si no tienes los datos bancarios de la tienda, responde a este mensaje.`,
    payInCash: (amount) => `Por pagar: ${amount} en efectivo, al recibir o recoger el pedido.`,
    payOtherwise: (amount, method) => `Por pagar: ${amount} (${method}). La tienda confirma tu pago.`,
    hold: (time) =>
      `Los artículos están reservados para ti hasta el ${time}. Si no pagas el pedido antes, se cancelará.`,
    shipTo: "Dirección de envío:",
    link: "Ver el pedido",
  },
};
