// The amounts of a row by its price, its total, its discount and its taxes.
import { describe, expect, it } from "vitest";
import { readRows } from "../support/sale-rows.ts";

/** The quantity, price, discount, subtotal and tax of the lines of a row; or why there are none. */
function amountsOf(cells: Record<string, string>, options?: Parameters<typeof readRows>[1]) {
  const { rows, rejected, skipped } = readRows([cells], options);
  const [fault] = [...rejected, ...skipped];
  return (
    fault?.reason ??
    rows.map(({ value: { quantity, unitPrice, discount, subtotal, tax } }) => [
      quantity / 1000,
      unitPrice,
      discount,
      subtotal,
      tax,
    ])
  );
}

describe("a row", () => {
  it.each<[string, Record<string, string>, number[] | string]>([
    ["may be free after its discount", { UnitPrice: "5", Discount: "5.00" }, [1, 500, 500, 0]],
    ["may be free after a percentage", { UnitPrice: "5", Discount: "100%" }, [1, 500, 500, 0]],
    ["may be free by its total", { UnitPrice: "5", Discount: "5", Amount: "0" }, [1, 500, 500, 0]],
    [
      "may be free after a percentage that only its total shows",
      { UnitPrice: "500", Discount: "100", Amount: "0.00" },
      [1, 50_000, 50_000, 0],
    ],
    [
      "has an amount as its discount where a percentage would make the total but for a cent",
      { UnitPrice: "100.10", Discount: "10", Amount: "90.10" },
      [1, 10_010, 1000, 9010],
    ],
    [
      "of a refund has an amount as its discount where a percentage would make the total but for a cent",
      { Quantity: "-1", UnitPrice: "100.10", Discount: "10", Amount: "-90.10" },
      [-1, 10_010, -1000, -9010],
    ],
    [
      "of a refund has its discount",
      { Quantity: "-2", UnitPrice: "10", Discount: "3" },
      [-2, 1000, -300, -1700],
    ],
    [
      "of a refund by its total has its discount",
      { UnitPrice: "10", Discount: "2", Amount: "-8.00" },
      [-1, 1000, -200, -800],
    ],
    [
      "of a refund has no discount of more",
      { Quantity: "-1", UnitPrice: "5", Discount: "10" },
      "Discount is more than the amount of the row, -5.00: 10",
    ],
    ["has a total without a discount of 0", { Amount: "10", Discount: "0.00" }, [1, 1000, 0, 1000]],
    ["may differ from its total by a cent", { UnitPrice: "10.01", Amount: "10.00" }, [1, 1001, 0, 1001]],
    [
      "does not differ from its total by two cents",
      { UnitPrice: "10.02", Amount: "10.00" },
      "Amount is 10.00, but Quantity and UnitPrice make 10.02",
    ],
    [
      "does not cost less than its price makes",
      { Quantity: "2", UnitPrice: "10", Amount: "15.00" },
      "Amount is 15.00, but Quantity and UnitPrice make 20.00",
    ],
    [
      "of a refund may have a total without a sign",
      { Quantity: "-2", UnitPrice: "10", Amount: "20" },
      [-2, 1000, 0, -2000],
    ],
    ["of a refund may have only such a total", { Quantity: "-1", Amount: "0.01" }, [-1, 1, 0, -1]],
    [
      "of a negative price has a negative total, even of a cent",
      { UnitPrice: "-0.01", Amount: "0.01" },
      "Amount is 0.01, but Quantity and UnitPrice make -0.01",
    ],
    [
      "of a refund has its sign by its total, even of a cent",
      { UnitPrice: "0.01", Amount: "-0.01" },
      [-1, 1, 0, -1],
    ],
    [
      "of a refund has its sign by its total, even of a thousandth",
      { Quantity: "0.001", UnitPrice: "10", Amount: "-0.01" },
      [-0.001, 1000, 0, -1],
    ],
    ["of a refund may be free by its total", { Quantity: "-1", Amount: "0" }, [-1, 0, 0, 0]],
    [
      "of a negative price may have a total of 0, which was rounded",
      { UnitPrice: "-0.01", Amount: "0.00" },
      [1, -1, 0, -1],
    ],
    ["has a percentage with decimals", { UnitPrice: "10", Discount: "12.5%" }, [1, 1000, 125, 875]],
    [
      "has a percentage with decimals that only its total shows",
      { UnitPrice: "50", Discount: "10.00", Amount: "45.00" },
      [1, 5000, 500, 4500],
    ],
    [
      "has an amount as its discount where nothing makes its total",
      { UnitPrice: "10", Discount: "2", Amount: "9.00" },
      "Amount is 9.00, but Quantity and UnitPrice make 8.00",
    ],
    ["costs up to ten thousand million", { Amount: "10000000000.00" }, [1, 10 ** 12, 0, 10 ** 12]],
    ["costs no cent more", { Amount: "10000000000.01" }, "the amount is too large"],
    ["gives back no cent more", { Amount: "-10000000000.01" }, "the amount is too large"],
  ])("%s", (_, cells, expected) => {
    expect(amountsOf(cells)).toEqual(typeof expected === "string" ? expected : [[...expected, null]]);
  });

  it("has no discount where the cell of its percentage is empty", () => {
    const names = { Discount: "Discount percent" };
    expect(amountsOf({ UnitPrice: "5", Discount: "" }, { names })).toEqual([[1, 500, 0, 500, null]]);
    expect(amountsOf({ UnitPrice: "5", Discount: "10" }, { names })).toEqual([[1, 500, 50, 450, null]]);
    expect(amountsOf({ UnitPrice: "5", Discount: "ten" }, { names })).toBe(
      "Discount percent is not a number: ten",
    );
  });
});

