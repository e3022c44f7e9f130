import { describe, expect, it } from "vitest";
import { catalogue } from "../../src/platform/problem-types.ts";
import { contractViolation, declaredProblems, nameOf, operations } from "../support/contract.ts";

// Requests that belong to no operation, and those whose client is gone.
const OUTSIDE = ["method-not-allowed", "client-closed-request"];

const declared = operations.flatMap((operation) =>
  declaredProblems(operation).map((each) => ({ name: nameOf(operation), ...each })),
);

const problem = (body: object): string =>
  JSON.stringify({ title: "", detail: "", instance: "/", request_id: "1", ...body });

const violation = (status: number, body: object): string | null => {
  const headers = {
    "content-type": "application/problem+json",
    "x-request-id": "1",
    "server-timing": "d1",
    ratelimit: "1",
    "ratelimit-policy": "1",
  };
  return contractViolation(
    "POST",
    "/api/v1/sales",
    new Response(null, { status, headers }),
    problem({ status, ...body }),
  );
};

describe("the problems of the operations", () => {
  it("are declared with a status that the type may have", () => {
    const statuses = new Map<string, readonly unknown[]>(Object.entries(catalogue));
    const wrong = declared.filter(
      ({ slug, status }) => !status.endsWith("XX") && !statuses.get(slug)?.includes(Number(status)),
    );
    expect(wrong).toEqual([]);
  });

  it("include every type of the catalogue that a client may see", () => {
    const seen = new Set<string>(declared.map(({ slug }) => slug));
    expect(Object.keys(catalogue).filter((slug) => !seen.has(slug))).toEqual(OUTSIDE);
  });
});

describe("an Idempotency-Key", () => {
  it("is required in the document if and only if a request without it is refused", () => {
    const required = operations.filter(({ parameters = [] }) =>
      parameters.some(({ name, required: isRequired }) => name === "idempotency-key" && isRequired === true),
    );
    const refusing = declared.filter(({ slug }) => slug === "idempotency-key-missing");
    expect(required.map(nameOf)).toEqual(refusing.map(({ name }) => name));
    expect(required).not.toEqual([]);
  });
});

describe("the check of every response", () => {
  it("accepts a declared problem with its members", () => {
    expect(violation(409, { type: "/problems/out-of-stock", items: [] })).toBeNull();
  });

  it("finds a problem that the operation does not declare", () => {
    expect(violation(409, { type: "/problems/sku-taken" })).toContain("is not declared");
    expect(violation(418, { type: "/problems/sku-taken" })).toContain("is not declared");
  });

  it("finds a member that is missing, and one that the type does not have", () => {
    expect(violation(409, { type: "/problems/out-of-stock" })).toContain("items");
    expect(violation(409, { type: "/problems/conflict", items: [] })).toContain(
      "does not declare the member",
    );
  });
});
