import { words } from "../i18n/words.ts";

export const sessionWords = words({
  title: { es: "Abre tu tienda", en: "Open your shop" },
  subtitle: {
    es: "Ventas, caja y equipo en un solo mostrador.",
    en: "Sales, till and staff over one counter.",
  },
  shop: { es: "Tienda", en: "Shop" },
  email: { es: "Correo", en: "E-mail" },
  password: { es: "Contraseña", en: "Password" },
  enter: { es: "Entrar", en: "Sign in" },
  newShop: { es: "Abrir una tienda nueva", en: "Open a new shop" },
  forgotten: { es: "He olvidado la contraseña", en: "I forgot my password" },
  required: { es: "Falta este dato", en: "This is missing" },
  lockedTitle: { es: "Tu sesión ha terminado", en: "Your session has ended" },
  lockedText: {
    es: (name: string) =>
      `Escribe la contraseña de ${name} para seguir. No se ha perdido nada de la pantalla.`,
    en: (name: string) => `Enter the password of ${name} to continue. Nothing on the screen is lost.`,
  },
  otherPerson: { es: "Entrar como otra persona", en: "Sign in as someone else" },
  customerTitle: { es: "Esta cuenta es de clientela", en: "This is a customer's account" },
  customerText: {
    es: "El panel es para el personal de la tienda. Tus pedidos están en la web de la tienda.",
    en: "This app is for the staff of the shop. Your orders are on the web site of the shop.",
  },
});
