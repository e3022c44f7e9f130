// Staff take the payment and confirm it with POST /purchases/{id}/confirm; they also refund it themselves.
import type { PaymentProvider } from "./provider.ts";

export const manual: PaymentProvider = {
  minimumUnit: () => 1,
  hasLinks: () => false,
  createPayment: () => Promise.resolve({ client_secret: null, url: null, error: null }),
  cancelPayment: () => Promise.resolve(),
  refundPayment: () => Promise.resolve(null),
};
