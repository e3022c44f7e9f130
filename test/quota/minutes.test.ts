import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { countAddress } from "../../src/quota/address.ts";
import { networkHash } from "../../src/quota/network-hash.ts";
import { windowAt } from "../../src/quota/window.ts";

afterEach(() => {
  vi.useRealTimers();
});

describe("the minute of an address", () => {
  it("is that of the clock, and begins anew at its end and when the clock is set back", async () => {
    const start = Date.parse("2027-03-01T10:00:00Z");
    const address = `2001:db8:0:${crypto.randomUUID().slice(0, 4)}::1`;
    const used = async (now: number): Promise<number> => {
      vi.setSystemTime(now);
      const { quota, remaining } = await countAddress(env, address);
      return quota - remaining;
    };
    expect(await used(start)).toBe(1);
    expect(await used(start)).toBe(2);
    expect(await used(start + 59_999)).toBe(3);
    expect(await used(start + 60_000)).toBe(1);
    expect(await used(start + 60_001)).toBe(2);
    expect(await used(start + 30_000)).toBe(1);
  });

  it("ends in whole seconds, rounded up, and in one at least", async () => {
    const start = Date.parse("2027-03-02T10:00:00Z");
    const secondsLeft = async (ms: number) => {
      vi.setSystemTime(start + ms);
      return (await countAddress(env, "2001:db8:7::1")).resetSeconds;
    };
    expect([await secondsLeft(0), await secondsLeft(58_500), await secondsLeft(59_999)]).toEqual([60, 2, 1]);
  });
});

describe("the addresses of a minute", () => {
  it("are all forgotten when there are 20,000 of them, so that their memory is bounded", async () => {
    vi.setSystemTime(Date.parse("2027-04-01T10:00:00Z"));
    const used = async (address: string): Promise<number> => {
      const { quota, remaining } = await countAddress(env, address);
      return quota - remaining;
    };
    const others = (from: number, to: number): string[] =>
      Array.from({ length: to - from }, (_, at) => `2001:db8:1:${(from + at).toString(16)}::1`);
    expect(await used("192.0.2.1")).toBe(1);
    for (const address of others(0, 19_998)) await countAddress(env, address);
    expect(await used("192.0.2.1")).toBe(2);
    await used("192.0.2.2");
    expect(await used("192.0.2.1")).toBe(1);
  });
});

describe("the hash of a network", () => {
  it("is that of all its addresses, for one purpose and one signing key", () => {
    const hash = networkHash(env, "order", "2001:db8:1:2::3");
    expect(networkHash(env, "order", "2001:db8:1:2:4:5:6:7")).toBe(hash);
    for (const other of [
      networkHash(env, "order", "2001:db8:1:3::3"),
      networkHash(env, "device", "2001:db8:1:2::3"),
      networkHash({ AUTH_SIGNING_KEY: `${env.AUTH_SIGNING_KEY}x` }, "order", "2001:db8:1:2::3"),
    ])
      expect(other).not.toBe(hash);
    expect(hash).toMatch(/^[\w-]{43}$/);
  });
});

describe("the minute of a shop", () => {
  it("begins with its first request and ends sixty seconds later", () => {
    const window = windowAt(undefined, 1000);
    expect(window.ends).toBe(61_000);
    expect(windowAt(window, 60_999)).toBe(window);
    expect(windowAt(window, 61_000)).toEqual({ ends: 121_000, used: new Map() });
  });
});
