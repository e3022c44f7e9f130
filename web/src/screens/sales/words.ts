import { words } from "../../i18n/words.ts";

/** Names of what a sale is; orders and customers show them too. */
export const saleWords = words({
  sale: { es: "Venta", en: "Sale" },
  refund: { es: "Devolución", en: "Refund" },
  void: { es: "Anulación", en: "Void" },
  counter: { es: "Mostrador", en: "Counter" },
  online: { es: "En línea", en: "Online" },
  import: { es: "Importada", en: "Imported" },
  completed: { es: "Completada", en: "Completed" },
  pending: { es: "Pendiente", en: "Pending" },
  cancelled: { es: "Cancelada", en: "Cancelled" },
  number: { es: "Número", en: "Number" },
  noNumber: { es: "Sin número", en: "No number" },
  date: { es: "Fecha", en: "Date" },
  channel: { es: "Canal", en: "Channel" },
  kind: { es: "Tipo", en: "Kind" },
  status: { es: "Estado", en: "Status" },
  seller: { es: "Vendedor", en: "Seller" },
  payment: { es: "Pago", en: "Payment" },
  severalMethods: { es: "Varios medios", en: "Several methods" },
  units: { es: "Unidades", en: "Units" },
  total: { es: "Total", en: "Total" },
});

export const salesWords = words({
  numberToFind: { es: "Número de recibo o pedido", en: "Number of a receipt or order" },
  allChannels: { es: "Todos los canales", en: "All channels" },
  allStatuses: { es: "Todos los estados", en: "All statuses" },
  allKinds: { es: "Ventas y devoluciones", en: "Sales and refunds" },
  allSellers: { es: "Todo el equipo", en: "All sellers" },
  onlySales: { es: "Solo ventas", en: "Sales only" },
  onlyRefunds: { es: "Solo devoluciones", en: "Refunds only" },
  csvSales: { es: "CSV de ventas", en: "CSV of sales" },
  csvLines: { es: "CSV de líneas", en: "CSV of lines" },
  noSales: {
    es: "Todavía no hay ventas. La primera se hace en la caja.",
    en: "There are no sales yet. The first one is made at the till.",
  },
});
