// What a payment provider is. It never touches D1: it is asked after the commit, and may be asked again.

/** What is to be paid: `total` in minor units of `currency` (ISO 4217). */
export type Bill = {
  tenantId: string;
  saleId: string;
  number: string | null;
  total: number;
  currency: string;
};

/** What is given back: `part` in minor units of `currency`, null for the whole payment, whose name at the provider is `paid_ref`. */
export type GivenBack = { id: string; paid_ref: string | null; part: number | null; currency: string };

export type PaymentProvider = {
  /** Asks for the money; asked again for the same sale it is the same demand. The secret lets the buyer's page pay. */
  demand: (env: Env, bill: Bill) => Promise<{ client_secret: string | null }>;
  /** Takes the demand back, so that nobody pays for what was cancelled. */
  withdraw: (env: Env, bill: Bill) => Promise<void>;
  /** Gives a payment or a part of it back; asked again under the same id, whenever that is, it is done once. */
  giveBack: (env: Env, back: GivenBack) => Promise<void>;
};

export type ProviderName = "manual" | "stripe";
