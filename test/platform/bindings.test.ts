import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { callObject, guardBindings } from "../../src/platform/bindings.ts";
import { gateBindings } from "../../src/platform/gated-bindings.ts";
import { guardDb, GuardViolated, newGuard } from "../../src/platform/guarded-db.ts";
import { failureOf } from "../support/d1.ts";
import { rejectingBinding } from "../support/failing-bindings.ts";
import { recordingQueue } from "../support/queues.ts";
import { base } from "../support/shops.ts";

/** An upload whose methods all reject. */
const rejectingUpload = (failure: Error): R2MultipartUpload => ({
  key: "test/upload",
  uploadId: "1",
  uploadPart: () => Promise.reject(failure),
  complete: () => Promise.reject(failure),
  abort: () => Promise.reject(failure),
});

describe("bindings whose failures are those of a dependency", () => {
  it("return values as they are", async () => {
    const { CACHE, FILES } = guardBindings(env);
    await CACHE.put("list", "[1,2]");
    expect((await CACHE.get<number[]>("list", "json"))?.map(String)).toEqual(["1", "2"]);
    await FILES.put("text", "abc", { httpMetadata: { contentType: "text/plain" } });
    const headers = new Headers();
    (await FILES.head("text"))?.writeHttpMetadata(headers);
    expect(headers.get("content-type")).toBe("text/plain");
  });
});

describe("a binding that fails", () => {
  const failure = new Error("R2 is down");
  const isUnavailable = { slug: "unavailable", cause: failure };

  it("is an unavailable dependency, and so is an upload that fails later", async () => {
    const { FILES } = guardBindings({ ...env, FILES: rejectingBinding(env.FILES, failure) });
    expect(await failureOf(FILES.head("x"))).toMatchObject(isUnavailable);
    const uploading = new Proxy(env.FILES, { get: () => () => Promise.resolve(rejectingUpload(failure)) });
    const guarded = await guardBindings({ ...env, FILES: uploading }).FILES.createMultipartUpload("x");
    expect(guarded.key).toBe("test/upload");
    expect(await failureOf(guarded.complete([]))).toMatchObject(isUnavailable);
  });

  it("is left alone if it is the database or a namespace of objects, which report their own failures", () => {
    const guarded = guardBindings(env);
    expect(guarded.DB).toBe(env.DB);
    expect(guarded.SHIFT_DESK).toBe(env.SHIFT_DESK);
    expect(guarded.ENVIRONMENT).toBe(env.ENVIRONMENT);
  });
});

describe("bindings that wait for a guard", () => {
  const gatedBy = (guard: ReturnType<typeof sql>) => gateBindings(env, guardDb(base().db, newGuard(guard)));

  it("do nothing if it is violated, nor do the objects of their namespaces", async () => {
    const { CACHE, TENANT_QUOTA, ENVIRONMENT } = gatedBy(sql`SELECT NULL`);
    await expect(CACHE.put("gated", "1")).rejects.toBeInstanceOf(GuardViolated);
    expect(await env.CACHE.get("gated")).toBeNull();
    const requests = [{ key: "gated", quota: 10, max: 1 }];
    for (const object of [
      TENANT_QUOTA.get(TENANT_QUOTA.idFromName("gated")),
      TENANT_QUOTA.getByName("gated"),
    ])
      await expect(object.take(requests)).rejects.toBeInstanceOf(GuardViolated);
    expect(await env.TENANT_QUOTA.getByName("gated").take(requests)).toMatchObject([{ remaining: 9 }]);
    expect(ENVIRONMENT).toBe("local");
  });

  it("do at once what is given the guard, which has it in its own first batch", async () => {
    const { queue: MAILS, sent } = recordingQueue();
    const guarded = guardDb(base().db, newGuard(sql`SELECT NULL`));
    const gated = gateBindings({ ...env, MAILS }, guarded);
    const message = { guard: guarded.guard };
    await gated.MAILS.send(message);
    for (const other of [{ guard: newGuard(sql`SELECT NULL`) }, {}, null])
      await expect(gated.MAILS.send(other)).rejects.toBeInstanceOf(GuardViolated);
    expect(sent).toEqual([message]);
  });

  it("keep the database apart until it is known to hold", async () => {
    const guarded = guardDb(base().db, newGuard(sql`SELECT 7`));
    const gated = gateBindings(env, guarded);
    expect(() => gated.DB).toThrow("waits for its guard");
    expect(await guarded.holds()).toBe(true);
    expect(gated.DB).toBe(env.DB);
  });

  it("work as without it if it holds", async () => {
    const { CACHE, TENANT_QUOTA } = gatedBy(sql`SELECT 7`);
    await CACHE.put("confirmed", "1");
    expect(await env.CACHE.get("confirmed")).toBe("1");
    const requests = [{ key: "confirmed", quota: 10, max: 1 }];
    expect(await TENANT_QUOTA.getByName("confirmed").take(requests)).toMatchObject([{ remaining: 9 }]);
  });
});

describe("an error of a call to a Durable Object", () => {
  const failureWith = (flags: Record<string, boolean>) =>
    failureOf(callObject(() => Promise.reject(Object.assign(new Error("failed"), flags))));

  it("is one of the dependency, unless the code of the object has thrown it", async () => {
    expect(await failureWith({ remote: true })).toMatchObject({ message: "failed" });
    for (const flags of [
      {},
      { remote: true, retryable: true },
      { remote: true, overloaded: true },
      { remote: true, durableObjectReset: true },
    ])
      expect(await failureWith(flags)).toMatchObject({ slug: "unavailable" });
    for (const thrown of ["failed", { remote: true }])
      expect(await failureOf(callObject(() => Promise.reject(thrown)))).toMatchObject({
        slug: "unavailable",
        cause: thrown,
      });
  });
});
