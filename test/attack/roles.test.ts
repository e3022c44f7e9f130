import { beforeAll, describe, expect, it } from "vitest";
import { call, type Sent } from "../support/client.ts";
import { fill, operations } from "../support/contract.ts";
import { newShop } from "../support/shops.ts";
import { entryOf, peopleOf } from "../http/operations/registry.ts";
import type { Entry } from "../http/operations/entry.ts";
import { expectRefused } from "./refused.ts";

const ROLES = ["CUSTOMER", "EMPLOYEE", "ADMIN"] as const;
const rankOf = (role: Entry["role"]): number => ["public", ...ROLES].indexOf(role);

const restricted = operations.filter((operation) => entryOf(operation).role !== "public");

describe("a role that is too low", () => {
  let people: Awaited<ReturnType<typeof peopleOf>>;

  beforeAll(async () => {
    people = await peopleOf(await newShop());
  });

  it.each(restricted.map((operation) => [operation.operationId, operation] as const))(
    "is refused by %s, as is nobody, and is not among the documented ones",
    async (_, operation) => {
      const least = rankOf(entryOf(operation).role);
      expect(operation["x-roles"]).toEqual(ROLES.filter((role) => rankOf(role) >= least));
      const send = (sent: Sent) => call(operation.method, fill(operation.path, crypto.randomUUID()), sent);
      expectRefused(await send({}), 401, "invalid-token");
      for (const role of ROLES.filter((each) => rankOf(each) < least))
        expectRefused(await send({ token: people[role].token }), 403, "forbidden", role);
    },
  );
});
