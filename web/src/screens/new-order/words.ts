import { words } from "../../i18n/words.ts";

export const newOrderWords = words({
  customer: { es: "Cliente", en: "Customer" },
  known: { es: "Ya es cliente", en: "Existing customer" },
  fresh: { es: "Nuevo", en: "New" },
  find: { es: "Buscar al cliente", en: "Find the customer" },
  change: { es: "Cambiar", en: "Change" },
  name: { es: "Nombre", en: "Name" },
  email: { es: "Correo (opcional)", en: "E-mail (optional)" },
  phone: { es: "Teléfono (opcional)", en: "Phone (optional)" },
  lines: { es: "Productos", en: "Products" },
  payment: { es: "Pago y entrega", en: "Payment and delivery" },
  terms: { es: "Cómo paga", en: "How they pay" },
  note: { es: "Nota (opcional)", en: "Note (optional)" },
  total: { es: "Total", en: "Total" },
  totalHint: {
    es: "Con los precios de ahora. El stock queda reservado hasta que se pague.",
    en: "At the present prices. The stock is reserved until it is paid.",
  },
  ship: { es: "Enviar a una dirección", en: "Ship to an address" },
  recipient: { es: "Nombre del destinatario", en: "Name of the recipient" },
  street: { es: "Calle y número", en: "Street and number" },
  postalCode: { es: "Código postal", en: "Postal code" },
  city: { es: "Ciudad", en: "City" },
  country: { es: "País (código de dos letras)", en: "Country (code of two letters)" },
  create: { es: "Crear el pedido", en: "Create the order" },
  created: {
    es: (number: string) => `Pedido ${number} creado.`,
    en: (number: string) => `Order ${number} created.`,
  },
});