it("a discount of a row is asked for only where its name and its cell leave open what it is", () => {
  const of = (Discount: string) =>
    amountsOf({ UnitPrice: "10", Discount }, { names: { Discount: "Rabatt" } });
  expect([of(""), of("10%"), of("10")]).toEqual([
    [[1, 1000, 0, 1000, null]],
    [[1, 1000, 100, 900, null]],
    "Rabatt may be an amount or a percentage: call the column Discount or Discount %: 10",
  ]);
});

describe("the tax of a row", () => {
  it.each<[string, Record<string, string>, number[]]>([
    ["is in its price", { UnitPrice: "12.10", Tax: "2.10", TaxRate: "21" }, [1, 1210, 0, 1210, 210]],
    [
      "is added where its rate shows it",
      { UnitPrice: "10", Tax: "2.10", TaxRate: "21" },
      [1, 1210, 0, 1210, 210],
    ],
    [
      "is in its price if no rate shows more",
      { UnitPrice: "10", Tax: "2.10", TaxRate: "" },
      [1, 1000, 0, 1000, 210],
    ],
    ["may be 0", { UnitPrice: "10", Tax: "0", TaxRate: "21" }, [1, 1000, 0, 1000, 0]],
    [
      "is in its price where its rate makes the same cent either way",
      { UnitPrice: "0.03", Tax: "0.01", TaxRate: "21" },
      [1, 3, 0, 3, 1],
    ],
    [
      "is added to a refund by its total",
      { Quantity: "-2", UnitPrice: "10", Amount: "-24.20", Tax: "-4.20" },
      [-2, 1210, 0, -2420, -420],
    ],
  ])("%s", (_, cells, line) => {
    expect(amountsOf(cells, { names: { Tax: "Tax amount" } })).toEqual([line]);
  });

  it("is a percentage in a column of either only with its sign", () => {
    const of = (Tax: string) =>
      amountsOf({ Quantity: "2", UnitPrice: "10", Amount: "24.20", Tax }, { names: { Tax: "IVA" } });
    expect([of("21%"), of("4.20")]).toEqual([[[2, 1210, 0, 2420, 420]], [[2, 1210, 0, 2420, 420]]]);
    const large = { UnitPrice: "1000", Amount: "1210", Tax: "210.00" };
    expect(amountsOf(large, { names: { Tax: "IVA" } })).toEqual([[1, 121_000, 0, 121_000, 21_000]]);
  });

  it("is no percentage in a column of amounts", () => {
    const options = { names: { Tax: "Tax amount" } };
    expect(amountsOf({ UnitPrice: "10", Tax: "21%" }, options)).toBe("Tax amount is not a number: 21%");
    expect(amountsOf({ UnitPrice: "10", Amount: "12.10", Tax: "21" }, options)).toBe(
      "Amount is 12.10, but Quantity and UnitPrice make 10.00",
    );
  });

  it("is not added to nothing", () => {
    expect(amountsOf({ Amount: "", Tax: "2.10" }, { rules: { adds_tax: true } })).toBe("Amount is empty");
  });

  it.each<[string, Record<string, string>, number[]]>([
    ["and its price", { Quantity: "2", UnitPrice: "10", Tax: "4.20" }, [2, 1210, 0, 2420, 420]],
    ["and its total", { Quantity: "2", Amount: "20", Tax: "4.20" }, [2, 1210, 0, 2420, 420]],
    [
      "and the total of a refund",
      { Quantity: "-1", Amount: "-10.00", Tax: "-2.10" },
      [-1, 1210, 0, -1210, -210],
    ],
    ["less its discount", { Amount: "10.00", Tax: "2.10", Discount: "2.10" }, [1, 1210, 210, 1000, 210]],
  ])("is added to it by a rule: the tax %s", (_, cells, line) => {
    expect(amountsOf(cells, { rules: { adds_tax: true } })).toEqual([line]);
  });
});

