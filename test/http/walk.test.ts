import { describe, expect, it } from "vitest";
import { call } from "../support/client.ts";
import { fill, isPublic, nameOf, operations, problemsOf } from "../support/contract.ts";
import { newPerson, newShop } from "../support/shops.ts";
import { entryOf } from "./operations/registry.ts";

const protectedOperations = operations.filter((operation) => !isPublic(operation));

describe("the OpenAPI document", () => {
  it("gives every operation a unique id", () => {
    const ids = operations.map((operation) => operation.operationId);
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(30);
  });

  it.each(operations.map((operation) => [nameOf(operation), operation] as const))(
    "declares %s completely",
    (_, operation) => {
      const { method, path, summary, tags, security, responses, requestBody } = operation;
      const statuses = Object.keys(responses);
      expect(summary).toMatch(/\S/);
      expect(tags?.length).toBe(1);
      expect(security).toBeDefined();
      // 206 is a range of the 200; besides 201, 200 is what was created by an earlier request; besides 202, a dry run.
      const secondary = statuses.some((status) => ["201", "202"].includes(status)) ? ["200", "206"] : ["206"];
      expect(statuses.filter((status) => status.startsWith("2") && !secondary.includes(status)).length).toBe(
        1,
      );
      const problems = problemsOf(operation);
      expect(problems).toEqual(
        expect.arrayContaining(["invalid", "quota-exceeded", "internal", "unavailable"]),
      );
      const isOpen = security?.length === 0;
      if (!isOpen) expect(problems).toContain("invalid-token");
      if (!isOpen && method !== "GET") expect(problems).toContain("csrf");
      if (path.includes("{")) expect(problems).toContain("not-found");
      if (requestBody !== undefined)
        expect(problems).toEqual(expect.arrayContaining(["too-large", "unsupported-media-type"]));
      // The errors of OAuth have a form of their own (RFC 6749, 5.2).
      const isOAuth = path.startsWith("/api/v1/oauth/");
      for (const [status, response] of Object.entries(responses))
        if (/^[45]/.test(status))
          expect(Object.keys(response.content ?? {})).toEqual([
            ...(isOAuth && status === "400" ? ["application/json"] : []),
            "application/problem+json",
          ]);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared =
        operation.parameters?.filter((parameter) => parameter.in === "path").map(({ name }) => name) ?? [];
      expect(declared).toEqual(inPath);
    },
  );
});

describe("an operation that requires sign-in", () => {
  it.each(protectedOperations.map((operation) => [nameOf(operation), operation] as const))(
    "%s answers 401 without credentials and with invalid ones",
    async (_, { method, path }) => {
      for (const sent of [
        {},
        { token: "garbage" },
        { token: "a.b.c" },
        { headers: { authorization: "Basic YTpi" } },
      ]) {
        const answer = await call(method, fill(path, crypto.randomUUID()), sent);
        expect(answer.status).toBe(401);
        expect(answer.body.type).toBe("/problems/invalid-token");
        expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer/);
      }
    },
  );

  it("is allowed to the lowest role of its entry", async () => {
    const shop = await newShop();
    const people = {
      CUSTOMER: await newPerson(shop.tenant, "CUSTOMER"),
      EMPLOYEE: await newPerson(shop.tenant, "EMPLOYEE"),
      ADMIN: shop.admin,
    };
    for (const operation of protectedOperations) {
      const { operationId, method, path } = operation;
      const { role } = entryOf(operation);
      if (operationId === "endSession" || role === "public") continue;
      const person = people[role];
      const answer = await call(method, fill(path, crypto.randomUUID()), { token: person.token });
      expect([401, 403], `${method} ${path} to ${person.role}`).not.toContain(answer.status);
    }
  });
});
