import type { Receipt, Sale } from "@mostrador/sdk";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { mostrador, queryClient } from "../../client.ts";

export const useSale = (id: string): UseQueryResult<Sale> =>
  useQuery({ queryKey: ["sale", id], queryFn: ({ signal }) => mostrador.getSale(id, { signal }) });

/** The receipt has the taxes by rate, the refunds and the names; only a completed sale has one. */
export const useReceipt = ({ id, status }: Pick<Sale, "id" | "status">): UseQueryResult<Receipt> =>
  useQuery({
    queryKey: ["sale", id, "receipt"],
    queryFn: ({ signal }) => mostrador.getReceipt(id, { format: "json" }, { signal }),
    enabled: status === "completed",
  });

/** Reads again what a refund or void changes. */
export const renewSales = (): Promise<unknown> =>
  Promise.all(
    ["sales", "sale", "orders", "order", "customer", "payments"].map((key) =>
      queryClient.invalidateQueries({ queryKey: [key] }),
    ),
  );
