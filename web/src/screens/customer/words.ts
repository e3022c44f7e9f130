import { words } from "../../i18n/words.ts";

export const customerScreenWords = words({
  spend: { es: "Gasto", en: "Spend" },
  sales: { es: "Ventas", en: "Sales" },
  average: { es: "Venta media", en: "Average sale" },
  units: { es: "Unidades", en: "Units" },
  refunds: { es: "Devoluciones", en: "Refunds" },
  lastSale: { es: "Última venta", en: "Last sale" },
  firstSale: { es: "Primera venta", en: "First sale" },
  details: { es: "Datos", en: "Details" },
  addresses: { es: "Direcciones", en: "Addresses" },
  yes: { es: "Sí", en: "Yes" },
  no: { es: "No", en: "No" },
  bounced: { es: "Los correos a esta dirección rebotan.", en: "Mails to this address bounce." },
  edit: { es: "Editar", en: "Edit" },
  editTitle: { es: "Editar el cliente", en: "Edit the customer" },
  newOrder: { es: "Nuevo pedido", en: "New order" },
  merge: { es: "Unir a otro", en: "Merge" },
  mergeTitle: { es: "Unir a otro cliente", en: "Merge into another customer" },
  mergeText: {
    es: (name: string) =>
      `Para dos fichas de la misma persona. ${name} desaparece: sus ventas, y los datos que falten, pasan al cliente que elijas. No se puede deshacer.`,
    en: (name: string) =>
      `For two records of the same person. ${name} disappears: its sales, and the data that is missing, pass to the customer that you choose. This cannot be undone.`,
  },
  chooseCustomer: { es: "Cliente que permanece", en: "Customer that remains" },
  mergeInto: { es: (name: string) => `Unir a ${name}`, en: (name: string) => `Merge into ${name}` },
  sureMerge: {
    es: "Son la misma persona, y sé que no se puede deshacer",
    en: "They are the same person, and I know that this cannot be undone",
  },
  merged: { es: "Los dos clientes son ahora uno.", en: "The two customers are now one." },
  erase: { es: "Borrar los datos", en: "Erase the data" },
  eraseTitle: { es: "Borrar los datos de la persona", en: "Erase the data of the person" },
  eraseText: {
    es: "Se borra todo lo que describe a la persona. Sus ventas se conservan sin nombre. No se puede deshacer.",
    en: "Everything that describes the person is erased. Their sales remain without a name. This cannot be undone.",
  },
  typeName: {
    es: (name: string) => `Escribe «${name}» para confirmar`,
    en: (name: string) => `Type “${name}” to confirm`,
  },
  erased: { es: "Los datos se han borrado.", en: "The data has been erased." },
  exportData: { es: "Exportar", en: "Export" },
  audit: { es: "Ver en la auditoría", en: "View in the audit log" },
  noSales: { es: "Todavía no ha comprado nada.", en: "They have not bought anything yet." },
  theirs: {
    es: "Otra persona ha cambiado estos datos entretanto. Al guardar otra vez se sustituyen los suyos:",
    en: "Someone else has changed this data in the meantime. Saving again replaces theirs:",
  },
  change: { es: "Cambiar", en: "Change" },
});
