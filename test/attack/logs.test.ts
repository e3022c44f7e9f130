import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { failingDb } from "../support/failing-bindings.ts";
import { call, type Sent } from "../support/client.ts";
import { fill, nameOf, operations } from "../support/contract.ts";
import { fileOf, importFile } from "../support/imports.ts";
import { newShop } from "../support/shops.ts";
import { callWith } from "../support/variant.ts";
import { sampleOf, bodyOf, takesJson } from "./schemas.ts";

const SECRET = "hunter2-very-secret";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the log of an attack", () => {
  it("contains nothing of a body, a token, a cookie, a header, a query or a file, however the request is refused", async () => {
    const shop = await newShop();
    const { admin } = shop;
    const lines: string[] = [];
    for (const level of ["log", "error", "warn", "info", "debug"] as const)
      vi.spyOn(console, level).mockImplementation(
        (...parts: unknown[]) => void lines.push(parts.map(String).join(" ")),
      );
    const headers = { "content-type": "application/json", "x-secret": SECRET };
    for (const operation of takesJson) {
      const path = `${fill(operation.path, crypto.randomUUID())}?q=${SECRET}`;
      const valid = JSON.stringify(sampleOf(bodyOf(operation)?.json));
      const attacks: Sent[] = [
        { token: admin.token, headers, raw: `{"password":"${SECRET}"` },
        { token: admin.token, headers, raw: `{"password":"${SECRET}","password":"${SECRET}"}` },
        { token: admin.token, headers, raw: `{"${SECRET}":{"${SECRET}":1}}` },
        { token: `${admin.token}${SECRET}`, headers, raw: valid },
        { headers: { ...headers, cookie: `mostrador_access=${admin.token}; a=${SECRET}` }, raw: valid },
      ];
      for (const sent of attacks)
        expect((await call(operation.method, path, sent)).status, nameOf(operation)).toBeGreaterThanOrEqual(
          400,
        );
      for (const message of [`D1_ERROR: near "x": SQLITE_ERROR`, "D1_ERROR: Network connection lost."]) {
        const { db } = failingDb(env.DB, 1, new Error(message));
        const answer = await callWith({ DB: db }, operation.method, path, {
          token: admin.token,
          headers,
          raw: valid,
        });
        expect(answer.status, nameOf(operation)).toBeGreaterThanOrEqual(400);
      }
    }
    const cells = Object.fromEntries(
      ["invoice", "sku", "description", "customer"].map((name) => [name, SECRET]),
    );
    await importFile(shop, fileOf([{ ...cells, price: SECRET }, cells]));
    // Last, because one of them ends the session.
    for (const operation of operations) {
      const path = `${fill(operation.path, crypto.randomUUID())}?cursor=${SECRET}&q=${SECRET}&email=${SECRET}`;
      const sent = { "idempotency-key": SECRET, "if-match": SECRET, referer: SECRET, "user-agent": SECRET };
      await call(operation.method, path, { token: admin.token, headers: sent });
    }
    expect(lines.length).toBeGreaterThan(takesJson.length * 6 + operations.length);
    const all = lines.join("\n");
    for (const secret of [SECRET, admin.token, admin.token.split(".").at(-1) ?? "", admin.email])
      expect(all).not.toContain(secret);
  });
});
