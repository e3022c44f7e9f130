import { words } from "../../i18n/words.ts";

export const welcomeWords = words({
  title: { es: (shop: string) => `${shop} está abierta`, en: (shop: string) => `${shop} is open` },
  subtitle: {
    es: "Tres pasos hasta la primera venta. Puedes dejarlo y volver cuando quieras.",
    en: "Three steps to the first sale. You can leave and come back at any time.",
  },
  step: {
    es: (number: number, of: number) => `Paso ${number} de ${of}`,
    en: (number: number, of: number) => `Step ${number} of ${of}`,
  },
  done: { es: "Hecho", en: "Done" },
  taxes: { es: "Tus impuestos", en: "Your taxes" },
  taxesText: {
    es: "¿Qué impuesto llevan la mayoría de tus productos?",
    en: "Which tax do most of your products have?",
  },
  taxesDone: {
    es: (name: string) => `Por defecto: ${name}`,
    en: (name: string) => `By default: ${name}`,
  },
  taxName: { es: "Nombre", en: "Name" },
  taxRate: { es: "Tipo (%)", en: "Rate (%)" },
  taxRateFault: { es: "Escribe un porcentaje entre 0 y 100.", en: "Enter a percentage from 0 to 100." },
  included: { es: "Mis precios ya lo llevan incluido", en: "My prices include it" },
  saveTax: { es: "Guardar el impuesto", en: "Save the tax" },
  moreTaxes: { es: "Más impuestos, en los ajustes", en: "More taxes, in the settings" },
  products: { es: "Lo que vendes", en: "What you sell" },
  productsText: {
    es: "Añade un primer producto, o trae el catálogo y las ventas de tu programa anterior.",
    en: "Add a first product, or bring the catalogue and the sales of your former program.",
  },
  productsDone: { es: "Ya hay productos en el catálogo", en: "There are products in the catalogue" },
  product: { es: "Producto", en: "Product" },
  price: {
    es: (currency: string) => `Precio (${currency})`,
    en: (currency: string) => `Price (${currency})`,
  },
  priceFault: { es: "Escribe un precio, como 12,50.", en: "Enter a price, such as 12.50." },
  stock: { es: "Unidades en la tienda", en: "Units in the shop" },
  stockHint: { es: "Vacío: no se cuenta el stock", en: "Empty: the stock is not counted" },
  addProduct: { es: "Añadir el producto", en: "Add the product" },
  added: { es: "Producto añadido", en: "Product added" },
  doImport: { es: "Importar un archivo", en: "Import a file" },
  sale: { es: "Tu primera venta", en: "Your first sale" },
  saleText: {
    es: "Empieza un turno en la caja con el efectivo que hay en el cajón, y vende. O importa las ventas que ya has hecho.",
    en: "Start a shift at the till with the cash that is in the drawer, and sell. Or import the sales that you have made already.",
  },
  salesImported: {
    es: "Las ventas de tu programa anterior ya están aquí",
    en: "The sales of your former program are here",
  },
  saleDone: { es: "La primera venta está hecha", en: "The first sale is made" },
  toTill: { es: "Ir a la caja", en: "Go to the till" },
  toDashboard: { es: "Ver el panel", en: "See the dashboard" },
  later: { es: "Lo haré más tarde", en: "I will do it later" },
  allDone: {
    es: "Todo listo: tu tienda está en marcha.",
    en: "All set: your shop is up and running.",
  },
});
