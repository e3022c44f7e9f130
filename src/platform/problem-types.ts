// The catalogue of problem types (RFC 9457). A slug is part of the contract: clients switch on `type`, people read `detail`.

// slug: [status, title, ...alternative statuses]
export const catalogue = {
  "malformed-json": [400, "The body is not valid JSON"],
  "body-required": [400, "A body is required"],
  "too-deep": [400, "The body is nested too deeply"],
  "ambiguous-credentials": [400, "The token and the cookie belong to different logins"],
  "idempotency-key-missing": [400, "An Idempotency-Key is required"],
  "invalid-signature": [400, "The signature does not match the body"],
  "invalid-encoding": [400, "The body is not UTF-8"],
  "invalid-gzip": [400, "The body is not gzip"],
  "invalid-credentials": [401, "Invalid shop, e-mail or password"],
  "invalid-token": [401, "No valid access token"],
  "token-reused": [401, "This refresh token has already been used"],
  forbidden: [403, "Not allowed for this role"],
  csrf: [403, "A write that uses the cookie requires a trusted Origin"],
  "signup-closed": [403, "Sign-up of new shops is closed"],
  "not-found": [404, "Not found"],
  "unknown-tenant": [404, "Unknown shop"],
  "unknown-product": [404, "Unknown product"],
  "unknown-customer": [404, "Unknown customer"],
  "no-open-shift": [404, "No open shift", 409],
  "unknown-code": [404, "No product has this code"],
  "unknown-country": [404, "No sales in this country"],
  "method-not-allowed": [405, "Method not allowed"],
  conflict: [409, "The data has changed in the meantime"],
  "currency-in-use": [409, "The currency of the shop is in use"],
  "slug-taken": [409, "The slug is already taken"],
  "email-taken": [409, "The e-mail is already taken"],
  "sku-taken": [409, "The SKU is already taken"],
  "barcode-taken": [409, "The barcode is already taken"],
  "account-erased": [409, "The account has been erased"],
  "purchase-pending": [409, "The account has a pending purchase"],
  "last-admin": [409, "A shop needs at least one active ADMIN"],
  "shift-already-open": [409, "A shift is already open"],
  "break-already-open": [409, "A break is already open"],
  "no-open-break": [409, "No break is open"],
  "shift-closed": [409, "The shift is closed"],
  "shift-open": [409, "The shift is still open"],
  "shift-overlap": [409, "Two shifts of the same person would overlap"],
  "stock-not-counted": [409, "The stock of this product is not tracked"],
  "product-unavailable": [409, "A product is no longer sold"],
  "out-of-stock": [409, "Not enough stock"],
  "list-full": [409, "The list is full"],
  "refund-exceeds-sale": [409, "The refund exceeds what was sold"],
  "webhook-disabled": [409, "The webhook is disabled"],
  "too-many-webhooks": [409, "The shop has reached its limit of webhooks"],
  "not-refundable": [409, "Only paid amounts can be refunded"],
  "price-changed": [409, "The total has changed"],
  "not-cancellable": [409, "Only a pending purchase can be cancelled"],
  "not-confirmable": [409, "Only a pending purchase can be confirmed"],
  "cart-full": [409, "A cart holds at most 100 lines"],
  "precondition-failed": [412, "The ETag is not current"],
  "range-not-satisfiable": [416, "The requested range does not exist"],
  "too-large": [413, "The body is too large"],
  "unsupported-media-type": [415, "Unsupported media type"],
  "precondition-required": [428, "If-Match is required"],
  invalid: [422, "The request is not valid"],
  "invalid-cursor": [422, "The cursor is not valid"],
  "tenant-required": [422, "A shop is required"],
  "missing-columns": [422, "The CSV lacks required columns"],
  "idempotency-mismatch": [422, "This Idempotency-Key was used with a different body"],
  "unknown-tax-rate": [422, "Unknown tax rate"],
  "empty-cart": [422, "The cart is empty"],
  "quantity-too-large": [422, "A cart line holds at most 999 units"],
  "amount-too-large": [422, "The amount is too large"],
  "too-many-attempts": [429, "Too many attempts"],
  "quota-exceeded": [429, "The quota for this minute is used up"],
  internal: [500, "Internal error"],
  unavailable: [503, "A dependency is unavailable"],
} as const satisfies Record<string, readonly [number, string, ...number[]]>;

export type Slug = keyof typeof catalogue;

type Entry<S extends Slug> = (typeof catalogue)[S];

/** The statuses that a problem of this slug may have. */
export type StatusOf<S extends Slug> = S extends Slug
  ?
      | Entry<S>[0]
      | (Entry<S> extends readonly [number, string, ...infer More extends number[]] ? More[number] : never)
  : never;
