import { words } from "../../i18n/words.ts";

/** Texts of the dialogs, which are loaded when one opens. */
export const dialogWords = words({
  remove: { es: "Quitar", en: "Remove" },
  quantity: { es: "Cantidad", en: "Quantity" },
  quantityOf: { es: (unit: string) => `Cantidad (${unit})`, en: (unit: string) => `Quantity (${unit})` },
  quantityFault: {
    es: "Escribe una cantidad mayor que cero, con tres decimales como mucho",
    en: "Enter a quantity above zero with at most three decimals",
  },
  wholeFault: { es: "Se vende por piezas enteras", en: "It is sold in whole pieces" },
  price: { es: "Precio", en: "Price" },
  saleDiscount: { es: "Descuento en la venta", en: "Discount on the sale" },
  percent: { es: "Porcentaje", en: "Percentage" },
  reason: { es: "Motivo", en: "Reason" },
  reasonDefault: { es: "Descuento en caja", en: "Discount at the till" },
  percentFault: { es: "Escribe un porcentaje, como 10", en: "Enter a percentage such as 10" },
  addToSale: { es: "Añadir a la venta", en: "Add to the sale" },
  apply: { es: "Aplicar", en: "Apply" },
  noCustomer: { es: "Sin cliente", en: "No customer" },
  findCustomer: { es: "Nombre, correo, teléfono o NIF", en: "Name, e-mail, phone or tax id" },
  newCustomer: { es: "Cliente nuevo", en: "New customer" },
  addCustomer: { es: "Añadir cliente", en: "Add the customer" },
  customerOffline: {
    es: "Los clientes se buscan con conexión.",
    en: "Customers can be found with a connection only.",
  },
  name: { es: "Nombre", en: "Name" },
  takeUp: { es: "Recuperar", en: "Take up" },
  discard: { es: "Descartar", en: "Discard" },
  noneParked: { es: "No hay ventas aparcadas", en: "No sale is parked" },
  approvalTitle: { es: "Hace falta una aprobación", en: "An approval is needed" },
  approvalText: {
    es: "Una persona que administra la tienda escribe aquí su PIN.",
    en: "An administrator of the shop enters their PIN here.",
  },
  approver: { es: "Quién aprueba", en: "Who approves" },
  pin: { es: "PIN", en: "PIN" },
  pinFault: { es: "El PIN tiene de 4 a 8 cifras", en: "A PIN has 4 to 8 digits" },
  approve: { es: "Aprobar", en: "Approve" },
  noApprovers: {
    es: "Nadie de administración ha fijado su PIN.",
    en: "No administrator has set a PIN.",
  },
  none: { es: "Ninguno", en: "None" },
  parked: { es: "Aparcadas", en: "Parked" },
});
