import { describe, expect, it } from "vitest";
import architecture from "../../docs/architecture.md?raw";
import { DOMAINS } from "../../src/domain-order.ts";

describe("the architecture page", () => {
  it("lists the domains in the order that the code enforces", () => {
    const [, section = ""] = architecture.split("\n## Domains\n");
    const [list = ""] = section.split("\n## ");
    const listed = [...list.matchAll(/^- `([a-z-]+)`: /gm)].map(([, name]) => name);
    expect(listed).toEqual([...DOMAINS]);
  });
});

describe("the decisions", () => {
  it("have a page for each domain, platform, http, the SDK, the tests and the web app", () => {
    const pages = Object.keys(import.meta.glob(["/docs/decisions/*.md"])).map((path) =>
      path.replace(/^.*\/|\.md$/g, ""),
    );
    expect(pages.toSorted()).toEqual(
      [...DOMAINS, "README", "http", "platform", "sdk", "tests", "web"].toSorted(),
    );
  });
});
