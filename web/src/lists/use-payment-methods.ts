import type { PaymentMethodList } from "@mostrador/sdk";
import { useQuery } from "@tanstack/react-query";
import { mostrador } from "../client.ts";
import { useWords, words } from "../i18n/words.ts";

const FRESH_MS = 300_000;

const builtIn = words({
  cash: { es: "Efectivo", en: "Cash" },
  card: { es: "Tarjeta", en: "Card" },
  transfer: { es: "Transferencia", en: "Transfer" },
  other: { es: "Otro", en: "Other" },
  several: { es: "Varias", en: "Several" },
});

const isBuiltIn = (method: string): method is keyof typeof builtIn => Object.hasOwn(builtIn, method);

type PaymentMethods = {
  methods: PaymentMethodList["data"];
  /** The name of a method in the language of the app, or that which the shop gave it. */
  methodName: (method: string) => string;
};

export function usePaymentMethods(): PaymentMethods {
  const w = useWords(builtIn);
  const { data: { data: methods } = { data: [] } } = useQuery({
    queryKey: ["payment-methods"],
    queryFn: ({ signal }) => mostrador.listPaymentMethods({ signal }),
    staleTime: FRESH_MS,
  });
  return {
    methods,
    methodName: (method) =>
      isBuiltIn(method) ? w[method] : (methods.find((one) => one.method === method)?.name ?? method),
  };
}
