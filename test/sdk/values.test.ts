import { createHmac } from "node:crypto";
import {
  decimalsOf,
  formatMoney,
  formatQuantity,
  lineTotal,
  majorUnits,
  parseMoney,
  parseQuantity,
  toThousandths,
  verifyWebhook,
  WebhookError,
} from "@mostrador/sdk";
import * as fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { lineSubtotal, minorDigits } from "../../src/values/money.ts";
import * as quantities from "../../src/values/quantities.ts";

const plain = (text: string): string => text.replaceAll(/\s/g, " ");

describe("money and quantities of the SDK", () => {
  it("have the decimals that the API uses for each currency", () => {
    const currencies = Intl.supportedValuesOf("currency");
    expect(currencies.map(decimalsOf)).toEqual(currencies.map(minorDigits));
  });

  it("round a line as the API does", () => {
    const price = fc.integer({ min: -1_000_000, max: 1_000_000 });
    const thousandths = fc.integer({ min: -1_000_000, max: 1_000_000 });
    fc.assert(
      fc.property(price, thousandths, (unitPrice, quantity) => {
        const exact = { digits: BigInt(unitPrice), scale: 2 };
        expect(lineTotal(unitPrice, quantity / 1000)).toBe(lineSubtotal(quantity, exact, 2));
      }),
    );
  });

  it("accept the quantities that the API accepts", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (quantity) => {
        expect(toThousandths(quantity)).toBe(quantities.toThousandths(quantity));
      }),
    );
    expect(["1", "0,335", "12.5", "1,2345", "", "-1", "x"].map(parseQuantity)).toEqual([
      1,
      0.335,
      12.5,
      null,
      null,
      null,
      null,
    ]);
  });

  it("are written with grouped thousands, and all decimals of the currency", () => {
    expect(plain(formatMoney(123_450, "EUR", "es"))).toBe("1.234,50 €");
    expect(plain(formatMoney(-5, "EUR", "es"))).toBe("-0,05 €");
    expect(plain(formatMoney(1_234_567, "JPY", "en"))).toBe("¥1,234,567");
    expect(plain(formatMoney(1_500, "KWD", "en"))).toBe("KWD 1.500");
    expect(formatMoney(Number.MAX_SAFE_INTEGER, "EUR", "en")).toBe("€90,071,992,547,409.91");
    expect(formatQuantity(1234.5, "es")).toBe("1.234,5");
    expect([majorUnits(5, "EUR"), majorUnits(-1234, "EUR"), majorUnits(7, "JPY")]).toEqual([
      "0.05",
      "-12.34",
      "7",
    ]);
  });

  it("are read as people type them", () => {
    const read = (...texts: string[]) => texts.map((text) => parseMoney(text, "EUR"));
    expect(read("12", "12,5", "12.50", "1.234,50", "1,234.50", "1.234", "1 234,5", "-3", ",5")).toEqual([
      1200, 1250, 1250, 123450, 123450, 123400, 123450, -300, 50,
    ]);
    expect(read("", "abc", "1,2,3", "0,335", "12,345,6", "1.23.456", "€5", "1e3", "--1")).toEqual(
      Array(9).fill(null),
    );
    expect([parseMoney("1,234", "KWD"), parseMoney("100", "JPY"), parseMoney("1,5", "JPY")]).toEqual([
      1234,
      100,
      null,
    ]);
  });

  it("are read back as they were written", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.constantFrom("EUR", "JPY", "KWD"),
        (minor, currency) => {
          expect(parseMoney(majorUnits(minor, currency), currency)).toBe(minor);
          const written = formatMoney(minor, currency, "en", { style: "decimal" });
          if (currency !== "JPY" || Math.abs(minor) < 1000 || Math.abs(minor) >= 1e6)
            expect(parseMoney(written, currency)).toBe(minor);
        },
      ),
    );
  });
});

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";

function signed(body: string, at = new Date(), secret = SECRET): Request {
  const id = "msg_1";
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
  return new Request("https://receiver.example", { method: "POST", headers, body });
}

describe("a webhook", () => {
  const body = JSON.stringify({ type: "webhook.ping", timestamp: "2026-11-27T10:00:00Z", data: {} });

  it("is read if one of the secrets signed it", async () => {
    expect(await verifyWebhook(signed(body), SECRET)).toMatchObject({ type: "webhook.ping" });
    const other = `whsec_${btoa("another secret of some length")}`;
    expect(await verifyWebhook(signed(body), other, SECRET)).toMatchObject({ type: "webhook.ping" });
  });

  it("is refused if its secret is empty, as a variable that is not set, whoever signed it", async () => {
    const { headers } = signed(body);
    const content = `${headers.get("webhook-id")}.${headers.get("webhook-timestamp")}.${body}`;
    headers.set("webhook-signature", `v1,${createHmac("sha256", "").update(content).digest("base64")}`);
    for (const secret of ["", "whsec_"])
      await expect(verifyWebhook({ headers, body }, secret)).rejects.toThrow(WebhookError);
  });

  it("is refused if its body, secret or time is another", async () => {
    const request = signed(body);
    const changed = { headers: request.headers, body: body.replace("10:00", "11:00") };
    await expect(verifyWebhook(changed, SECRET)).rejects.toThrow(WebhookError);
    await expect(verifyWebhook(signed(body), `whsec_${btoa("x")}`)).rejects.toThrow("does not match");
    await expect(verifyWebhook(signed(body))).rejects.toThrow("does not match");
    for (const minutes of [-6, 6])
      await expect(
        verifyWebhook(signed(body, new Date(Date.now() + minutes * 60_000)), SECRET),
      ).rejects.toThrow("old");
    await expect(verifyWebhook({ headers: {}, body }, SECRET)).rejects.toThrow("headers");
    const noSignature = {
      headers: { ...Object.fromEntries(request.headers), "webhook-signature": "v1,%%%" },
      body,
    };
    await expect(verifyWebhook(noSignature, SECRET)).rejects.toThrow("does not match");
  });
});