describe("a row of a refund that a rule states", () => {
  const rules = { refund_prefixes: ["R"] };

  it.each<[string, Record<string, string>, number[]]>([
    ["has a discount", { UnitPrice: "10", Discount: "2" }, [-1, 1000, -200, -800]],
    ["may have its sign in the quantity", { Quantity: "-2", UnitPrice: "5" }, [-2, 500, 0, -1000]],
    ["may have its sign in the price", { Quantity: "2", UnitPrice: "-5" }, [-2, 500, 0, -1000]],
    ["may be free", { Quantity: "2", UnitPrice: "0" }, [2, 0, 0, 0]],
    ["may be of a cent", { Quantity: "0.001", UnitPrice: "10" }, [-0.001, 1000, 0, -1]],
  ])("%s", (_, cells, line) => {
    expect(amountsOf({ InvoiceNo: "R1", ...cells }, { rules })).toEqual([[...line, null]]);
  });

  it("has its exact price without the sign", () => {
    const [line] = readRows([{ InvoiceNo: "R1", Quantity: "2", UnitPrice: "-0.335" }], { rules }).rows;
    expect(line?.value).toMatchObject({ quantity: -2000, unitPrice: 34, exactPrice: "0.335", subtotal: -67 });
  });
});

describe("a row of which a part was kept", () => {
  it.each<[string, Record<string, string>, (number | null)[] | string | null]>([
    ["has a refund of all", { KeptQuantity: "0" }, [-2, 1210, 0, -2420, -420]],
    ["has a refund of its share", { KeptQuantity: "1" }, [-1, 1210, 0, -1210, -210]],
    ["has a refund of thousandths", { KeptQuantity: "1.001" }, [-0.999, 1210, 0, -1209, -210]],
    ["has none where all was kept", { KeptQuantity: "2" }, null],
    [
      "has kept no more than was sold",
      { KeptQuantity: "2.001" },
      "KeptQuantity is not between 0 and the quantity: 2.001",
    ],
    [
      "has kept no less than nothing",
      { KeptQuantity: "-1" },
      "KeptQuantity is not between 0 and the quantity: -1",
    ],
    ["has kept a number", { KeptQuantity: "some" }, "KeptQuantity is not between 0 and the quantity: some"],
    [
      "has a refund of what was paid back",
      { KeptQuantity: "", RefundedAmount: "-4.00" },
      [-1, 400, 0, -400, null],
    ],
    ["has none of nothing", { KeptQuantity: "", RefundedAmount: "0" }, null],
  ])("%s", (_, cells, refund) => {
    const sold = [2, 1210, 0, 2420, 420];
    expect(
      amountsOf(
        { Quantity: "2", UnitPrice: "12.10", Tax: "4.20", ...cells },
        { names: { Tax: "Tax amount" } },
      ),
    ).toEqual(typeof refund === "string" ? refund : [sold, ...(refund === null ? [] : [refund])]);
  });

  it("has a refund by its exact price, which is of another invoice", () => {
    const { rows } = readRows([{ Quantity: "3", UnitPrice: "0.335", KeptQuantity: "1" }]);
    expect(rows.map(({ value: { invoice, isRefund, subtotal } }) => [invoice, isRefund, subtotal])).toEqual([
      ["1", false, 101],
      ["1-R", true, -67],
    ]);
  });
});

describe("the shipping of a row", () => {
  it.each<[Record<string, string>, number[]]>([
    [{ Shipping: "3.00", ShippingTax: "0.50" }, [350, 50]],
    [{ Shipping: "", ShippingTax: "0.50" }, [50, 50]],
    [{ Shipping: "3.00", ShippingTax: "" }, [300, 0]],
  ])("is a line with its tax: %j", (cells, [amount = 0, tax = 0]) => {
    const lines = amountsOf({ Amount: "10.00", ...cells }, { rules: { adds_tax: true } });
    expect(lines[1]).toEqual([1, amount, 0, amount, cells["ShippingTax"] === "" ? null : tax]);
  });

  it("of nothing is no line", () => {
    const cells = { Amount: "10.00", Shipping: "3.00", ShippingDiscount: "3.00" };
    expect(amountsOf(cells, { rules: { adds_tax: true } })).toHaveLength(1);
  });
});
