import { describe, expect, it } from "vitest";
import { messageOf } from "../../src/mail/message.ts";

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
  });

  it("has the shop's colour with text that can be read on it, and loads nothing", async () => {
    const { html } = await messageOf(shop, "es", content);
    expect(html).toContain("background:#ffee00;color:#000000");
    expect((await messageOf({ ...shop, brand_color: "#00224d" }, "es", content)).html).toContain(
      "background:#00224d;color:#ffffff",
    );
    expect(html).not.toMatch(/<img|<script|<link|url\(/);
  });
});
