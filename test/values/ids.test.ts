import { describe, expect, it } from "vitest";
import { firstIdAt, instantOfId, newId } from "../../src/values/ids.ts";

const instant = new Date("2026-03-01T09:59:59.999Z");

describe("the first id of an instant", () => {
  it("comes after the ids of earlier instants, and before its own", () => {
    const first = firstIdAt(instant);
    expect(instantOfId(first)).toEqual(instant);
    expect(firstIdAt(new Date(instant.getTime() - 1)) < first).toBe(true);
    expect(first < `${first}-7000-8000-000000000000`).toBe(true);
    const now = Date.now();
    const id = newId();
    expect([firstIdAt(new Date(now - 1)) < id, firstIdAt(new Date(now + 60_000)) > id]).toEqual([true, true]);
  });

  it("has as many digits as any other, and is the first of all before 1970", () => {
    expect(firstIdAt(new Date(1))).toBe("00000000-0001");
    for (const early of [0, -1, Date.parse("1900-01-01T00:00:00Z")])
      expect(firstIdAt(new Date(early))).toBe("00000000-0000");
  });
});

it("an id has the time of its creation, to the millisecond", () => {
  expect(instantOfId("019caa0f-3b1f-7000-8000-000000000000").getTime()).toBe(0x019caa0f3b1f);
});
