// What each problem means and what to do about it, for the pages at /problems. `detail` of a problem speaks of one request; these texts
// speak of all of them.
import type { Slug } from "../platform/problem-types.ts";

export type ProblemText = { meaning: string; remedy: string };

export const problemTexts: Record<Slug, ProblemText> = {
  "malformed-json": {
    meaning:
      "The body could not be parsed as JSON, for example because of a trailing comma or an unclosed string.",
    remedy: "Build the body with a JSON serialiser instead of joining strings.",
  },
  "body-required": {
    meaning: "The operation needs a body, and the request has none.",
    remedy: "Send the body that the operation declares, with its Content-Type.",
  },
  "too-deep": {
    meaning: "The JSON body is nested to more than 64 levels. No operation takes such a body.",
    remedy:
      "Compare the body with the schema of the operation. A serialiser that follows circular references is a common cause.",
  },
  "ambiguous-credentials": {
    meaning:
      "The request has an access token and the cookie of another login that is active too. Neither can be preferred safely.",
    remedy:
      "Send one of them, or both of the same login. In a browser, use either tokens or cookies, not both.",
  },
  "idempotency-key-missing": {
    meaning:
      "The operation moves money, so it requires an Idempotency-Key: a repeated request must not pay twice.",
    remedy:
      "Send a new random key, such as a UUID, with each payment, and the same key when you repeat a request.",
  },
  "invalid-signature": {
    meaning:
      "The notification of the payment provider is not signed with the secret of this deployment, or is too old.",
    remedy:
      "Check that the signing secret is that of this endpoint, that no proxy changes the body, and that the clocks agree.",
  },
  "invalid-encoding": {
    meaning: "The body contains bytes that are not valid UTF-8.",
    remedy: "Encode the body in UTF-8, and convert data from older systems before you send it.",
  },
  "invalid-gzip": {
    meaning: "The body was declared as gzip but cannot be decompressed. Nothing was imported.",
    remedy: "Compress the file again and send all of it, or send it uncompressed without Content-Encoding.",
  },
  "invalid-credentials": {
    meaning:
      "The shop, the e-mail address and the password do not belong together, or the account is disabled. The answer is the same in all these cases.",
    remedy:
      "Check all three. To choose a new password, use POST /auth/password/forgot. After five failures, wait a minute.",
  },
  "invalid-token": {
    meaning:
      "The operation requires a login. The access token is missing or malformed, has expired, or its login has ended.",
    remedy:
      "Refresh the login once with POST /auth/refresh and repeat the request. If that is refused too, sign in again.",
  },
  "token-reused": {
    meaning:
      "A refresh token is exchanged once, and this one was exchanged before. Two clients may have it, so the login has been ended. Only for a minute, and until the next token is used, does it return the same next token again.",
    remedy:
      "Sign in again. If it happens often, a client loses the token that it receives: store it before you use it, and let one process refresh for all.",
  },
  forbidden: {
    meaning: "The account is signed in, but its role or the rules of the shop do not allow this.",
    remedy:
      "The description of the operation names the roles. An ADMIN can change the role of an account or the rules.",
  },
  "insufficient-scope": {
    meaning: "The API key is valid, but lacks the scope that the operation needs. `scope` names it.",
    remedy: "An ADMIN can add the scope to the key (PATCH /api-keys/{id}); its secret stays.",
  },
  "origin-not-allowed": {
    meaning:
      "The publishable key is bound to the origins of its storefront, and the request came from another one.",
    remedy:
      "An ADMIN can add the origin of the page to the key (PATCH /api-keys/{id}). From a server, use a secret key.",
  },
  "too-many-api-keys": {
    meaning: "The shop has as many API keys as it may have.",
    remedy: "Revoke keys that nothing uses any more.",
  },
  "approval-required": {
    meaning:
      "The rules of the shop do not allow an EMPLOYEE to do this alone, such as a discount above the limit.",
    remedy: "Repeat the request with `approval`: the id of an ADMIN and the PIN that they enter.",
  },
  "invalid-approval": {
    meaning: "The approval names somebody who is not an active ADMIN with a PIN, or the PIN is wrong.",
    remedy: "Let the ADMIN enter the PIN again. Wrong PINs are limited, by minute and by day.",
  },
  csrf: {
    meaning:
      "A write that authenticates by cookie must come from a page of a trusted origin, because browsers send cookies with the requests of any site.",
    remedy:
      "Send the request from a page of this service, or of an origin in CORS_ORIGINS. Programs send an access token instead of the cookie.",
  },
  "signup-closed": {
    meaning: "This deployment does not let strangers open shops.",
    remedy: "Ask the operator for a shop. Operators run `npm run open-shop`.",
  },
  "not-found": {
    meaning:
      "Nothing exists at this path for this shop. A malformed id and the id of another shop are not found either.",
    remedy: "Check the path and the id, and that you are signed in to the right shop.",
  },
  "unknown-tenant": {
    meaning: "No open shop has the slug that the request names.",
    remedy: "Check X-Tenant or ?tenant=. Slugs are in lower case.",
  },
  "unknown-product": {
    meaning: "A product of the request does not exist in this shop, or is no longer sold.",
    remedy: "`errors` shows which ones. Read the catalogue again, and remove them or choose others.",
  },
  "unknown-customer": {
    meaning: "The shop has no customer with this id.",
    remedy: "Look the customer up with GET /customers?q=, or add one with POST /customers.",
  },
  "no-open-shift": {
    meaning: "The operation belongs to a shift, and the account has none open.",
    remedy: "Start a shift with POST /shifts/start.",
  },
  "unknown-cart": {
    meaning: "The token in X-Cart is not that of a cart of this shop, or the cart has expired.",
    remedy: "Create another cart with POST /carts and store its token.",
  },
  "unknown-order": {
    meaning: "The token in X-Order is not valid for an order of this shop, or has expired.",
    remedy: "Use the link of the latest mail about the order, or sign in to the account that ordered.",
  },
  "unknown-code": {
    meaning: "No product of the shop has the scanned code as a barcode, ISBN or SKU.",
    remedy: "Scan again. If the product exists, add the code with PUT /products/{id}/barcodes.",
  },
  "device-decided": {
    meaning:
      "Somebody has already approved or denied the device that showed this code. The first decision counts.",
    remedy: "To sign the device in, start again on the device, which shows a new code.",
  },
  "unknown-country": {
    meaning: "There were no sales to this country in the range of days.",
    remedy: "Check the country code (ISO 3166-1 alpha-2), or choose a longer range.",
  },
  "method-not-allowed": {
    meaning: "The path exists, but not with this method.",
    remedy: "The header Allow lists the methods of the path.",
  },
  conflict: {
    meaning: "Another request changed the same data at the same time, so this one changed nothing.",
    remedy:
      "Read the data again if the detail says so, and repeat the request. Under load, wait a little between attempts.",
  },
  "currency-in-use": {
    meaning:
      "The shop has sales or an import in progress. Their amounts have no other currency than that of the shop.",
    remedy: "Open another shop to trade in another currency.",
  },
  "slug-taken": {
    meaning: "Another shop of this deployment has the slug.",
    remedy: "Choose another one.",
  },
  "email-taken": {
    meaning: "Another account of the shop has the e-mail address.",
    remedy: "Sign in with it, choose a new password if it is forgotten, or use another address.",
  },
  "reference-taken": {
    meaning: "Another customer of the shop has this external reference.",
    remedy: "Update that customer, or merge the two with POST /customers/{id}/merge.",
  },
  "belongs-to-account": {
    meaning: "The customer has an account, so only its owner changes this data.",
    remedy: "Ask the customer to change it where they sign in.",
  },
  "merged-account": {
    meaning:
      "A customer with an account cannot be merged into another one, because its owner could no longer sign in.",
    remedy: "Merge the other way around. Two accounts cannot be merged.",
  },
  "sku-taken": {
    meaning:
      "Another product of the shop has this SKU, possibly a hidden one. Upper and lower case do not differ.",
    remedy: "Choose another SKU, or change the existing product.",
  },
  "barcode-taken": {
    meaning: "Another product of the shop has one of these barcodes.",
    remedy: "Remove the barcode from that product first, or leave it out.",
  },
  "account-erased": {
    meaning: "The account has been erased. Only its id remains, and nothing about it can change.",
    remedy: "Register a new account. The e-mail address is free again.",
  },
  "purchase-pending": {
    meaning: "The account has an unpaid order, so it cannot be erased yet.",
    remedy: "Cancel the order, or wait until it is paid or its hold expires.",
  },
  "last-admin": {
    meaning: "The change would leave the shop without an active ADMIN.",
    remedy: "Make another account ADMIN first.",
  },
  "shift-already-open": {
    meaning: "The account has an open shift. A person has one at a time, on any number of devices.",
    remedy: "Continue with it (GET /shifts/current), or end it first.",
  },
  "break-already-open": {
    meaning: "The shift is already on a break.",
    remedy: "End the break before you start another one.",
  },
  "no-open-break": {
    meaning: "The shift is not on a break.",
    remedy: "Read the state of the shift with GET /shifts/current.",
  },
  "shift-closed": {
    meaning: "The shift has ended, and this operation needs an open one.",
    remedy: "Correct a shift that has ended with PATCH /shifts/{id}.",
  },
  "shift-open": {
    meaning: "The shift is still open, and this operation needs one that has ended.",
    remedy: "End it first, or let an ADMIN close it.",
  },
  "shift-overlap": {
    meaning: "The corrected times would overlap another shift of the same person.",
    remedy: "Read the person's shifts of these days, and correct the other one first.",
  },
  "tax-rate-exists": {
    meaning: "Another active tax rate has this name.",
    remedy: "Choose another name, or replace the existing rate.",
  },
  "tax-rate-used": {
    meaning: "Sales were taxed with this rate, so its percentage cannot change any more.",
    remedy: "Add a new rate that replaces it. Past sales keep the old one.",
  },
  "tax-rate-in-use": {
    meaning: "The rate is the default of the shop, or products have it, so it cannot be deactivated.",
    remedy: "Make another rate the default, or give the products another rate.",
  },
  "tax-rate-inactive": {
    meaning: "The operation needs an active tax rate.",
    remedy: "Activate the rate, or choose another one.",
  },
  "stock-not-counted": {
    meaning: "The stock of the product is not tracked, so it cannot change by an amount.",
    remedy: "Send a `count` first: it begins the tracking.",
  },
  "too-many-pending-orders": {
    meaning: "Unpaid orders of this customer or address already reserve as much as the shop allows.",
    remedy: "Pay or cancel one, order less, or wait until a hold expires.",
  },
  "product-unavailable": {
    meaning: "The cart has products that the shop no longer sells, or no longer sells in this quantity.",
    remedy: "Read the cart: `available` shows what can be bought. Remove or change the others.",
  },
  "out-of-stock": {
    meaning: "At least one product has less stock than requested. Nothing was sold or reserved.",
    remedy:
      "`items` shows what is available of each. Reduce the quantities, or count the stock if it is wrong.",
  },
  "list-full": {
    meaning: "The list has reached the number of entries that it can hold.",
    remedy: "Remove entries that are no longer needed.",
  },
  "refund-exceeds-sale": {
    meaning: "The refund has more units of a product than the sale has left, after earlier refunds.",
    remedy: "`items` shows what is still refundable of each product.",
  },
  "webhook-disabled": {
    meaning: "The webhook is disabled, by an ADMIN or because its endpoint failed too often.",
    remedy: "Correct the endpoint, and enable the webhook with PATCH /webhooks/{id}.",
  },
  "too-many-webhooks": {
    meaning: "The shop has reached its number of webhooks.",
    remedy: "Delete one that is not needed, or subscribe one endpoint to several event types.",
  },
  "mail-not-failed": {
    meaning: "The mail was sent, skipped or is waiting, so it is not sent again.",
    remedy: "Only mails with the status `failed` can be retried.",
  },
  "not-refundable": {
    meaning: "The sale or payment has nothing left to refund, or is not completed.",
    remedy: "Read its status and its payments.",
  },
  "no-receipt": {
    meaning: "Only a completed sale has a receipt. This one is pending or cancelled.",
    remedy: "Wait until the order is paid.",
  },
  "price-changed": {
    meaning:
      "The total is not the one that the buyer confirmed, because a price, a tax or the order has changed.",
    remedy: "Show the new total, and repeat the request once the buyer agrees.",
  },
  "not-voidable": {
    meaning:
      "A sale can be voided in the shift in which it was made, while that is open and nothing was refunded.",
    remedy: "Make a refund instead, with POST /sales/{id}/refunds.",
  },
  "payments-not-correctable": {
    meaning: "Payments can be corrected only while the shift in which they were taken is open.",
    remedy: "Refund the sale and sell again, or note the difference when the drawer is counted.",
  },
  "not-cancellable": {
    meaning: "Only a pending order can be cancelled. This one is paid, or cancelled already.",
    remedy: "Ask for a refund of a paid order.",
  },
  "not-changeable": {
    meaning: "The order is paid or cancelled, so its items cannot change.",
    remedy: "Refund what the customer returns, and take another order for what is added.",
  },
  "no-payment-link": {
    meaning:
      "The order has no payment link, because it is not pending or the shop has no provider with links.",
    remedy: "Check the status of the order, and PAYMENT_PROVIDER of the deployment.",
  },
  "not-confirmable": {
    meaning: "The order is paid or cancelled already, so it cannot be confirmed.",
    remedy: "Refund a payment that came too late: GET /payments lists what is due.",
  },
  "cart-full": {
    meaning: "A cart holds at most 100 different products.",
    remedy: "Buy in two orders, or remove a product.",
  },
  "invalid-link": {
    meaning: "The link of the mail has expired or was used. It works once.",
    remedy: "Request a new mail.",
  },
  "event-deleted": {
    meaning: "Events are stored for 30 days after their export, and this one is older.",
    remedy: "Read it from the dataset `events` of the lake.",
  },
  "precondition-failed": {
    meaning: "The resource has changed since you read it: none of the ETags in If-Match is the current one.",
    remedy: "Read it again, apply your change to the new version, and send its ETag.",
  },
  "range-not-satisfiable": {
    meaning: "The file is shorter than the requested range.",
    remedy: "Read its size from Content-Range, and request bytes within it.",
  },
  "too-large": {
    meaning: "The body, or the file that it decompresses to, exceeds the limit of the operation.",
    remedy: "The detail names the limit. Split the file, or send fewer items a request.",
  },
  "unsupported-media-type": {
    meaning: "The operation does not take a body of this Content-Type or Content-Encoding.",
    remedy: "Send one that the operation declares. JSON is `application/json` in UTF-8.",
  },
  "precondition-required": {
    meaning:
      "The change must say which version it applies to: always for the lines of an order, elsewhere if the shop requires it.",
    remedy: "Read the resource, and send its ETag in If-Match.",
  },
  invalid: {
    meaning:
      "The request was understood, but a field, parameter or header is not valid. Nothing was changed.",
    remedy:
      "`errors` names each invalid location by a JSON pointer and says what is wrong with it. Unknown fields are rejected too.",
  },
  "invalid-cursor": {
    meaning: "The cursor is not one of this list, or belongs to another order or filter of it.",
    remedy:
      "Send `next_cursor` of the last page unchanged, with the same parameters, or start without a cursor.",
  },
  "tenant-required": {
    meaning: "A public read must name the shop, because nobody is signed in.",
    remedy: "Send `X-Tenant: SLUG` or `?tenant=SLUG`, or sign in.",
  },
  "missing-columns": {
    meaning: "The file lacks columns that the import needs, or their names were not recognised.",
    remedy:
      "Send a `mapping` that names the column of each field. `proposal` has those that were recognised.",
  },
  "ambiguous-format": {
    meaning:
      "Dates or numbers of the file can be read in more than one way, and the choice changes the result.",
    remedy: "Repeat the request with one of `choices`.",
  },
  "idempotency-mismatch": {
    meaning: "The Idempotency-Key was used for a request with another body.",
    remedy: "Use a new key for each new request, and the same key only to repeat one unchanged.",
  },
  "unknown-tax-rate": {
    meaning: "The shop has no active tax rate with this id.",
    remedy: "Read the rates with GET /tax-rates.",
  },
  "empty-cart": {
    meaning: "The cart has nothing to buy.",
    remedy: "Add a product first. A checkout that succeeded empties the cart: look for the order.",
  },
  "quantity-too-large": {
    meaning: "A line of a cart holds at most 999 units.",
    remedy: "Send a smaller quantity.",
  },
  "payments-mismatch": {
    meaning: "The payments are more or less than the total of the sale.",
    remedy: "`total` is what is due. Compute the last payment as the remainder, and send cash as `tendered`.",
  },
  "amount-too-large": {
    meaning: "An amount exceeds what a sale can have, which is 10^12 minor units.",
    remedy: "Check the unit: amounts are in minor units, such as cents.",
  },
  "too-many-attempts": {
    meaning:
      "Passwords, PINs, codes or refreshes were tried too often, by an account, a device or an address.",
    remedy: "Wait as long as Retry-After says. Do not repeat automatically.",
  },
  "too-many-carts": {
    meaning: "This address has created as many guest carts as it may in a day.",
    remedy: "Use the carts that exist, or sign in. A storefront stores the token of the cart in the browser.",
  },
  "quota-exceeded": {
    meaning: "The address, the shop or the account has sent more requests in this minute than its quota.",
    remedy: "Wait as long as Retry-After says. RateLimit on every response shows what is left.",
  },
  "too-many-mails": {
    meaning: "This address has received as many mails of this kind as it may in an hour.",
    remedy: "Wait, and check that the address is right.",
  },
  "client-closed-request": {
    meaning:
      "The connection was closed before the request was complete. Nobody receives this response; it is in the log.",
    remedy: "Send the request again. If it happens often, look for time-outs of clients and proxies.",
  },
  internal: {
    meaning:
      "The server failed because of a bug. What the request would have changed is unchanged, or was changed completely.",
    remedy: "Report the `request_id`. Repeat a write only with the same Idempotency-Key.",
  },
  unavailable: {
    meaning: "A service on which the request depends does not respond, or is not configured.",
    remedy:
      "Repeat the request after the seconds of Retry-After; a write with the same Idempotency-Key, because it may have been applied.",
  },
};
