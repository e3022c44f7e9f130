import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { countAddress } from "../../src/quota/address.ts";
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
    expect(await used(start + 59_999)).toBe(2);
    expect(await used(start + 60_000)).toBe(1);
    expect(await used(start + 60_001)).toBe(2);
    expect(await used(start + 30_000)).toBe(1);
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
