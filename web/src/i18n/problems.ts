// What a person reads when a request fails, by the type of the problem.
import { ConnectionError, isProblem, type Fault, type ProblemSlug } from "@mostrador/sdk";
import { NotLoaded } from "../import-named.ts";
import { currentLanguage } from "./language.ts";
import { words, wordsNow } from "./words.ts";

// Of problems that only a fault of the app, or an app that is older than the server, causes.
const MISUNDERSTOOD = {
  es: "La aplicación y el servidor no se entienden. Recarga la página.",
  en: "The app and the server do not understand each other. Reload the page.",
};

export const problemWords = words<Record<ProblemSlug | "offline" | "not-loaded" | "unexpected", string>>({
  offline: {
    es: "No hay conexión con el servidor. Comprueba la red y vuelve a intentarlo.",
    en: "The server cannot be reached. Check the network and try again.",
  },
  "not-loaded": {
    es: "Esta parte no se ha podido cargar. Comprueba la red y vuelve a intentarlo; si se repite, recarga la página.",
    en: "This part could not be loaded. Check the network and try again; if it happens again, reload the page.",
  },
  unexpected: {
    es: "Algo ha fallado. Vuelve a intentarlo; si se repite, indica el número de la petición.",
    en: "Something failed. Try again; if it happens again, quote the request id.",
  },
  "invalid-credentials": {
    es: "El correo o la contraseña no son correctos.",
    en: "The e-mail address or the password is wrong.",
  },
  "invalid-token": {
    es: "Tu sesión ha terminado. Entra de nuevo.",
    en: "Your session has ended. Sign in again.",
  },
  "unknown-tenant": { es: "No hay ninguna tienda con ese nombre.", en: "There is no shop with this name." },
  "too-many-attempts": {
    es: "Demasiados intentos. Espera un minuto y vuelve a probar.",
    en: "Too many attempts. Wait a minute and try again.",
  },
  "slug-taken": {
    es: "Ese nombre corto ya está en uso. Elige otro.",
    en: "The short name is already taken. Choose another one.",
  },
  "signup-closed": {
    es: "Aquí las tiendas las abre quien lleva el servidor. Pídesela.",
    en: "Shops are opened by the operator of this server. Ask them.",
  },
  "email-taken": { es: "Ese correo ya está en uso.", en: "The e-mail address is already taken." },
  "token-reused": {
    es: "Tu sesión ha terminado. Entra de nuevo.",
    en: "Your session has ended. Sign in again.",
  },
  csrf: {
    es: "El navegador no ha dicho de qué página viene la petición. Recarga la página.",
    en: "The browser did not say which page sent the request. Reload the page.",
  },
  conflict: {
    es: "Los datos han cambiado entretanto. Vuelve a intentarlo.",
    en: "The data has changed in the meantime. Try again.",
  },
  "too-large": { es: "Es demasiado grande.", en: "It is too large." },
  "quota-exceeded": {
    es: "Demasiadas peticiones en poco tiempo. Espera un momento.",
    en: "Too many requests in a short time. Wait a moment.",
  },
  forbidden: { es: "Tu rol no permite hacer esto.", en: "Your role does not allow this." },
  "not-found": {
    es: "Ya no existe o no es de esta tienda.",
    en: "It no longer exists, or is not of this shop.",
  },
  invalid: { es: "Corrige los campos marcados.", en: "Correct the marked fields." },
  "precondition-failed": {
    es: "Otra persona lo ha cambiado entretanto. Revisa los dos valores.",
    en: "Someone else has changed it in the meantime. Compare both values.",
  },
  "no-open-shift": {
    es: "No tienes un turno abierto, y el efectivo necesita uno. Ábrelo en la caja.",
    en: "You have no open shift, and cash needs one. Open it at the till.",
  },
  "refund-exceeds-sale": {
    es: "Se ha devuelto entretanto, y no queda tanto por devolver.",
    en: "It was refunded in the meantime, and not as much is left to refund.",
  },
  "not-refundable": { es: "Ya no se puede devolver.", en: "It can no longer be refunded." },
  "payments-mismatch": {
    es: "Los pagos no suman el importe.",
    en: "The payments do not add up to the amount.",
  },
  "not-voidable": {
    es: "Ya no se puede anular. Haz una devolución.",
    en: "It can no longer be voided. Make a refund.",
  },
  "no-receipt": { es: "Todavía no tiene recibo.", en: "It has no receipt yet." },
  "too-many-mails": {
    es: "Se han enviado demasiados correos a esa dirección. Espera una hora.",
    en: "Too many mails were sent to this address. Wait an hour.",
  },
  "mail-not-failed": { es: "Ese correo no ha fallado.", en: "This mail has not failed." },
  "out-of-stock": { es: "No hay suficiente stock.", en: "There is not enough stock." },
  "not-changeable": {
    es: "Ese pedido ya no se puede cambiar.",
    en: "The order can no longer be changed.",
  },
  "not-cancellable": {
    es: "Ese pedido ya no se puede cancelar.",
    en: "The order can no longer be cancelled.",
  },
  "not-confirmable": {
    es: "Ese pedido no está pendiente de pago. Si ha llegado dinero, quedará por devolver.",
    en: "The order is not waiting for a payment. Money that has arrived is due for a refund.",
  },
  "price-changed": {
    es: "El total del pedido ha cambiado. Revísalo antes de confirmar.",
    en: "The total of the order has changed. Check it before you confirm.",
  },
  "no-payment-link": {
    es: "Para este pedido no puede haber un enlace de pago.",
    en: "There can be no payment link for this order.",
  },
  "unknown-customer": { es: "Ese cliente ya no existe.", en: "This customer no longer exists." },
  "unknown-product": { es: "Ese producto ya no se vende.", en: "This product is no longer sold." },
  "approval-required": {
    es: "El descuento o el precio supera lo que permiten las reglas de la tienda.",
    en: "The discount or price is beyond the rules of the shop.",
  },
  "reference-taken": {
    es: "Otro cliente tiene ya esa referencia.",
    en: "Another customer has this reference already.",
  },
  "belongs-to-account": {
    es: "Es de una cuenta: eso lo cambia su titular.",
    en: "It belongs to an account: its owner changes that.",
  },
  "merged-account": {
    es: "Un cliente con cuenta no se puede unir a otro. Une el otro a este.",
    en: "A customer with an account cannot be merged into another one. Merge the other one into this one.",
  },
  "purchase-pending": {
    es: "Tiene un pedido pendiente. Confírmalo o cancélalo antes.",
    en: "There is a pending order. Confirm or cancel it first.",
  },
  "last-admin": {
    es: "Es la única persona con el rol de administración. Da antes ese rol a otra.",
    en: "It is the only administrator. Give that role to someone else first.",
  },
  "shift-open": { es: "El turno sigue abierto.", en: "The shift is still open." },
  "shift-closed": { es: "El turno ya está cerrado.", en: "The shift is already closed." },
  "shift-overlap": {
    es: "Esas horas coinciden con otro turno de la misma persona.",
    en: "These times overlap another shift of the same person.",
  },
  "account-erased": { es: "Esa cuenta se ha borrado.", en: "This account has been erased." },
  "sku-taken": { es: "Ese SKU ya es de otro producto.", en: "Another product already has this SKU." },
  "barcode-taken": {
    es: "Ese código de barras ya es de otro producto.",
    en: "Another product already has this barcode.",
  },
  "stock-not-counted": {
    es: "El producto no lleva control de existencias. Haz antes un recuento.",
    en: "The stock of this product is not tracked. Count it first.",
  },
  "unsupported-media-type": {
    es: "Este tipo de archivo no se puede leer.",
    en: "This type of file cannot be read.",
  },
  "currency-in-use": {
    es: "La moneda ya no puede cambiar: hay ventas en ella.",
    en: "The currency can no longer change: there are sales in it.",
  },
  "tax-rate-exists": {
    es: "Ya hay un impuesto con ese nombre.",
    en: "There is already a tax rate with this name.",
  },
  "tax-rate-used": {
    es: "Ese impuesto ya se ha cobrado: añade otro que lo sustituya.",
    en: "This tax rate has been charged: add another one that replaces it.",
  },
  "tax-rate-in-use": {
    es: "Hay productos con ese impuesto, o es el de la tienda.",
    en: "Products have this tax rate, or it is the default of the shop.",
  },
  "tax-rate-inactive": { es: "Ese impuesto está inactivo.", en: "This tax rate is inactive." },
  "webhook-disabled": { es: "El destino está desactivado.", en: "The endpoint is disabled." },
  "too-many-api-keys": {
    es: "La tienda ya tiene 50 claves. Revoca una.",
    en: "The shop already has 50 keys. Revoke one.",
  },
  "too-many-webhooks": {
    es: "La tienda ya tiene demasiados destinos. Borra uno.",
    en: "The shop already has too many endpoints. Delete one.",
  },
  "event-deleted": {
    es: "El evento es demasiado antiguo para enviarlo otra vez.",
    en: "The event is too old to be sent again.",
  },
  "ambiguous-credentials": {
    es: "Esta página y la sesión del navegador son de cuentas distintas. Sal y entra de nuevo.",
    en: "This page and the session of the browser belong to different accounts. Sign out and sign in again.",
  },
  "ambiguous-format": {
    es: "No queda claro cómo se leen las fechas o los números del archivo. Elige el formato.",
    en: "It is not clear how the dates or numbers of the file are to be read. Choose the format.",
  },
  "amount-too-large": {
    es: "El importe es demasiado grande. Comprueba el precio y la cantidad.",
    en: "The amount is too large. Check the price and the quantity.",
  },
  "break-already-open": { es: "La pausa ya ha empezado.", en: "The break has already started." },
  "no-open-break": { es: "No hay ninguna pausa abierta.", en: "No break is open." },
  "shift-already-open": { es: "Ya hay un turno abierto.", en: "A shift is already open." },
  "cart-full": {
    es: "El carrito admite 100 productos distintos. Haz dos pedidos.",
    en: "A cart holds 100 different products. Place two orders.",
  },
  "empty-cart": { es: "El carrito está vacío.", en: "The cart is empty." },
  "list-full": {
    es: "La lista está llena. Quita algo que ya no haga falta.",
    en: "The list is full. Remove something that is no longer needed.",
  },
  "device-decided": {
    es: "Alguien ha decidido ya sobre ese dispositivo. Empieza de nuevo en él.",
    en: "Someone has already decided about this device. Start again on it.",
  },
  "idempotency-mismatch": {
    es: "Esta acción ya se hizo con otros datos. Recarga la página para ver cómo quedó.",
    en: "This has already been done with other data. Reload the page to see the result.",
  },
  "insufficient-scope": {
    es: "La clave de API no tiene permiso para esto. Añádele el permiso.",
    en: "The API key lacks the scope for this. Add the scope to the key.",
  },
  "origin-not-allowed": {
    es: "La clave pública no admite esta página. Añade su origen a la clave.",
    en: "The publishable key does not allow this page. Add its origin to the key.",
  },
  "invalid-approval": {
    es: "La aprobación ha caducado o ya se usó. Pide otra.",
    en: "The approval has expired or has been used. Ask for another one.",
  },
  "invalid-link": {
    es: "El enlace ha caducado o ya se usó. Pide otro correo.",
    en: "The link has expired or has been used. Request another mail.",
  },
  "missing-columns": {
    es: "Al archivo le faltan columnas necesarias. Indica qué columna es cada dato.",
    en: "The file lacks required columns. Say which column has which data.",
  },
  "invalid-encoding": {
    es: "El archivo no se puede leer: su codificación no es UTF-8.",
    en: "The file cannot be read: its encoding is not UTF-8.",
  },
  "invalid-gzip": { es: "El archivo comprimido está dañado.", en: "The compressed file is damaged." },
  "payments-not-correctable": {
    es: "Los pagos solo se corrigen mientras el turno sigue abierto. Devuelve la venta y repítela.",
    en: "Payments can be corrected only while their shift is open. Refund the sale and sell again.",
  },
  "product-unavailable": {
    es: "Hay productos que ya no se venden, o no en esa cantidad.",
    en: "Some products are no longer sold, or not in this quantity.",
  },
  "quantity-too-large": { es: "La cantidad máxima es 999.", en: "The largest quantity is 999." },
  "too-many-carts": {
    es: "Se han creado demasiados carritos desde esta red. Vuelve a intentarlo mañana.",
    en: "Too many carts have been created from this network. Try again tomorrow.",
  },
  "too-many-pending-orders": {
    es: "Hay demasiados pedidos pendientes de pago. Paga o cancela alguno.",
    en: "Too many orders are waiting for payment. Pay or cancel one.",
  },
  "unknown-cart": { es: "Ese carrito ya no existe.", en: "This cart no longer exists." },
  "unknown-code": { es: "Ningún producto tiene ese código.", en: "No product has this code." },
  "unknown-country": {
    es: "No hay ventas de ese país en estas fechas.",
    en: "There are no sales of this country in these days.",
  },
  "unknown-order": {
    es: "El enlace del pedido ya no es válido. Usa el del último correo.",
    en: "The link of the order is no longer valid. Use the one in the latest mail.",
  },
  "unknown-tax-rate": { es: "Ese impuesto no existe.", en: "This tax rate does not exist." },
  "body-required": MISUNDERSTOOD,
  "idempotency-key-missing": MISUNDERSTOOD,
  "invalid-cursor": MISUNDERSTOOD,
  "invalid-signature": MISUNDERSTOOD,
  "malformed-json": MISUNDERSTOOD,
  "precondition-required": MISUNDERSTOOD,
  "range-not-satisfiable": MISUNDERSTOOD,
  "tenant-required": MISUNDERSTOOD,
  "too-deep": MISUNDERSTOOD,
  internal: {
    es: "El servidor ha fallado. Vuelve a intentarlo; si se repite, indica el número de la petición.",
    en: "The server failed. Try again; if it happens again, quote the request id.",
  },
  unavailable: {
    es: "El servicio no está disponible ahora. Vuelve a intentarlo en un momento.",
    en: "The service is not available now. Try again in a moment.",
  },
});

