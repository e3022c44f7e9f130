import { words } from "../../i18n/words.ts";

export const webhooksWords = words({
  subtitle: {
    es: "La tienda avisa a otros programas de lo que pasa, con una petición firmada.",
    en: "The shop informs other systems of what happens, by a signed request.",
  },
  newEndpoint: { es: "Nuevo destino", en: "New endpoint" },
  endpoint: { es: "Destino", en: "Endpoint" },
  url: { es: "URL", en: "URL" },
  urlHint: { es: "Una dirección https:// pública", en: "A public https:// address" },
  description: { es: "Descripción", en: "Description" },
  events: { es: "Eventos", en: "Events" },
  allEvents: { es: "Todos los eventos", en: "All events" },
  someEvents: {
    es: (count: number) => (count === 1 ? "1 evento" : `${count} eventos`),
    en: (count: number) => (count === 1 ? "1 event" : `${count} events`),
  },
  noEvents: { es: "Elige al menos un evento.", en: "Choose at least one event." },
  create: { es: "Crear el destino", en: "Create the endpoint" },
  created: { es: "El destino está creado", en: "The endpoint has been created" },
  secretNote: {
    es: "Con este secreto, el destino comprueba la firma de cada petición.",
    en: "With this secret, the endpoint verifies the signature of each request.",
  },
  state: { es: "Estado", en: "State" },
  since: { es: "Creado", en: "Created" },
  enabled: { es: "Activo", en: "Enabled" },
  disabled: { es: "Desactivado", en: "Disabled" },
  notAnswering: { es: "No responde", en: "Not answering" },
  probing: { es: "Se está probando", en: "Being probed" },
  none: {
    es: "Todavía no hay destinos. Añade uno para que otro programa se entere de cada venta o cambio de stock.",
    en: "There are no endpoints yet. Add one to inform another system of each sale or change of stock.",
  },
});

/** The events to subscribe to, by the names that the API gives them. */
export const eventWords = words<Record<string, string>>({
  "sale.completed": { es: "Venta hecha", en: "Sale completed" },
  "sale.refunded": { es: "Devolución", en: "Sale refunded" },
  "sale.cancelled": { es: "Venta cancelada", en: "Sale cancelled" },
  "sale.payments_corrected": { es: "Pagos corregidos", en: "Payments corrected" },
  "purchase.placed": { es: "Pedido recibido", en: "Order placed" },
  "purchase.changed": { es: "Pedido cambiado", en: "Order changed" },
  "payment.refund_due": { es: "Pago por devolver", en: "Refund of a payment due" },
  "payment.refunded": { es: "Pago devuelto", en: "Payment refunded" },
  "product.created": { es: "Producto nuevo", en: "Product created" },
  "product.updated": { es: "Producto cambiado", en: "Product updated" },
  "product.hidden": { es: "Producto retirado", en: "Product hidden" },
  "product.low_stock": { es: "Queda poco stock", en: "Low stock" },
  "product.stock_changed": { es: "Cambio de stock", en: "Stock changed" },
  "products.imported": { es: "Catálogo importado", en: "Products imported" },
  "stock.discrepancy": { es: "Falta stock de una venta", en: "Stock discrepancy" },
  "shift.started": { es: "Turno abierto", en: "Shift started" },
  "shift.ended": { es: "Turno cerrado", en: "Shift ended" },
  "shift.corrected": { es: "Turno corregido", en: "Shift corrected" },
  "shift.idle": { es: "Turno sin actividad", en: "Idle shift" },
  "shift.needs_review": { es: "Turno por revisar", en: "Shift needs a review" },
  "webhook.ping": { es: "Prueba", en: "Ping" },
});
