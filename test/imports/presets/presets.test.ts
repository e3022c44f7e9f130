// Each export of a known program is recognised whatever the order of its columns, its delimiter and encoding, and has the figures
// that a person computed from it. Amounts are in minor units.
import { describe, expect, it } from "vitest";
import { dryRunOf, formsOf } from "../../support/layouts.ts";
import { newShop } from "../../support/shops.ts";
import { PRODUCT_LAYOUTS, SALE_LAYOUTS } from "./layouts.ts";

describe.each(Object.entries(SALE_LAYOUTS))("%s", (preset, files) => {
  it.each(files)("has its figures: $what", async ({ file, currency = "EUR", delimiter, ...expected }) => {
    const shop = await newShop({ currency, timezone: "UTC" });
    const { what: _, rejects = [], skipped = 0, ...figures } = expected;
    for (const [form, bytes] of Object.entries(formsOf(file, delimiter))) {
      const { status, body, text } = await dryRunOf(shop, bytes);
      expect(status, `${form}: ${text}`).toBe(200);
      expect(body, `${form}: ${text}`).toMatchObject({ preset, ...figures, rows_skipped: skipped });
      expect(
        body.rejects.map(({ reason }: { reason: string }) => reason.toLowerCase()),
        form,
      ).toEqual(rejects.map((reason) => reason.toLowerCase()));
    }
  });
});

describe.each(Object.entries(PRODUCT_LAYOUTS))("%s", (preset, files) => {
  it.each(files)(
    "has its products: $what",
    async ({ file, currency = "EUR", products, skipped = 0, rejects = [] }) => {
      const shop = await newShop({ currency, timezone: "UTC" });
      for (const [form, bytes] of Object.entries(formsOf(file))) {
        const { status, body, text } = await dryRunOf(shop, bytes, "products");
        expect(status, `${form}: ${text}`).toBe(200);
        expect(body, `${form}: ${text}`).toMatchObject({
          preset,
          new_products: products,
          rows_skipped: skipped,
        });
        expect(
          body.rejects.map(({ reason }: { reason: string }) => reason.toLowerCase()),
          form,
        ).toEqual(rejects.map((reason) => reason.toLowerCase()));
      }
    },
  );
});

it.each(["stripe-payments", "stripe-balance"])(
  "%s has times in UTC, whatever the shop's time zone",
  async (preset) => {
    const [layout] = SALE_LAYOUTS[preset] ?? [];
    if (!layout) throw new Error(`There is no file of ${preset}.`);
    // At 10:00 UTC the next day begins here.
    const shop = await newShop({ currency: "EUR", timezone: "Pacific/Kiritimati" });
    const { body } = await dryRunOf(shop, Buffer.from(layout.file));
    expect(body).toMatchObject({ preset, first_day: "2026-01-16", last_day: "2026-01-17" });
  },
);
