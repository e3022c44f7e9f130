import type { Language } from "../../mail/words.ts";

type Texts = {
  title: string;
  code: string;
  codeHint: string;
  next: string;
  signIn: string;
  signInLead: string;
  shop: string;
  email: string;
  password: string;
  confirmTitle: string;
  warning: string;
  otherNetwork: string;
  device: string;
  client: string;
  account: string;
  requested: string;
  approve: string;
  deny: string;
  approved: string;
  denied: string;
  unknown: string;
  decided: string;
  wrongCredentials: string;
  tooMany: string;
};

export const deviceTexts: Record<Language, Texts> = {
  en: {
    title: "Sign in a device",
    code: "Code that the device shows",
    codeHint: "Eight letters, such as WDJB-MJHT",
    next: "Continue",
    signIn: "Sign in",
    signInLead: "Sign in with the account that the device will use.",
    shop: "Shop",
    email: "E-mail address",
    password: "Password",
    confirmTitle: "Sign in this device?",
    warning:
      "Approve only if you are setting this device up yourself and it shows exactly this code. It will be able to do everything that you can do.",
    otherNetwork:
      "The request comes from another network than yours. If the device is in front of you, it normally uses the same one.",
    device: "Device",
    client: "Program",
    account: "Account",
    requested: "Requested",
    approve: "Approve",
    deny: "Deny",
    approved:
      "The device is approved and signs in within seconds. You can end its login in the list of your logins.",
    denied: "The device was denied. Nothing else happens.",
    unknown:
      "No device of this shop is waiting with this code. Compare it with the one that the device shows; if it has expired, start again on the device.",
    decided: "This device has already been approved or denied. To sign it in, start again on the device.",
    wrongCredentials: "Check the shop, the e-mail address and the password.",
    tooMany: "Too many attempts. Try again in a minute.",
  },
  es: {
    title: "Iniciar sesión en un dispositivo",
    code: "Código que muestra el dispositivo",
    codeHint: "Ocho letras, por ejemplo WDJB-MJHT",
    next: "Continuar",
    signIn: "Iniciar sesión",
    signInLead: "Inicia sesión con la cuenta que usará el dispositivo.",
    shop: "Tienda",
    email: "Correo electrónico",
    password: "Contraseña",
    confirmTitle: "¿Iniciar sesión en este dispositivo?",
    warning:
      "Autorízalo solo si lo estás configurando tú y muestra exactamente este código. Podrá hacer todo lo que puedes hacer tú.",
    otherNetwork:
      "La solicitud llega desde una red distinta de la tuya. Si tienes el dispositivo delante, lo normal es que use la misma.",
    device: "Dispositivo",
    client: "Programa",
    account: "Cuenta",
    requested: "Solicitado",
    approve: "Autorizar",
    deny: "Rechazar",
    approved:
      "El dispositivo está autorizado e iniciará sesión en unos segundos. Puedes cerrar su sesión en la lista de tus sesiones.",
    denied: "Has rechazado el dispositivo. No se hará nada más.",
    unknown:
      "Ningún dispositivo de esta tienda espera con este código. Compáralo con el que muestra; si ha caducado, vuelve a empezar en el dispositivo.",
    decided:
      "Este dispositivo ya se ha autorizado o rechazado. Para iniciar sesión en él, vuelve a empezar en el dispositivo.",
    wrongCredentials: "Comprueba la tienda, el correo electrónico y la contraseña.",
    tooMany: "Demasiados intentos. Vuelve a probar dentro de un minuto.",
  },
};
