// The texts of the mails about accounts.
import type { Content } from "../../mail/message.ts";
import type { Language } from "../../mail/words.ts";

type Texts = {
  confirmEmail: (shop: string, url: string) => Content;
  emailChanged: (shop: string) => Content;
  resetPassword: (shop: string, url: string) => Content;
  invitation: (shop: string, name: string, url: string) => Content;
};

export const texts: Record<Language, Texts> = {
  en: {
    confirmEmail: (shop, url) => ({
      subject: `Confirm your e-mail address for ${shop}`,
      paragraphs: [`Please confirm that ${shop} can reach you at this address.`],
      link: { label: "Confirm address", url },
      note: "The link works once, for three days. If you do not know why you received this, ignore it.",
    }),
    emailChanged: (shop) => ({
      subject: `Your e-mail address at ${shop} was changed`,
      paragraphs: [
        `Your account at ${shop} now has another e-mail address, and this one can no longer sign in.`,
        `If that was not you, answer this mail at once.`,
      ],
    }),
    resetPassword: (shop, url) => ({
      subject: `Choose a new password for ${shop}`,
      paragraphs: [`You, or somebody else, asked to choose a new password for your account at ${shop}.`],
      link: { label: "Choose a password", url },
      note: "The link works once, for 30 minutes. If it was not you, ignore this mail: your password stays as it is.",
    }),
    invitation: (shop, name, url) => ({
      subject: `You are invited to work with ${shop}`,
      paragraphs: [`Hello ${name},`, `${shop} has an account for you. Choose a password to sign in.`],
      link: { label: "Accept the invitation", url },
      note: "The link works once, for seven days.",
    }),
  },
  es: {
    confirmEmail: (shop, url) => ({
      subject: `Confirma tu correo electrónico en ${shop}`,
      paragraphs: [`Confirma que ${shop} puede escribirte a esta dirección.`],
      link: { label: "Confirmar dirección", url },
      note: "El enlace funciona una vez y durante tres días. Si no sabes por qué has recibido este mensaje, no hagas nada.",
    }),
    emailChanged: (shop) => ({
      subject: `Tu correo electrónico en ${shop} ha cambiado`,
      paragraphs: [
        `Tu cuenta en ${shop} tiene ahora otro correo electrónico, y con este ya no se puede iniciar sesión.`,
        `Si no has sido tú, responde a este mensaje cuanto antes.`,
      ],
    }),
    resetPassword: (shop, url) => ({
      subject: `Elige una contraseña nueva para ${shop}`,
      paragraphs: [`Se ha pedido elegir una contraseña nueva para tu cuenta en ${shop}.`],
      link: { label: "Elegir contraseña", url },
      note: "El enlace funciona una vez y durante 30 minutos. Si no has sido tú, no hagas nada: tu contraseña no cambia.",
    }),
    invitation: (shop, name, url) => ({
      subject: `Te han invitado a trabajar con ${shop}`,
      paragraphs: [`Hola, ${name}:`, `${shop} tiene una cuenta para ti. Elige una contraseña para entrar.`],
      link: { label: "Aceptar la invitación", url },
      note: "El enlace funciona una vez y durante siete días.",
    }),
  },
};
