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

/** What lets the buyer's page pay, or why the provider will not take this payment however often it is asked. */
export type Demand = { client_secret: string | null; error: string | null };

export type PaymentProvider = {
  /** It takes whole multiples of this only, in minor units of the currency. */
  step: (currency: string) => number;
  /** Asks for the money, a few seconds at most; asked again for the same sale it is the same demand. */
  demand: (env: Env, bill: Bill) => Promise<Demand>;
  /** Takes the demand back, so that nobody pays for what was cancelled. */
  withdraw: (env: Env, bill: Bill) => Promise<void>;
  /** Gives a payment or a part of it back; asked again under the same id, whenever that is, it is done once. */
  giveBack: (env: Env, back: GivenBack) => Promise<void>;
};

export type ProviderName = "manual" | "stripe";
