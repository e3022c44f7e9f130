import { words } from "../../i18n/words.ts";

export const shiftWords = words({
  title: { es: "Turno", en: "Shift" },
  toTill: { es: "Ir a la caja", en: "Go to the till" },
  findReceipt: { es: "Devolver o anular", en: "Refund or void" },
  since: {
    es: (time: string, duration: string) => `Desde las ${time} · ${duration}`,
    en: (time: string, duration: string) => `Since ${time} · ${duration}`,
  },
  noShift: { es: "No tienes un turno abierto.", en: "You have no open shift." },
  storedShift: {
    es: "Sin conexión: es lo último que se sabía del turno.",
    en: "Offline: this is what was last known of the shift.",
  },
  // Start
  startTitle: { es: "Empieza tu turno", en: "Start your shift" },
  startText: {
    es: "Cuenta el efectivo del cajón antes de la primera venta.",
    en: "Count the cash in the drawer before the first sale.",
  },
  openingCash: { es: "Fondo de caja", en: "Opening cash" },
  lastCount: {
    es: (amount: string) => `El último recuento fue de ${amount}.`,
    en: (amount: string) => `The last count was ${amount}.`,
  },
  device: { es: "Nombre de esta caja", en: "Name of this till" },
  deviceName: { es: "Caja 1", en: "Till 1" },
  start: { es: "Empezar el turno", en: "Start the shift" },
  needsConnection: {
    es: "Un turno se empieza y se termina con conexión. Mientras tanto puedes seguir vendiendo.",
    en: "A shift starts and ends with a connection. You can go on selling meanwhile.",
  },
  joined: {
    es: "Tu turno ya estaba abierto: esta caja se ha unido a él.",
    en: "Your shift was open already: this till has joined it.",
  },
  // Count
  countBy: { es: "Cómo contar", en: "How to count" },
  byCoins: { es: "Monedas y billetes", en: "Coins and notes" },
  asSum: { es: "Importe", en: "Amount" },
  howMany: { es: (value: string) => `Cuántos de ${value}`, en: (value: string) => `How many of ${value}` },
  counted: { es: "Contado", en: "Counted" },
  badAmount: { es: "Escribe un importe, como 150,00.", en: "Enter an amount, such as 150.00." },
  badCount: { es: "Escribe números enteros.", en: "Enter whole numbers." },
  clear: { es: "Vaciar el recuento", en: "Clear the count" },
  // Open shift
  state: { es: "Tu turno", en: "Your shift" },
  open: { es: "Abierto", en: "Open" },
  onBreak: { es: "En pausa", en: "On a break" },
  started: { es: "Empezado", en: "Started" },
  worked: { es: "Tiempo trabajado", en: "Time worked" },
  devices: { es: "Cajas", en: "Tills" },
  needsReview: {
    es: "El turno lleva demasiado tiempo abierto: lo revisará administración.",
    en: "The shift has been open for too long: an administrator will review it.",
  },
  breaks: { es: "Pausas", en: "Breaks" },
  noBreaks: { es: "Todavía no has hecho ninguna pausa.", en: "You have taken no break yet." },
  paid: { es: "Pagada", en: "Paid" },
  unpaid: { es: "Sin pagar", en: "Unpaid" },
  startPaid: { es: "Pausa pagada", en: "Paid break" },
  startUnpaid: { es: "Pausa sin pagar", en: "Unpaid break" },
  // Cash
  cash: { es: "Entradas y salidas de efectivo", en: "Cash in and out" },
  cashText: {
    es: "Lo que entra en el cajón o sale de él sin una venta.",
    en: "What goes into the drawer or out of it without a sale.",
  },
  direction: { es: "Sentido", en: "Direction" },
  paid_in: { es: "Entrada", en: "Cash in" },
  paid_out: { es: "Salida", en: "Cash out" },
  amount: { es: "Importe", en: "Amount" },
  reason: { es: "Motivo", en: "Reason" },
  reasonHint: {
    es: "Por ejemplo: cambio del banco, mensajería.",
    en: "For example: change from the bank, courier.",
  },
  reasonMissing: { es: "Indica el motivo.", en: "Give the reason." },
  record: { es: "Anotar", en: "Record" },
  paidIn: {
    es: (amount: string) => `Entrada de ${amount} anotada.`,
    en: (amount: string) => `Cash in of ${amount} recorded.`,
  },
  paidOut: {
    es: (amount: string) => `Salida de ${amount} anotada.`,
    en: (amount: string) => `Cash out of ${amount} recorded.`,
  },
  drawerShort: {
    es: "En el cajón debería haber menos efectivo del que ha salido. Cuéntalo.",
    en: "The drawer should hold less cash than was taken out. Count it.",
  },
  moves: { es: "Movimientos del turno", en: "Movements of the shift" },
  noMoves: {
    es: "En este turno no ha entrado ni salido efectivo sin una venta.",
    en: "No cash has gone in or out without a sale in this shift.",
  },
  approvedBy: { es: (name: string) => `aprobada por ${name}`, en: (name: string) => `approved by ${name}` },
  // End
  end: { es: "Terminar el turno", en: "End the shift" },
  endText: {
    es: "Cuenta el efectivo del cajón. Lo que debería haber se muestra después.",
    en: "Count the cash in the drawer. What it should hold is shown afterwards.",
  },
  count: { es: "Contar y terminar", en: "Count and end" },
  endWith: {
    es: (amount: string) => `Terminar con ${amount}`,
    en: (amount: string) => `End with ${amount}`,
  },
  confirmTitle: { es: "¿Terminar el turno?", en: "End the shift?" },
  confirmText: {
    es: (amount: string) => `Has contado ${amount}. Después ya no se puede cambiar.`,
    en: (amount: string) => `You counted ${amount}. It cannot be changed afterwards.`,
  },
  back: { es: "Volver", en: "Back" },
  // Ended
  ended: { es: "Turno terminado", en: "Shift ended" },
  expected: { es: "Efectivo esperado", en: "Expected cash" },
  difference: { es: "Diferencia", en: "Difference" },
  exact: { es: "El cajón cuadra.", en: "The drawer is exact." },
  over: { es: (amount: string) => `Sobran ${amount}.`, en: (amount: string) => `${amount} too much.` },
  short: { es: (amount: string) => `Faltan ${amount}.`, en: (amount: string) => `${amount} is missing.` },
  newShift: { es: "Empezar otro turno", en: "Start another shift" },
});
