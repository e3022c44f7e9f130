// What the till sells with, also without a network: the taxes and payment methods of the shop.
import type { Me } from "@mostrador/sdk";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { mostrador, queryClient } from "../../client.ts";
import { noting } from "../../offline/connection.ts";
import { useWords } from "../../i18n/words.ts";
import { useMe } from "../../session/session.ts";
import type { TillProduct } from "./catalogue.ts";
import { tillWords } from "./words.ts";

export type Method = { method: string; name: string; is_builtin: boolean };

export type Terms = {
  taxRates: { id: string; rate: number; is_default: boolean }[];
  methods: Method[];
};

/** A query whose last answer is stored on this device, for a start without a network. */
function useStored<T>(key: string, read: () => Promise<T>): UseQueryResult<T> {
  return useQuery({
    queryKey: [key],
    queryFn: async () => {
      const value = await noting(read());
      localStorage.setItem(key, JSON.stringify(value));
      return value;
    },
    initialData: (): T | undefined => {
      const text = localStorage.getItem(key);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only this function writes it
      return text === null ? undefined : (JSON.parse(text) as T);
    },
    initialDataUpdatedAt: 0,
    staleTime: 60_000,
  });
}

async function readTerms(): Promise<Terms> {
  const [rates, methods] = await Promise.all([
    mostrador.pages.listTaxRates().all(),
    mostrador.listPaymentMethods(),
  ]);
  const taxRates = rates.map(({ id, rate, is_default }) => ({ id, rate, is_default }));
  return { taxRates, methods: methods.data };
}

const termsKey = ({ shop }: Me): string => `mostrador.till.terms.${shop.slug}`;

export const useTerms = (): UseQueryResult<Terms> => useStored(termsKey(useMe()), readTerms);

/** Reads the terms again, as after a sale that was refused because of them. */
export const renewTerms = (me: Me): Promise<void> =>
  queryClient.invalidateQueries({ queryKey: [termsKey(me)] });

const OFFLINE_METHODS = ["cash", "card"];

/** Whether a method can be taken: without a network only what needs none. */
export const isOffered = (method: string, isReachable: boolean): boolean =>
  isReachable || OFFLINE_METHODS.includes(method);

export const METHOD_KEYS: Partial<Record<string, string>> = { cash: "F9", card: "F10" };

/** The name of a method in the language of the app, or that which the shop gave it. */
export function useMethodName(methods: readonly Method[]): (method: string) => string {
  const { cash, card, transfer, other } = useWords(tillWords);
  const builtIn: Partial<Record<string, string>> = { cash, card, transfer, other };
  return (method) => builtIn[method] ?? methods.find((one) => one.method === method)?.name ?? method;
}

/** The tax rate of a product in hundred-thousandths, its own or the default of the shop; null without tax. */
export function taxRateOf({ tax_rate_id }: TillProduct, { taxRates }: Terms): number | null {
  const rate = taxRates.find(({ id, is_default }) =>
    tax_rate_id === null ? is_default : id === tax_rate_id,
  );
  return rate?.rate ?? null;
}
