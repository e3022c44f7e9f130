import { describe, expect, test } from "vitest";
import { isSameLine, isSameOutput } from "../../../scripts/docs/volatile.ts";

const now = Date.parse("2026-11-26T22:00:00Z");
const isSame = (shown: string, printed: string): boolean => isSameLine(shown, printed, now);

describe("a printed line is the shown one", () => {
  test("where ids, tokens, durations and sizes differ", () => {
    expect(
      isSame(
        "{ id: '01a20302-cca3-72e1-a9fb-1d8784b2c4a9' }",
        "{ id: '01a219e5-a5a9-7234-83c5-4a436b4c842d' }",
      ),
    ).toBe(true);
    expect(isSame("/order?token=01a2.Kx-3_f", "/order?token=01b3.pQ-9_zz")).toBe(true);
    expect(isSame("/order?token=01a2.Kx-3_f", "/cart?token=01a2.Kx-3_f")).toBe(false);
    expect(isSame("token eyJhbGc.eyJzdWI.c2ln", "token eyJhbGd.eyJzdWJ.c2lo")).toBe(true);
    expect(isSame('d1;desc="queries=2 read=7";dur=3', 'd1;desc="queries=2 read=7";dur=30.5')).toBe(true);
    expect(isSame("done in 0.1 s, 1.0 MB", "done in 12.5 s, 1.2 MB")).toBe(true);
  });

  test("where the printed moment is of today and the page shows an older one", () => {
    expect(isSame("at 2026-11-20T08:00:00.000Z", "at 2026-11-26T21:59:58.123Z")).toBe(true);
    expect(isSame("day 2026-11-20", "day 2026-11-27")).toBe(true);
    expect(isSame("20/11/2026, 08:00", "26/11/2026, 22:59")).toBe(true);
  });

  test("but not where anything else differs", () => {
    expect(isSame("day 2024-03-01", "day 2024-03-02")).toBe(false);
    expect(isSame("01/03/2024, 08:00", "02/03/2024, 08:00")).toBe(false);
    expect(isSame('d1;desc="queries=2 read=7";dur=3', 'd1;desc="queries=2 read=8";dur=3')).toBe(false);
    expect(isSame("total (3)", "total 3")).toBe(false);
    expect(isSame("{ id: null }", "{ id: '01a219e5-a5a9-7234-83c5-4a436b4c842d' }")).toBe(false);
    expect(isSameOutput(["a"], ["a", "b"], now)).toBe(false);
  });
});
