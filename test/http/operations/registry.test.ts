import { describe, expect, it } from "vitest";
import { isPublic, nameOf, operations, type Operation } from "../../support/contract.ts";
import { domains, entries } from "./registry.ts";

const takesKey = ({ parameters = [] }: Operation): boolean =>
  parameters.some(({ name }) => name === "idempotency-key");

/** The differences between an entry and the operation in the document. */
function mistakes(operation: Operation): string[] {
  const entry = entries[operation.operationId ?? ""];
  if (!entry) return ["an entry: add one to the file of its domain in test/http/operations"];
  const { role, resource, sharedPath, content, request, idempotency, withoutKey, audit } = entry;
  const hasParameter = operation.path.includes("{");
  const hasBody = operation.requestBody !== undefined;
  const rules: [boolean, string][] = [
    [(role === "public") === isPublic(operation), `a role: "public" if and only if no sign-in is needed`],
    [
      hasParameter === (resource !== undefined || sharedPath !== undefined),
      "resource or sharedPath, if and only if its path has a parameter",
    ],
    [
      takesKey(operation) === (idempotency !== undefined),
      "idempotency, if and only if it takes an Idempotency-Key",
    ],
    [
      (operation.method === "POST" && !takesKey(operation)) === (withoutKey !== undefined),
      "withoutKey, if and only if it is a POST that takes no Idempotency-Key",
    ],
    [(operation.method !== "GET") === (audit !== undefined), "audit, if and only if it writes"],
    [
      !hasBody || [content, request, idempotency].some((each) => each !== undefined),
      "content, request or idempotency: a body that it accepts",
    ],
    [
      !hasBody || resource === undefined || content !== undefined,
      "content: a body that it accepts for its resource",
    ],
  ];
  return rules.filter(([holds]) => !holds).map(([, rule]) => rule);
}

describe("the registry of operations", () => {
  it.each(operations.map((operation) => [nameOf(operation), operation] as const))(
    "has what the walking tests need for %s",
    (_, operation) => {
      expect(mistakes(operation), `${operation.operationId} needs in test/http/operations`).toEqual([]);
    },
  );

  it("has each operation of the document once, and no other", () => {
    const ids = Object.values(domains).flatMap((domain) => Object.keys(domain));
    expect(ids.toSorted()).toEqual(operations.map(({ operationId = "" }) => operationId).toSorted());
  });
});
