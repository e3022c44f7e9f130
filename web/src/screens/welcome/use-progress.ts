import type { SaleHead, TaxRate } from "@mostrador/sdk";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { mostrador, queryClient } from "../../client.ts";

export type Progress = {
  defaultRate: TaxRate | null;
  hasProducts: boolean;
  firstSale: "made" | "imported" | null;
};

/** Sales of a former program count too. */
const firstSale = ([latest]: readonly SaleHead[]): Progress["firstSale"] =>
  latest === undefined ? null : latest.channel === "import" ? "imported" : "made";

const KEY = ["first-steps"];

/** Which steps are done, as the data of the shop show it; so they can be left and taken up on another device. */
export const useProgress = (): UseQueryResult<Progress> =>
  useQuery({
    queryKey: KEY,
    queryFn: async ({ signal }) => {
      const [rates, products, sales] = await Promise.all([
        mostrador.listTaxRates({ is_active: "true", limit: 100 }, { signal }),
        mostrador.listProducts({ limit: 1 }, { signal }),
        mostrador.listSales({ limit: 1 }, { signal }),
      ]);
      return {
        defaultRate: rates.data.find((rate) => rate.is_default) ?? null,
        hasProducts: products.data.length > 0,
        firstSale: firstSale(sales.data),
      };
    },
    // Sales are made on another screen.
    refetchOnMount: "always",
  });

export const refreshProgress = (): Promise<void> => queryClient.invalidateQueries({ queryKey: KEY });