type ProblemKey = keyof typeof problemWords;

const isKnown = (slug: string): slug is ProblemKey => Object.hasOwn(problemWords, slug);

/** The key of the sentence for an error. */
export function problemKey(error: unknown): ProblemKey {
  if (error instanceof ConnectionError) return "offline";
  if (error instanceof NotLoaded) return "not-loaded";
  return isProblem(error) && isKnown(error.slug) ? error.slug : "unexpected";
}

/** The request id of an error, if it has one. */
export const requestIdOf = (error: unknown): string | null =>
  isProblem(error) || error instanceof ConnectionError ? error.request_id : null;

/** The detail of the API is in English. */
const invalid = words({ value: { es: "Este valor no es válido", en: "This value is not valid" } });

/** What is wrong with a field, by its JSON pointer such as `/email`; undefined if nothing. */
export function faultAt(error: unknown, pointer: string): Fault | undefined {
  // The API writes pointers as fragments of a URI: "#/email".
  return isProblem(error)
    ? error.errors?.find((one) => `${one.pointer}/`.startsWith(`#${pointer}/`))
    : undefined;
}

/** A sentence for any fault. */
export const anyFault = (fault: Fault | undefined): string | undefined =>
  fault && (currentLanguage() === "en" ? fault.detail : wordsNow(invalid).value);
