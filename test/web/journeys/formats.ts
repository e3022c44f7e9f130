// How days and instants are written, by the clock of the shop and not by that of the browser.
import { deepStrictEqual } from "node:assert";
import { test } from "node:test";
import type { Journeys } from "../support/journeys.ts";
import "../support/sdk-alias.ts";

const { createFormats } = await import("../../../web/src/i18n/create-formats.ts");

export const journeys: Journeys = () => {
  void test("a day has its year unless it is the present one of the shop, wherever the browser is", (t) => {
    for (const [timezone, now, year] of [
      ["Europe/Madrid", "2026-12-31T22:59:59Z", 2026],
      ["Europe/Madrid", "2026-12-31T23:00:00Z", 2027],
      ["Pacific/Auckland", "2026-12-31T11:00:00Z", 2027],
      ["America/New_York", "2027-01-01T04:59:59Z", 2026],
    ] as const) {
      t.mock.timers.enable({ apis: ["Date"], now: Date.parse(now) });
      const f = createFormats("en", { currency: "EUR", timezone, locale: "en-GB" });
      const [last, first] = ["2026-12-31", "2027-01-01"];
      deepStrictEqual(
        [f.datedDay(last), f.datedDay(first), f.dayRange("2026-12-30", last)],
        year === 2026
          ? ["31 Dec", "1 Jan 2027", "30 Dec – 31 Dec"]
          : ["31 Dec 2026", "1 Jan", "30 Dec – 31 Dec 2026"],
      );
      deepStrictEqual(f.instantDay(now), year === 2026 ? "31 Dec" : "1 Jan");
      deepStrictEqual(f.instant("2026-06-01T12:00:00Z").includes("2026"), year !== 2026);
      t.mock.timers.reset();
    }
  });
};
