// The open shift of the person. It is stored on this device, so that the till knows it without a network.
import type { Me, Shift } from "@mostrador/sdk";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { mostrador, queryClient } from "../client.ts";
import { live } from "../live.ts";
import { noting } from "../offline/connection.ts";
import { useMe } from "../session/session.ts";

const storageKey = ({ shop, id }: Me): string => `mostrador.till.shift.${shop.slug}.${id}`;
const queryKey = ({ id }: Me): string[] => ["shifts", "mine", "current", id];

function storedShift(me: Me): Shift | null | undefined {
  const text = localStorage.getItem(storageKey(me));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only this module writes it
  return text === null ? undefined : (JSON.parse(text) as Shift | null);
}

/** The open shift of the person, or null. */
export function useShift(): UseQueryResult<Shift | null> {
  const me = useMe();
  return useQuery({
    queryKey: queryKey(me),
    queryFn: async ({ signal }) => {
      const { data } = await noting(
        mostrador.listShifts({ status: "OPEN", user_id: me.id, limit: 1 }, { signal }),
      );
      const shift = data[0] ?? null;
      localStorage.setItem(storageKey(me), JSON.stringify(shift));
      return shift;
    },
    initialData: () => storedShift(me),
    initialDataUpdatedAt: 0,
    ...live,
  });
}

/** Takes the shift that a write has returned; null once it has ended. */
export async function setShift(me: Me, shift: Shift | null): Promise<void> {
  // An answer that is under way is older than this one.
  await queryClient.cancelQueries({ queryKey: queryKey(me) });
  localStorage.setItem(storageKey(me), JSON.stringify(shift));
  queryClient.setQueryData(queryKey(me), shift);
  await queryClient.invalidateQueries({ queryKey: ["shifts"] });
}
