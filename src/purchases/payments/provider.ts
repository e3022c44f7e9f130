// A payment provider. It is called after the commit and never touches D1; every call may be repeated.

/** A payment to request: `total` in minor units of `currency` (ISO 4217). */
export type PaymentRequest = {
  tenantId: string;
  saleId: string;
  number: string | null;
  total: number;
  currency: string;
  /** Which request for this sale it is: a new total or a new link is a new request. */
  payment_no: number;
  /** When the link to the provider's page expires (UTC); null for a payment in the buyer's page. */
  link_expires_at: string | null;
};

/**
 * A refund: `partial_amount` in minor units of `currency`, or null for the whole payment. `payment_ref` is the provider's id
 * of the payment.
 */
export type RefundRequest = {
  id: string;
  payment_ref: string | null;
  partial_amount: number | null;
  currency: string;
};

/** What the buyer needs to pay, in their page or by link, or why the provider permanently rejects the payment. */
export type CreatedPayment = { client_secret: string | null; url: string | null; error: string | null };

export type PaymentProvider = {
  /** The provider accepts only multiples of this amount, in minor units of the currency. */
  minimumUnit: (currency: string) => number;
  /** Whether it has a page of its own to which a link leads. */
  hasLinks: (env: Env) => boolean;
  /** Creates the payment of a sale within a few seconds; the same request again returns the same payment. */
  createPayment: (env: Env, request: PaymentRequest) => Promise<CreatedPayment>;
  /** Cancels the payment of a sale, so that a cancelled sale cannot be paid. */
  cancelPayment: (env: Env, request: PaymentRequest) => Promise<void>;
  /**
   * Refunds a payment, wholly or in part; repeated at any time under the same id it refunds once. Returns the amount of an
   * earlier refund under this id, else null.
   */
  refundPayment: (env: Env, refund: RefundRequest) => Promise<number | null>;
};

export type ProviderName = "manual" | "stripe";
