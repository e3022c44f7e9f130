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
      note: "The link works once and expires in three days. If you did not expect this email, you can ignore it.",
    }),
    emailChanged: (shop) => ({
      subject: `Your e-mail address at ${shop} was changed`,
      paragraphs: [
        `The e-mail address of your account at ${shop} was changed. You can no longer sign in with this one.`,
        `If you did not change it, reply to this email right away.`,
      ],
    }),
    resetPassword: (shop, url) => ({
      subject: `Choose a new password for ${shop}`,
      paragraphs: [`Somebody asked for a new password for your account at ${shop}.`],
      link: { label: "Choose a password", url },
      note: "The link works once and expires in 30 minutes. If it was not you, ignore this email: your password has not changed.",
    }),
    invitation: (shop, name, url) => ({
      subject: `You are invited to work with ${shop}`,
      paragraphs: [
        `Hello ${name},`,
        `${shop} has prepared an account for you. Choose a password to open it.`,
      ],
      link: { label: "Accept the invitation", url },
      note: "The link works once and expires in seven days.",
    }),
  },
  es: {
    confirmEmail: (shop, url) => ({
      subject: `Confirma tu correo electrónico en ${shop}`,
      paragraphs: [`Confirma que ${shop} puede escribirte a esta dirección.`],
      link: { label: "Confirmar dirección", url },
      note: "El enlace funciona una sola vez y caduca a los tres días. Si no esperabas este mensaje, puedes ignorarlo.",
    }),
    emailChanged: (shop) => ({
      subject: `Tu correo electrónico en ${shop} ha cambiado`,
      paragraphs: [
        `El correo electrónico de tu cuenta en ${shop} ha cambiado. Con este ya no puedes iniciar sesión.`,
        `Si no lo has cambiado tú, responde a este mensaje cuanto antes.`,
      ],
    }),
    resetPassword: (shop, url) => ({
      subject: `Elige una contraseña nueva para ${shop}`,
      paragraphs: [`Alguien ha pedido una contraseña nueva para tu cuenta en ${shop}.`],
      link: { label: "Elegir contraseña", url },
      note: "El enlace funciona una sola vez y caduca a los 30 minutos. Si no has sido tú, ignora este mensaje: tu contraseña no ha cambiado.",
    }),
    invitation: (shop, name, url) => ({
      subject: `Te han invitado a trabajar con ${shop}`,
      paragraphs: [
        `Hola, ${name}:`,
        `${shop} ha preparado una cuenta para ti. Elige una contraseña para abrirla.`,
      ],
      link: { label: "Aceptar la invitación", url },
      note: "El enlace funciona una sola vez y caduca a los siete días.",
    }),
  },
};
