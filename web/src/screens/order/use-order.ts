import type { Order } from "@mostrador/sdk";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { mostrador, queryClient } from "../../client.ts";

export const useOrder = (id: string): UseQueryResult<Order> =>
  useQuery({ queryKey: ["order", id], queryFn: ({ signal }) => mostrador.getOrder(id, { signal }) });

/** Shows an order as a write has answered it, before the screen is read again. */
export const showOrder = (order: Order): unknown => queryClient.setQueryData(["order", order.id], order);
