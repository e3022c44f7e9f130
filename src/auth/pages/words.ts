import type { Language } from "../../mail/words.ts";

export type Page = "reset-password" | "invitation" | "confirm-email";

type PageTexts = { title: string; lead: string; button: string; done: string };

export const pageTexts: Record<Language, Record<Page, PageTexts> & { password: string; rule: string }> = {
  en: {
    password: "New password",
    rule: "8 to 256 characters",
    "reset-password": {
      title: "Choose a new password",
      lead: "It ends all your logins on other devices.",
      button: "Save password",
      done: "Your password has been changed. You can sign in with it now.",
    },
    invitation: {
      title: "Accept the invitation",
      lead: "Choose the password with which you will sign in.",
      button: "Open my account",
      done: "Your account is open. You can sign in with your e-mail address and this password.",
    },
    "confirm-email": {
      title: "Confirm your e-mail address",
      lead: "Press the button to confirm that this address is yours.",
      button: "Confirm address",
      done: "Thank you. Your address is confirmed.",
    },
  },
  es: {
    password: "Contraseña nueva",
    rule: "De 8 a 256 caracteres",
    "reset-password": {
      title: "Elige una contraseña nueva",
      lead: "Se cerrarán tus sesiones en otros dispositivos.",
      button: "Guardar contraseña",
      done: "La contraseña ha cambiado. Ya puedes iniciar sesión con ella.",
    },
    invitation: {
      title: "Acepta la invitación",
      lead: "Elige la contraseña con la que iniciarás sesión.",
      button: "Abrir mi cuenta",
      done: "Tu cuenta está abierta. Ya puedes iniciar sesión con tu correo y esta contraseña.",
    },
    "confirm-email": {
      title: "Confirma tu correo electrónico",
      lead: "Pulsa el botón para confirmar que esta dirección es tuya.",
      button: "Confirmar dirección",
      done: "Gracias. Tu dirección está confirmada.",
    },
  },
};
