import { words } from "../../i18n/words.ts";

export const customerWords = words({
  newCustomer: { es: "Nuevo cliente", en: "New customer" },
  toFind: { es: "Nombre, correo, teléfono o NIF", en: "Name, e-mail, phone or tax id" },
  name: { es: "Nombre", en: "Name" },
  noName: { es: "Sin nombre", en: "No name" },
  email: { es: "Correo", en: "E-mail" },
  phone: { es: "Teléfono", en: "Phone" },
  taxId: { es: "NIF", en: "Tax id" },
  note: { es: "Nota", en: "Note" },
  reference: { es: "Referencia", en: "Reference" },
  referenceHint: {
    es: "Cómo se llama en los archivos de otro programa.",
    en: "What it is called in the files of another program.",
  },
  acceptsMail: { es: "Acepta correos comerciales", en: "Accepts marketing mails" },
  account: { es: "Con cuenta", en: "Has an account" },
  since: { es: "Desde", en: "Since" },
  created: { es: "El cliente está creado.", en: "The customer has been created." },
  saved: { es: "Los datos están guardados.", en: "The data has been saved." },
  create: { es: "Crear", en: "Create" },
  noCustomers: {
    es: "Todavía no hay clientes. Se crean al vender, al importar o aquí.",
    en: "There are no customers yet. They are created with a sale, with an import, or here.",
  },
  accountOwns: {
    es: "El nombre y el correo son los de su cuenta: los cambia su titular.",
    en: "Name and e-mail are those of their account: its owner changes them.",
  },
});
