import type { User } from "@mostrador/sdk";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { mostrador } from "../client.ts";
import { useMe } from "../session/session.ts";

const FRESH_MS = 60_000;

export const nameOf = ({
  first_name: first,
  last_name: last,
}: Pick<User, "first_name" | "last_name">): string => `${first} ${last}`.trim();

/** The EMPLOYEE and ADMIN accounts of the shop; only an ADMIN may list them. */
export function useStaff(): UseQueryResult<User[]> {
  const { role } = useMe();
  return useQuery({
    queryKey: ["staff"],
    queryFn: async () => {
      const lists = await Promise.all(
        (["ADMIN", "EMPLOYEE"] as const).map((one) => mostrador.pages.listUsers({ role: one }).all()),
      );
      return lists.flat();
    },
    enabled: role === "ADMIN",
    staleTime: FRESH_MS,
  });
}

/** The name of a member of staff by their id: of everyone for an ADMIN, else only of oneself; undefined where it is unknown. */
export function useStaffName(): (id: string | null) => string | undefined {
  const me = useMe();
  const { data = [] } = useStaff();
  const names = new Map(data.map((user) => [user.id, nameOf(user)]));
  return (id) => (id === null ? undefined : id === me.id ? nameOf(me) : names.get(id));
}
