import type { Language } from "../../mail/words.ts";

export type Page = "reset-password" | "invitation" | "confirm-email";

/** `invalidLink` says what to do when the link no longer works, `existingAccount` when another account has the address. */
type PageTexts = {
  title: string;
  lead: string;
  button: string;
  done: string;
  invalidLink: string;
  existingAccount?: string;
};

type CommonTexts = {
  password: string;
  rule: string;
  invalidLinkTitle: string;
  existingAccountTitle: string;
  tooMany: string;
};

export const pageTexts: Record<Language, Record<Page, PageTexts> & CommonTexts> = {
  en: {
    password: "New password",
    rule: "8 to 256 characters",
    invalidLinkTitle: "This link no longer works",
    existingAccountTitle: "This address has an account",
    tooMany: "Too many attempts. Try again in a minute.",
    "reset-password": {
      title: "Choose a new password",
      lead: "You will be signed out on all your devices.",
      button: "Save password",
      done: "Your password has been changed. You can sign in with it now.",
      invalidLink:
        "It has expired or has been used. If you have already chosen a new password, sign in with it. Otherwise choose “Forgotten password” where you sign in, and open the link in the new email within 30 minutes.",
    },
    invitation: {
      title: "Accept the invitation",
      lead: "Choose the password with which you will sign in.",
      button: "Open my account",
      done: "Your account is open. You can sign in with your e-mail address and this password.",
      invalidLink:
        "The invitation has been accepted or withdrawn, or it has expired. If you accepted it, sign in with your e-mail address and your password. Otherwise ask the person who invited you for a new invitation.",
      existingAccount:
        "The shop has an account with this e-mail address. Sign in with it. If you cannot do what you need there, ask the person who invited you.",
    },
    "confirm-email": {
      title: "Confirm your e-mail address",
      lead: "Press the button to confirm that this address is yours.",
      button: "Confirm address",
      done: "Thank you. Your address is confirmed.",
      invalidLink:
        "It has expired or has been used. If you have already confirmed your address, there is nothing left to do. Otherwise sign in and request the email again.",
      existingAccount:
        "Another account of the shop has this e-mail address. Sign in and enter a different one.",
    },
  },
  es: {
    password: "Contraseña nueva",
    rule: "De 8 a 256 caracteres",
    invalidLinkTitle: "Este enlace ya no funciona",
    existingAccountTitle: "Esta dirección ya tiene una cuenta",
    tooMany: "Demasiados intentos. Vuelve a probar dentro de un minuto.",
    "reset-password": {
      title: "Elige una contraseña nueva",
      lead: "Se cerrará tu sesión en todos los dispositivos.",
      button: "Guardar contraseña",
      done: "La contraseña ha cambiado. Ya puedes iniciar sesión con ella.",
      invalidLink:
        "Ha caducado o ya se ha usado. Si ya elegiste una contraseña nueva, inicia sesión con ella. Si no, elige «He olvidado la contraseña» donde inicias sesión y abre el enlace del nuevo correo antes de 30 minutos.",
    },
    invitation: {
      title: "Acepta la invitación",
      lead: "Elige la contraseña con la que iniciarás sesión.",
      button: "Abrir mi cuenta",
      done: "Tu cuenta está abierta. Ya puedes iniciar sesión con tu correo y esta contraseña.",
      invalidLink:
        "La invitación se ha aceptado, se ha retirado o ha caducado. Si la aceptaste, inicia sesión con tu correo y tu contraseña. Si no, pide una invitación nueva a quien te invitó.",
      existingAccount:
        "La tienda ya tiene una cuenta con este correo. Inicia sesión con ella. Si te faltan permisos, habla con quien te invitó.",
    },
    "confirm-email": {
      title: "Confirma tu correo electrónico",
      lead: "Pulsa el botón para confirmar que esta dirección es tuya.",
      button: "Confirmar dirección",
      done: "Gracias. Tu dirección está confirmada.",
      invalidLink:
        "Ha caducado o ya se ha usado. Si ya confirmaste tu dirección, no tienes que hacer nada más. Si no, inicia sesión y vuelve a pedir el correo.",
      existingAccount: "Otra cuenta de la tienda ya tiene este correo. Inicia sesión e indica otro.",
    },
  },
};
