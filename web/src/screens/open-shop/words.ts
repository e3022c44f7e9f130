import { words } from "../../i18n/words.ts";

export const openShopWords = words({
  title: { es: "Una tienda nueva", en: "A new shop" },
  subtitle: {
    es: "En un minuto puedes vender o importar las ventas de tu programa anterior.",
    en: "In a minute you can sell, or import the sales of your former program.",
  },
  name: { es: "Nombre de la tienda", en: "Name of the shop" },
  slug: { es: "Nombre corto", en: "Short name" },
  slugHint: {
    es: "Con él se entra. Letras minúsculas, cifras y guiones.",
    en: "People sign in with it. Lower-case letters, digits and hyphens.",
  },
  currency: { es: "Moneda", en: "Currency" },
  timezone: { es: "Zona horaria", en: "Time zone" },
  firstName: { es: "Tu nombre", en: "Your first name" },
  lastName: { es: "Tus apellidos", en: "Your last name" },
  email: { es: "Correo", en: "E-mail" },
  password: { es: "Contraseña", en: "Password" },
  passwordHint: { es: "8 caracteres o más", en: "8 characters or more" },
  open: { es: "Abrir la tienda", en: "Open the shop" },
  haveShop: { es: "Ya tengo una tienda", en: "I have a shop" },
});
