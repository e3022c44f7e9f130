import { words } from "../i18n/words.ts";

export const offlineWords = words({
  online: { es: "En línea", en: "Online" },
  offline: { es: "Sin conexión", en: "Offline" },
  unsent: {
    es: (count: number) => (count === 1 ? "1 venta sin enviar" : `${count} ventas sin enviar`),
    en: (count: number) => (count === 1 ? "1 unsent sale" : `${count} unsent sales`),
  },
  title: { es: "Ventas sin enviar", en: "Unsent sales" },
  allSent: { es: "Todas las ventas están en la tienda.", en: "All sales are in the shop." },
  explanation: {
    es: "Están guardadas en este equipo y se envían solas cuando hay conexión.",
    en: "They are stored on this device, and are sent by themselves when there is a connection.",
  },
  "sign-out": {
    es: "Antes de cerrar la sesión, envía estas ventas o pásalas a administración. Solo tu sesión puede enviarlas.",
    en: "Before you sign out, send these sales or hand them to a manager. Only your login can send them.",
  },
  "shift-end": {
    es: "Antes de terminar el turno, envía estas ventas o pásalas a administración. Si no, faltarán en el cierre Z.",
    en: "Before you end the shift, send these sales or hand them to a manager. Otherwise the Z report lacks them.",
  },
  ofOtherShop: {
    es: (count: number) =>
      count === 1
        ? "Hay 1 venta sin enviar de otra tienda. La envía la sesión de quien la hizo."
        : `Hay ${count} ventas sin enviar de otra tienda. Las envía la sesión de quien las hizo.`,
    en: (count: number) =>
      count === 1
        ? "There is 1 unsent sale of another shop. The login of its seller sends it."
        : `There are ${count} unsent sales of another shop. The login of their seller sends them.`,
  },
  send: { es: "Enviar ahora", en: "Send now" },
  sent: { es: "La venta está en la tienda.", en: "The sale is in the shop." },
  waiting: { es: "En espera", en: "Waiting" },
  refused: { es: "Rechazada", en: "Refused" },
  manager: { es: "En administración", en: "With a manager" },
  by: { es: (name: string) => `de ${name}`, en: (name: string) => `by ${name}` },
  products: {
    es: (count: number) => (count === 1 ? "1 línea" : `${count} líneas`),
    en: (count: number) => (count === 1 ? "1 line" : `${count} lines`),
  },
  retry: { es: "Reintentar", en: "Try again" },
  asMine: { es: "Enviar como mía", en: "Send as mine" },
  approve: { es: "Aprobar con PIN…", en: "Approve with a PIN…" },
  toManager: { es: "Pasar a administración", en: "Hand to a manager" },
  waitsForSeller: {
    es: (name: string) => `Se envía cuando ${name} inicie sesión en este equipo.`,
    en: (name: string) => `It is sent when ${name} signs in on this device.`,
  },
  managerText: {
    es: "Alguien con el rol de administración la resuelve en este equipo.",
    en: "An administrator settles it on this device.",
  },
  settled: {
    es: (number: string) => `La venta está en la tienda con el número ${number}.`,
    en: (number: string) => `The sale is in the shop with the number ${number}.`,
  },
  correct: { es: "Corregir…", en: "Correct…" },
  correctTitle: { es: "Corregir la venta", en: "Correct the sale" },
  correctText: {
    es: (total: string) => `Se cobraron ${total}. Cambia lo que la tienda no acepta y envíala.`,
    en: (total: string) => `${total} were charged. Change what the shop does not accept, and send it.`,
  },
  otherCode: { es: "Otro producto (SKU o código)", en: "Other product (SKU or barcode)" },
  unknownCode: { es: "Ningún producto tiene ese código.", en: "No product has this code." },
  unitPrice: { es: "Precio por unidad", en: "Price for a unit" },
  badAmount: { es: "Escribe un importe, como 12,50.", en: "Enter an amount, such as 12.50." },
  withoutCustomer: { es: "Sin el cliente", en: "Without the customer" },
  withoutDiscounts: { es: "Sin los descuentos", en: "Without the discounts" },
  paidBy: { es: "Cobrada por", en: "Paid by" },
  asCharged: { es: "Como se cobró", en: "As it was charged" },
  writeOff: { es: "Dar de baja…", en: "Write off…" },
  writeOffTitle: { es: "Dar de baja la venta", en: "Write off the sale" },
  writeOffText: {
    es: "La venta no llegará a la tienda: ni stock, ni caja, ni cifras cambian. La auditoría guarda qué se vendió, quién decide y por qué.",
    en: "The sale will not be in the shop: no stock, cash or figures change. The audit log has what was sold, who decides and why.",
  },
  writtenOff: {
    es: "La venta está dada de baja. Consta en la auditoría.",
    en: "The sale is written off. The audit log has it.",
  },
  reason: { es: "Motivo", en: "Reason" },
  newVersion: { es: "Hay una versión nueva", en: "A new version is ready" },
  update: { es: "Actualizar", en: "Update" },
});
