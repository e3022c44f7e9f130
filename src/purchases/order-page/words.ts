// The texts of the order's page.
import type { Language } from "../../mail/words.ts";

export type OrderWords = {
  order: (number: string) => string;
  states: Record<"pending" | "completed" | "cancelled" | "refunded", string>;
  reservedUntil: (time: string) => string;
  pay: (amount: string) => string;
  payHint: string;
  payWhereOrdered: string;
  payNotNow: string;
  confirmedByShop: string;
  item: string;
  quantity: string;
  price: string;
  amount: string;
  discount: string;
  taxIncluded: (rate: string) => string;
  total: string;
  refunded: (quantity: string) => string;
  address: string;
  payment: string;
  methods: Record<string, string>;
  cancel: string;
  cancelHint: string;
  notCancellable: string;
  questions: string;
  noOrder: string;
  noOrderHint: string;
};

export const orderWords: Record<Language, OrderWords> = {
  en: {
    order: (number) => `Order ${number}`,
    states: { pending: "Not paid yet", completed: "Paid", cancelled: "Cancelled", refunded: "Refunded" },
    reservedUntil: (time) => `The products are reserved for you until ${time}.`,
    pay: (amount) => `Pay ${amount}`,
    payHint:
      "You pay on the page of the payment provider. Afterwards this page shows the payment within minutes.",
    payWhereOrdered: "Complete the payment on the page where you ordered.",
    payNotNow: "The order cannot be paid online at the moment. Try again later, or ask the shop how to pay.",
    confirmedByShop: "The shop will confirm your payment.",
    item: "Product",
    quantity: "Quantity",
    price: "Price",
    amount: "Amount",
    discount: "Discount, already deducted",
    taxIncluded: (rate) => `Tax included (${rate})`,
    total: "Total",
    refunded: (quantity) => `Refunded: ${quantity}`,
    address: "Delivery address",
    payment: "Payment",
    methods: { cash: "Cash", card: "Card", transfer: "Bank transfer", other: "Other" },
    cancel: "Cancel the order",
    cancelHint: "Nothing has been charged. The products go back on sale.",
    notCancellable: "The order can no longer be cancelled. If it was paid, ask the shop for a refund.",
    questions: "Questions about your order?",
    noOrder: "This link does not work",
    noOrderHint:
      "It has expired or is incomplete. Use the link in the latest email about your order, or sign in at the shop.",
  },
  es: {
    order: (number) => `Pedido ${number}`,
    states: {
      pending: "Pendiente de pago",
      completed: "Pagado",
      cancelled: "Cancelado",
      refunded: "Reembolsado",
    },
    reservedUntil: (time) => `Los productos están reservados hasta el ${time}.`,
    pay: (amount) => `Pagar ${amount}`,
    payHint:
      "Se paga en la página del proveedor de pagos. Después, esta página muestra el pago en unos minutos.",
    payWhereOrdered: "Completa el pago en la página donde hiciste el pedido.",
    payNotNow:
      "Ahora mismo no se puede pagar el pedido en línea. Inténtalo más tarde o pregunta a la tienda cómo pagar.",
    confirmedByShop: "La tienda confirmará tu pago.",
    item: "Producto",
    quantity: "Cantidad",
    price: "Precio",
    amount: "Importe",
    discount: "Descuento ya aplicado",
    taxIncluded: (rate) => `Impuestos incluidos (${rate})`,
    total: "Total",
    refunded: (quantity) => `Reembolsado: ${quantity}`,
    address: "Dirección de entrega",
    payment: "Forma de pago",
    methods: { cash: "Efectivo", card: "Tarjeta", transfer: "Transferencia", other: "Otra" },
    cancel: "Cancelar el pedido",
    cancelHint: "No se ha cobrado nada. Los productos vuelven a la venta.",
    notCancellable: "El pedido ya no se puede cancelar. Si está pagado, pide un reembolso a la tienda.",
    questions: "¿Tienes dudas sobre tu pedido?",
    noOrder: "Este enlace no funciona",
    noOrderHint:
      "Ha caducado o está incompleto. Usa el enlace del último correo sobre tu pedido, o inicia sesión en la tienda.",
  },
};
