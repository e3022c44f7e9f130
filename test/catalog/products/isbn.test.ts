import { array, assert, integer, nat, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { toIsbn13 } from "../../../src/catalog/products/isbn.ts";

const nineDigits = array(integer({ min: 0, max: 9 }), { minLength: 9, maxLength: 9 });

/** The check digit of an ISBN-10 by trying all of them: the sum of the weighted digits is a multiple of 11. */
function withCheckDigit(digits: number[]): string {
  const sum = digits.reduce((total, digit, at) => total + digit * (10 - at), 0);
  const check = Array.from({ length: 11 }, (_, digit) => digit).find((digit) => (sum + digit) % 11 === 0);
  return `${digits.join("")}${check === 10 ? "X" : check}`;
}

describe("an ISBN", () => {
  it.each([
    ["9788437604947", "9788437604947"],
    ["978-84-376-0494-7", "9788437604947"],
    [" 978 84 376 0494 7 ", "9788437604947"],
    ["978\u201084\u2011376\u20130494-7", "9788437604947"],
    ["843760494X", "9788437604947"],
    ["84-376-0494-X", "9788437604947"],
    ["080442957X", "9780804429573"],
    ["0-8044-2957-x", "9780804429573"],
    ["9791090636071", "9791090636071"],
  ])("%s is stored as %s", (text, isbn) => {
    expect(toIsbn13(text)).toBe(isbn);
  });

  it.each([
    "",
    "978",
    "9788437604940",
    "8437604944",
    "0804429573",
    "X804429570",
    "97884376049470",
    "9778437604948",
    // Printed music.
    "9790060115615",
    "9.78844E+12",
    "978843760494X",
    "\u0669\u0667\u0668\u0668\u0664\u0663\u0667\u0666\u0660\u0664\u0669\u0664\u0667",
  ])("%s is rejected", (text) => {
    expect(toIsbn13(text)).toBeNull();
  });

  it("with any one digit wrong, or two adjacent ones swapped in ISBN-10, is rejected", () => {
    assert(
      property(nineDigits, nat({ max: 8 }), integer({ min: 1, max: 9 }), (digits, at, by) => {
        const ten = withCheckDigit(digits);
        const thirteen = toIsbn13(ten) ?? "";
        expect(thirteen).toMatch(/^978\d{10}$/);
        expect(toIsbn13(thirteen)).toBe(thirteen);
        const wrong = (isbn: string, position: number) =>
          `${isbn.slice(0, position)}${(Number(isbn[position]) + by) % 10}${isbn.slice(position + 1)}`;
        expect(toIsbn13(wrong(ten, at))).toBeNull();
        expect(toIsbn13(wrong(thirteen, at + 3))).toBeNull();
        const [one = "", two = ""] = [ten[at], ten[at + 1]];
        if (one !== two && two !== "X")
          expect(toIsbn13(`${ten.slice(0, at)}${two}${one}${ten.slice(at + 2)}`)).toBeNull();
      }),
    );
  });
});
