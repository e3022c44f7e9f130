import { describe, expect, it } from "vitest";
import { messageOf } from "../../src/mail/message.ts";
import { localeOf } from "../../src/mail/words.ts";

const shop = { id: "1", slug: "sol", name: "Sol & <Mar>", email: "sol@example.com", brand_color: "#ffee00" };
const content = {
  subject: "Hola",
  paragraphs: ["Uno <b>dos</b>."],
  link: { label: "Abrir", url: "https://example.com/x?token=a.b" },
  note: "Una vez.",
};

describe("a message", () => {
  it("has the same content as text and as HTML, in which entered text is escaped", async () => {
    const { text, html } = await messageOf(shop, "es", content);
    expect(text).toBe(
      "Uno <b>dos</b>.\n\nAbrir:\nhttps://example.com/x?token=a.b\n\nUna vez.\n\n-- \nSol & <Mar>\nsol@example.com\n",
    );
    expect(html).toContain("Uno &lt;b&gt;dos&lt;/b&gt;.");
    expect(html).toContain("Sol &amp; &lt;Mar&gt;");
    expect(html).toContain('href="https://example.com/x?token=a.b"');
    expect(html).toContain("Una vez.");
    expect(html).toMatch(/>\s*Sol &amp; &lt;Mar&gt; · sol@example\.com\s*<\/p>/);
    const lines = await messageOf(shop, "es", { subject: "Hola", paragraphs: ["Uno\nDos"] });
    expect(lines.html).toMatch(/>\s*Uno<br \/>Dos\s*<\/p>/);
    expect(lines.html).not.toContain("<a ");
  });

  it("has the shop's colour with text that can be read on it, and loads nothing", async () => {
    const { html } = await messageOf(shop, "es", content);
    expect(html).toContain("background:#ffee00;color:#000000");
    expect((await messageOf({ ...shop, brand_color: "#00224d" }, "es", content)).html).toContain(
      "background:#00224d;color:#ffffff",
    );
    expect(html).not.toMatch(/<img|<script|<link|url\(/);
  });

  it.each([
    ["#ff0000", "#000000"],
    ["#e60000", "#ffffff"],
    ["#008000", "#ffffff"],
    ["#008f00", "#000000"],
    ["#0000ff", "#ffffff"],
    ["#0a0a0a", "#ffffff"],
    ["#777777", "#000000"],
    ["#757575", "#ffffff"],
  ])("has on %s the text that contrasts more: %s", async (brand_color, color) => {
    const { html } = await messageOf({ ...shop, brand_color }, "es", content);
    expect(html).toContain(`background:${brand_color};color:${color}`);
  });

  it("has only visible text, on one line where a name is on one line", async () => {
    const hostile = "Uno\r\nBcc: x@example.com\u202Eevil\u200B";
    const rows = [{ label: hostile, value: hostile, style: "detail" as const }];
    const { subject, text, html } = await messageOf(shop, "es", {
      subject: hostile,
      paragraphs: [rows, `Uno\n${hostile.replace("\r\n", " ")}`],
    });
    expect(subject).toBe("Uno Bcc: x@example.comevil");
    expect(text).not.toMatch(/^Bcc|[\r\u202E\u200B]/m);
    expect(html).not.toMatch(/[\r\u202E\u200B]/);
    expect(text.startsWith("  Uno Bcc: x@example.comevil ")).toBe(true);
  });

  it("shows rows with their values at the right end of a line", async () => {
    const { text, html } = await messageOf(shop, "es", {
      subject: "Hola",
      paragraphs: [
        [
          { label: "Rayuela", value: "" },
          { label: "2 x 10,00", value: "20,00", style: "detail" },
          { label: "TOTAL", value: "20,00", style: "sum" },
        ],
      ],
    });
    const [first, second, third] = text.split("\n");
    expect(first).toBe("Rayuela");
    expect(second).toBe(`  2 x 10,00${" ".repeat(44)}20,00`);
    expect(third).toBe(`TOTAL${" ".repeat(50)}20,00`);
    expect(html).toContain("<bdi>2 x 10,00</bdi>");
    const fontOf = (label: string) =>
      new RegExp(`<td style="font:([^;]+)/[^"]*;color:(#\\d+);[^"]*"><bdi>${label}</bdi>`)
        .exec(html)
        ?.slice(1);
    expect(fontOf("Rayuela")).toEqual(["16px", "#222"]);
    expect(fontOf("2 x 10,00")).toEqual(["14px", "#595959"]);
    expect(fontOf("TOTAL")).toEqual(["700 16px", "#222"]);
    const isIndented = (label: string) =>
      new RegExp(`<td style="[^"]*;padding-left:12px"><bdi>${label}</bdi>`).test(html);
    expect(["Rayuela", "2 x 10,00", "TOTAL"].map(isIndented)).toEqual([false, true, false]);
  });
});

it.each([
  ["es", "es-MX", "es-MX"],
  ["es-AR", "es-MX", "es-AR"],
  ["en", "es-MX", "en-GB"],
  ["en", "en-US", "en-US"],
  ["en", "es-US", "en"],
  ["fr", "es-MX", "fr"],
  ["not a tag", "es-MX", "es-MX"],
])("%s in a shop of %s is written as in %s", (tag, shopLocale, locale) => {
  expect(localeOf(tag, shopLocale)).toBe(locale);
});
